"""Measures what a smaller model costs in loss and saves in bytes and seconds, and names where it breaks."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost.checks import whole
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    import keras
    from keras_hub.models import LlamaBackbone

    from playbook.lm import LanguageModel

LENGTH = 64  # tokens of a block of text
MARGIN = 0.1  # nats a token: what counts as broken, stated before anything is measured


def domain(seed: int = 0) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Give the founder's text: the frame it comes from, texts to learn from, texts held out.

    It is the corpus of chapter 1, split as chapter 1 split it; where that has not run, docstrings without
    exact repeats, of which a tenth is held out. Both lists are shuffled by `seed`.
    """
    from playbook import inputs

    corpus = inputs.handed_on("corpus")
    if corpus is None:
        corpus = inputs.docstrings()
        held_out = np.random.default_rng(seed).random(len(corpus)) < 0.1
        splits = np.where(corpus["text"].duplicated(), "repeat", np.where(held_out, "test", "train"))
    else:
        splits = corpus["split"].to_numpy()
    rng = np.random.default_rng(seed)
    train, test = (rng.permutation(corpus.loc[splits == s, "text"]).tolist() for s in ("train", "test"))
    return corpus, train, test


def blocks(model: "LanguageModel", texts: Sequence[str], count: int, length: int = LENGTH) -> np.ndarray:
    """Cut texts, joined end to end, into token ids (count, length) for `model`.

    Raises PlaybookError when the texts are too short for that many blocks, or a block for one prediction.
    """
    from playbook import lm

    wanted = whole("count", count) * max(2, whole("length", length))
    ids: list[int] = []
    for text in texts:
        ids += lm.tokenize(model, text)
        if len(ids) >= wanted:
            return np.array(ids[:wanted], np.int32).reshape(count, -1)
    raise PlaybookError(
        f"{count} blocks of {length} tokens need {wanted:,} tokens and the texts have {len(ids):,}: "
        "give more text, or ask for fewer blocks."
    )


@dataclass(frozen=True, eq=False)
class Measured:
    """What a network makes of blocks of text: nats a token of each, and the seconds that one takes alone."""

    losses: np.ndarray
    seconds: float


def measure(losses: Callable, ids: np.ndarray) -> Measured:
    """Score blocks of token ids (blocks, tokens) with a function of `layerwise`; time the first two alone.

    Other work on the machine makes a block slower and never faster, so the fastest is nearest to the truth.
    """
    seconds, found = [], []
    for block in ids[:2]:
        start = time.perf_counter()
        found.append(losses(block[None]).numpy())
        seconds.append(time.perf_counter() - start)
    # eight at a time bound the memory of the logits
    found += [losses(ids[start : start + 8]).numpy() for start in range(2, len(ids), 8)]
    return Measured(np.concatenate(found).mean(axis=1, dtype=float), min(seconds))


def paired(losses: np.ndarray, base: np.ndarray) -> tuple[float, float, float]:
    """Mean of losses - base over the same blocks, and its 95 % interval (Student's t); nats a token.

    Pairing takes out what makes one text harder than another. Raises PlaybookError for fewer than two blocks.

    >>> [round(x, 2) for x in paired(np.array([2.1, 3.2, 1.3]), np.array([2.0, 3.0, 1.0]))]
    [0.2, -0.05, 0.45]
    """
    from scipy import stats

    rise = np.asarray(losses, float) - np.asarray(base, float)
    if rise.ndim != 1 or len(rise) < 2:
        raise PlaybookError("an interval needs the losses of two blocks or more: give more text.")
    half = stats.t.ppf(0.975, len(rise) - 1) * rise.std(ddof=1) / len(rise) ** 0.5
    return float(rise.mean()), float(rise.mean() - half), float(rise.mean() + half)


def row(measured: Measured, base: Measured, disk: int, memory: int) -> dict[str, float]:
    """Make one row of the frontier: loss, its rise against `base` with interval, MB (1e6 bytes), seconds."""
    rise, low, high = paired(measured.losses, base.losses)
    return {
        "disk_mb": disk / 1e6,
        "memory_mb": memory / 1e6,
        "loss": float(measured.losses.mean()),
        "rise": rise,
        "low": low,
        "high": high,
        "seconds": measured.seconds,
        "slower": measured.seconds / base.seconds,
    }


def first_broken(frontier: pd.DataFrame, margin: float = MARGIN) -> str | None:
    """Name the first row, in the order given, whose whole interval of the rise lies above `margin` nats.

    >>> first_broken(pd.DataFrame({"low": [0.02, 0.3]}, index=["10 %", "30 %"]))
    '30 %'
    """
    broken = frontier.index[frontier["low"] > margin]
    return str(broken[0]) if len(broken) else None


def matrices(backbone: "LlamaBackbone") -> list["keras.Variable"]:
    """List the weight matrices of the transformer layers: what pruning and rounding work on.

    The embedding and the norms are not among them. Raises PlaybookError where there is none.
    """
    layers = getattr(backbone, "transformer_layers", [])
    found = [w for layer in layers for w in layer.weights if w.name == "kernel" and "float" in w.dtype]
    if not found:
        raise PlaybookError("this network has no weight matrices in floats: it is quantized already.")
    return found


def as_matrix(variable: "keras.Variable") -> np.ndarray:
    """Give a weight as a matrix (inputs, outputs); attention keeps its heads on an axis of their own."""
    value = variable.numpy()
    return value.reshape(-1, value.shape[-1]) if "output" in variable.path else value.reshape(len(value), -1)


@contextmanager
def changed(variables: Sequence["keras.Variable"], values: Sequence[np.ndarray]) -> Iterator[None]:
    """Put other values, of `as_matrix`, into a network's variables for the length of a `with` block."""
    kept = [variable.numpy() for variable in variables]
    try:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value.reshape(variable.shape))
        yield
    finally:
        for variable, value in zip(variables, kept, strict=True):
            variable.assign(value)


def memory_bytes(backbone: "keras.Model") -> int:
    """Bytes that a network's variables hold in memory, scales and zero points included."""
    return sum(variable.value.dtype.size * math.prod(variable.shape) for variable in backbone.variables)


def disk_bytes(backbone: "keras.Model") -> int:
    """Bytes of the file that Keras writes of the weights; it has no optimiser in it, and is removed again."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.weights.h5"
        backbone.save_weights(file)
        return file.stat().st_size
