"""Rounds a whole network by what its layers see, and looks whether Keras's own GPTQ does as much."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost import compression, quantization
from playbook.cost.checks import whole
from playbook.cost.compression import Measured
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from keras_hub.models import LlamaBackbone

LAYERS = 3  # all 30 of SmolLM2 take two minutes


def calibrated(backbone: "LlamaBackbone", ids: np.ndarray, bits: int = 4, layers: int | None = None) -> list:
    """Round the matrices of the first `layers` layers (all by default) with GPTQ, calibrated on `ids`.

    ids: (texts, tokens). A layer sees what the rounded ones before it give, as in the paper. Gives matrices
    as `compression.as_matrix` does, in the order of `compression.matrices`, and leaves the network as it was.
    Raises PlaybookError for more layers than there are.
    """
    variables = compression.matrices(backbone)
    layers = len(backbone.transformer_layers) if layers is None else whole("layers", layers)
    if layers > len(backbone.transformer_layers):
        raise PlaybookError(f"layers is {layers}, the network has {len(backbone.transformer_layers)}.")
    with compression.changed(variables, [compression.as_matrix(variable) for variable in variables]):
        x = backbone.token_embedding(ids)
        for layer in backbone.transformer_layers[:layers]:
            for kernels, hessian in _hessians(layer, x):
                dense = [compression.as_matrix(kernel) for kernel in kernels]
                # matrices with the same input are solved side by side
                solved = quantization.gptq(np.concatenate(dense, axis=1), hessian, bits)
                cuts = np.cumsum([weight.shape[1] for weight in dense])[:-1]
                for kernel, weight in zip(kernels, np.split(solved, cuts, axis=1), strict=True):
                    kernel.assign(weight.reshape(kernel.shape))
            x = layer(x)
        return [compression.as_matrix(variable) for variable in variables]


def _hessians(layer: "keras.Layer", x: "tf.Tensor") -> Iterator[tuple[list["keras.Variable"], np.ndarray]]:
    """Yield the kernels of a layer that share an input, and x.T @ x of that input."""
    with _watched(layer) as seen:
        layer(x)
    shared: dict[int, list] = {}
    for kernel, value in seen:
        shared.setdefault(id(value), []).append((kernel, value))
    for group in shared.values():
        kernels, values = zip(*group, strict=True)
        inputs = values[0].numpy().reshape(-1, len(compression.as_matrix(kernels[0])))
        yield list(kernels), inputs.T @ inputs


@contextmanager
def _watched(layer: "keras.Layer") -> Iterator[list]:
    # Keras has no hook for what a layer is called with
    seen: list = []

    def watch(part: "keras.Layer", call: Callable) -> Callable:
        def watched(inputs: "tf.Tensor", **options: object) -> "tf.Tensor":
            seen.append((part.kernel, inputs))
            return call(inputs, **options)

        return watched

    parts = [part for part in layer._flatten_layers() if hasattr(part, "kernel")]
    calls = [part.call for part in parts]
    try:
        for part, call in zip(parts, calls, strict=True):
            part.call = watch(part, call)
        yield seen
    finally:
        for part, call in zip(parts, calls, strict=True):
            part.call = call


def compare(
    backbone: "LlamaBackbone",
    losses: Callable,
    ids: np.ndarray,
    base: Measured,
    texts: np.ndarray,
    layers: int = LAYERS,
) -> pd.DataFrame:
    """Round the first `layers` layers to 4 bits, plainly and with GPTQ on `texts`; what the loss rises by.

    ids: held-out blocks, base: what they scored before; texts: (texts, tokens) to calibrate on. Gives the
    columns rise, low and high of `compression.paired`. The network is left as it was.
    """
    variables, rows = compression.matrices(backbone), {}
    solved = calibrated(backbone, texts, layers=layers)
    part = len(variables) * layers // len(backbone.transformer_layers)
    variables = variables[:part]
    ways = {
        "rounded": [quantization.rounded(compression.as_matrix(v)) for v in variables],
        "GPTQ by its paper": solved[:part],
    }
    for name, values in ways.items():
        with compression.changed(variables, values):
            rows[name] = compression.paired(compression.measure(losses, ids).losses, base.losses)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rise", "low", "high"])


def key_errors(backbone: "LlamaBackbone", texts: np.ndarray, ids: np.ndarray) -> pd.Series:
    """Compare ways to round one matrix, the first layer's key projection, to 4 bits in groups of 128.

    texts: (texts, tokens) to calibrate on; ids: held-out ones. Gives for "rounded", "GPTQ by Keras" and
    "GPTQ by its paper" the squared error of what the projection makes of `ids`, relative. Keras 3.15 reads
    the calibration text through hooks that are never called: its Hessian stays zero, and what it returns is
    rounding (keras-team/keras, pull request 23512 of August 2026, mends it).
    """
    layer = backbone.transformer_layers[0]
    kernel, seen = _key_input(layer, backbone.token_embedding(texts))
    _, x = _key_input(layer, backbone.token_embedding(ids))
    weight = compression.as_matrix(kernel)
    given = {
        "rounded": x @ quantization.rounded(weight),
        "GPTQ by Keras": _by_keras(backbone, texts, x),
        "GPTQ by its paper": x @ quantization.gptq(weight, seen.T @ seen),
    }
    right = x @ weight
    errors = {name: float(((y - right) ** 2).sum() / (right**2).sum()) for name, y in given.items()}
    return pd.Series(errors, name="error")


def _key_input(layer: "keras.Layer", x: "tf.Tensor") -> tuple["keras.Variable", np.ndarray]:
    with _watched(layer) as seen:
        layer(x)
    kernel, inputs = next(pair for pair in seen if "/key/" in pair[0].path)
    return kernel, inputs.numpy().reshape(-1, inputs.shape[-1])


def _by_keras(backbone: "LlamaBackbone", ids: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Let Keras quantize the key projection of a network of the first layer alone; what it makes of x."""
    import keras

    shape = {"num_layers": 1, "tie_word_embeddings": backbone.tie_word_embeddings, "name": "first"}
    short = type(backbone).from_config(backbone.get_config() | shape)
    for part, original in (
        (short.token_embedding, backbone.token_embedding),
        (short.transformer_layers[0], backbone.transformer_layers[0]),
    ):
        part.set_weights(original.get_weights())
    # one text of all tokens: Keras 3.15 draws the windows of more with a hash that differs by process
    config = keras.quantizers.GPTQConfig(
        dataset=[ids.ravel()],
        tokenizer=lambda text: text,
        num_samples=1,
        sequence_length=ids.size,
        quantization_layer_structure={
            "pre_block_layers": [short.token_embedding],
            "sequential_blocks": short.transformer_layers,
        },
    )
    with quantization.keras_quantizes():
        short.quantize(config=config, filters="^key$")
    (key,) = (part for part in short.transformer_layers[0]._flatten_layers() if part.name == "key")
    return key(x[None]).numpy().reshape(len(x), -1)
