"""Keeps weights in 8 or 4 bits: as Keras does it, and as GPTQ's paper says it should be done."""

import contextlib
import gc
import io
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost import compression
from playbook.cost.checks import positive, whole
from playbook.cost.compression import Measured
from playbook.cost.layerwise import layerwise
from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    from playbook.lm import LanguageModel

SCHEMES = ("int8", "int8 weights", "int4")


def bits_per_weight(bits: int, group: int, scale_bits: float = 16, zero_bits: float = 16) -> float:
    """Bits that a weight takes when each group of `group` weights has a scale and a zero point of its own.

    Sources: Frantar et al., GPTQ, arXiv:2210.17323; Dettmers et al., QLoRA, arXiv:2305.14314, section 3.

    >>> bits_per_weight(4, 128)
    4.25
    """
    return whole("bits", bits) + (scale_bits + zero_bits) / whole("group", group)


def rounded(weights: np.ndarray, bits: int = 4, group: int = 128) -> np.ndarray:
    """Round a matrix (inputs, outputs) to 2**bits levels, spread evenly over each group of inputs.

    Each output has a scale and a whole zero point for every `group` inputs, so that 0 stays 0: what Keras
    calls sub-channel int4. The mean squared error is about step**2 / 12. Raises PlaybookError for what is no
    matrix of finite numbers, or bits that are not 2 to 8.

    >>> rounded(np.array([[0.0], [1.0], [2.2], [3.0]]), bits=2).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    _check(weights, bits, group)
    parts = [weights[start : start + group] for start in range(0, len(weights), group)]
    return np.concatenate([_on_grid(part, *_grid(part, bits), bits) for part in parts])


def gptq(
    weights: np.ndarray, hessian: np.ndarray, bits: int = 4, group: int = 128, damping: float = 0.01
) -> np.ndarray:
    """Round a matrix (inputs, outputs) input by input, each one's error made good by those still to come.

    hessian: x.T @ x (inputs, inputs) of what the matrix multiplies. The grid is that of `rounded`. Raises
    PlaybookError as `rounded` does, and where the Hessian does not fit or is zero: without what the layer
    sees, this is rounding.
    Source: Frantar et al., arXiv:2210.17323, algorithm 1, with the Cholesky factor of the inverse.
    """
    _check(weights, bits, group)
    if hessian.shape != (len(weights), len(weights)) or not np.trace(hessian) > 0:
        raise PlaybookError(
            f"gptq needs what the layer sees: a Hessian of {len(weights)} x {len(weights)} that is not zero."
        )
    factor = _inverse_factor(hessian, positive("damping", damping))
    weights, result = weights.astype(np.float32), np.empty(weights.shape, np.float32)
    for start in range(0, len(weights), group):
        end = min(start + group, len(weights))
        grid = _grid(weights[start:end], bits)
        # 32 at a time: an error reaches its near neighbours at once and the others in one product
        for first in range(start, end, 32):
            last = min(first + 32, end)
            errors = np.empty((last - first, weights.shape[1]), np.float32)
            for i in range(first, last):
                result[i] = _on_grid(weights[i], *grid, bits)
                errors[i - first] = (weights[i] - result[i]) / factor[i, i]
                weights[i + 1 : last] -= factor[i, i + 1 : last, None] * errors[i - first]
            weights[last:] -= factor[first:last, last:].T @ errors
    return result


def _check(weights: np.ndarray, bits: int, group: int) -> None:
    if np.ndim(weights) != 2 or not np.isfinite(weights).all() or not 2 <= whole("bits", bits) <= 8:
        raise PlaybookError(f"rounding takes a matrix of finite numbers and 2 to 8 bits, got {bits} bits.")
    whole("group", group)


def _grid(part: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.minimum(part.min(axis=0), 0), np.maximum(part.max(axis=0), 0)
    scale = np.where(high > low, (high - low) / (2**bits - 1), 1).astype(part.dtype)
    return scale, np.round(-low / scale)


def _on_grid(values: np.ndarray, scale: np.ndarray, zero: np.ndarray, bits: int) -> np.ndarray:
    return (np.clip(np.round(values / scale) + zero, 0, 2**bits - 1) - zero) * scale


def _inverse_factor(hessian: np.ndarray, damping: float) -> np.ndarray:
    # H = R R' with R upper makes inverse(R) the upper Cholesky factor of inverse(H): R is the ordinary
    # factor of H read backwards, which spares forming the inverse
    from scipy.linalg import solve_triangular

    damped = np.array(hessian, np.float64)
    diagonal = np.diag_indices(len(damped))
    damped[diagonal] += damping * damped[diagonal].mean()
    upper = np.linalg.cholesky(damped[::-1, ::-1])[::-1, ::-1]
    return solve_triangular(upper, np.eye(len(damped))).astype(np.float32)


def quantize(model: "LanguageModel", scheme: str) -> "LanguageModel":
    """Give a copy of `model` that Keras has quantized, embedding and all; `scheme` is one of SCHEMES.

    "int8": weights, and activations as they come; "int8 weights": the weights alone; "int4": weights in
    groups of 128, two in a byte. Raises PlaybookError for another scheme, or a model quantized already.
    """
    if scheme not in SCHEMES:
        raise PlaybookError(f"there is no scheme {scheme!r}: the schemes are {', '.join(SCHEMES)}.")
    compression.matrices(model.backbone)
    from keras.quantizers import Int8QuantizationConfig

    from playbook.lm.model import LanguageModel, copy_backbone

    weights_only = Int8QuantizationConfig(activation_quantizer=None)
    twin = copy_backbone(model.backbone)
    with keras_quantizes():
        twin.quantize(config=weights_only if scheme == "int8 weights" else scheme)
    return LanguageModel(twin, model.tokenizer, f"{model.name}-{scheme}", model.context)


def sweep(
    model: "LanguageModel", ids: np.ndarray, base: Measured, schemes: Sequence[str] = SCHEMES
) -> pd.DataFrame:
    """Quantize copies of `model` with Keras by each scheme, and score the blocks `ids` (blocks, tokens).

    base: what `model` scores itself. Gives the rows of `compression.row`, and `way`; the bytes on disk are
    those of the file that Keras writes.
    """
    rows = {}
    for scheme in schemes:
        backbone = quantize(model, scheme).backbone
        measured = compression.measure(layerwise(backbone), ids)
        disk, memory = compression.disk_bytes(backbone), compression.memory_bytes(backbone)
        rows[scheme] = {"way": "bits"} | compression.row(measured, base, disk, memory)
    return pd.DataFrame.from_dict(rows, orient="index")


def served_seconds(model: "LanguageModel", ids: np.ndarray) -> float:
    """Seconds in which llama.cpp reads a block of text out of its 4-bit file: the fastest of `ids`.

    The text of each block goes through the chat template, and one token is written: a little more work than
    `compression.measure` times.
    """
    from playbook import lm

    lm.generate("Hello", max_tokens=1)  # loads the model
    seconds = []
    for block in ids:
        text, start = lm.detokenize(model, block), time.perf_counter()
        lm.generate(text, max_tokens=1)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


@contextlib.contextmanager
def keras_quantizes() -> Iterator[None]:
    """Let Keras quantize inside the block in silence, and without looking for garbage after every layer.

    It does that half a second each with TensorFlow loaded, two minutes for SmolLM2; what is frozen is not
    looked through.
    """
    gc.freeze()
    try:
        # a progress bar, and warnings of layers that have nothing to quantize
        with quiet(), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            yield
    finally:
        gc.unfreeze()
