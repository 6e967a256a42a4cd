"""What is lost with fewer layers: early exit, layers left out, and a translation that mends most of it."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook import inputs
from playbook.errors import PlaybookError
from playbook.interpretability.opened import Opened, end_of_text, states

if TYPE_CHECKING:
    from playbook.lm import LanguageModel

REMOVED = (0, 1, 2, 4, 6, 10)  # layers taken away, of thirty


def corpus(seed: int = 0) -> pd.DataFrame:
    """Docstrings of installed packages (`text` and `split`), shuffled: every twentieth is for the test.

    Not chapter 1's corpus: what is said of layers shall not depend on whether that chapter has run.
    """
    whole = inputs.docstrings()
    frame = whole.drop_duplicates("text", ignore_index=True)
    frame["split"] = np.where(np.arange(len(frame)) % 20 == 0, "test", "train")
    frame.attrs = whole.attrs
    return frame.sample(frac=1, random_state=seed)


def blocks(model: "LanguageModel", texts: Iterable[str], count: int, length: int = 128) -> np.ndarray:
    """Cut the first `length` tokens of the first `count` texts that have as many: (count, 1 + length).

    Each block opens with the end-of-text token, on which the model rests its attention. Raises PlaybookError
    where too few texts are long enough.
    """
    from playbook import lm

    rows: list[list[int]] = []
    for text in texts:
        # a token has four characters on average, so that shorter texts need not be tokenized
        if len(rows) < count and len(text) > 2 * length:
            ids = lm.tokenize(model, text[: 20 * length])[:length]
            rows += [[end_of_text(model), *ids]] * (len(ids) == length)
    if len(rows) < count:
        raise PlaybookError(f"only {len(rows)} of {count} texts have {length} tokens: give longer texts.")
    return np.array(rows, np.int32)


def translators(hidden: np.ndarray, ridge: float = 0.01) -> np.ndarray:
    """For each layer the matrix (1 + width, width) that best turns its states into the last layer's.

    hidden: (layers, texts, tokens, width). Least squares with a small ridge; the first row is the constant.
    Source: Din et al. 2023 (Jump to conclusions). The first token, which the others rest on, is left out.

    >>> hidden = np.random.default_rng(0).normal(size=(1, 4, 9, 2))
    >>> maps = translators(np.vstack([hidden, 3 * hidden + 1]), ridge=0)
    >>> abs(maps[0] - [[1, 1], [3, 0], [0, 3]]).max() < 1e-6
    np.True_
    """
    from scipy.linalg import solve

    flat = hidden[:, :, 1:].reshape(len(hidden), -1, hidden.shape[-1])
    end = flat[-1].astype(float)
    goal, maps = end - end.mean(axis=0), []
    for rows in flat:
        mean = rows.mean(axis=0, dtype=float)
        apart = rows - mean
        square = apart.T @ apart
        square += ridge * np.trace(square) / len(square) * np.eye(len(square))
        slope = solve(square, apart.T @ goal, assume_a="pos")
        maps.append(np.vstack([end.mean(axis=0) - mean @ slope, slope]))
    return np.array(maps, np.float32)


def translate(maps: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Hidden states (layers, ..., width) in the last layer's terms, by `translators`."""
    return np.array([rows @ one[1:] + one[0] for one, rows in zip(maps, hidden, strict=True)], np.float32)


def influence(hidden: np.ndarray) -> np.ndarray:
    """How far each layer turns what passes through it (layers,): 1 less the mean cosine of before and after.

    Block Influence of Men et al. 2024 (ShortGPT), from one forward pass; the first token is left out.

    >>> influence(np.array([[[[1.0, 0], [1, 0]]], [[[1, 0], [2, 0]]], [[[1, 0], [0, 1]]]])).tolist()
    [0.0, 1.0]
    """
    rows = hidden[:, :, 1:] / np.linalg.norm(hidden[:, :, 1:], axis=-1, keepdims=True)
    return 1 - (rows[1:] * rows[:-1]).sum(axis=-1).mean(axis=(1, 2))


def fewer_layers(
    opened: Opened, test: np.ndarray, maps: np.ndarray, removed: Sequence[int] = REMOVED
) -> pd.DataFrame:
    """Mean loss (nats a token) of the blocks `test` with that many layers removed, in three ways.

    `early exit` stops that many layers before the end; `translated` puts `translators` before the head;
    `least influence` takes out the layers that turn their input least. `time %` is the processor time of
    the layers that are left, compared with the first row's: name 0 first. Columns are indexed by `removed`.
    """
    whole = states(opened, test)
    order = np.argsort(influence(whole), kind="stable")
    rows = {}
    for count in removed:
        kept = sorted(order[count:].tolist())
        started = time.process_time()
        shorter = states(opened, test, kept)[-1]
        taken = time.process_time() - started
        last = opened.depth - count
        jumped = translate(maps[last : last + 1], whole[last : last + 1])[0] if count else whole[-1]
        rows[count] = [
            *(float(opened.losses(one, test).numpy().mean()) for one in (whole[last], jumped, shorter)),
            taken,
        ]
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["early exit", "translated", "least influence", "time %"]
    )
    table["time %"] *= 100 / table["time %"].iloc[0]
    return table.rename_axis("layers removed")


def taken_away(
    opened: Opened, texts: pd.DataFrame, count: int = 3, learn: int = 16
) -> tuple[pd.DataFrame, np.ndarray]:
    """Learn `translators` on `learn` training texts of `corpus`, measure `fewer_layers` on `count` others.

    Gives the table and the translators.
    """
    parts = {
        split: blocks(opened.model, texts.loc[texts["split"] == split, "text"], n)
        for split, n in (("train", learn), ("test", count))
    }
    maps = translators(states(opened, parts["train"]))
    return fewer_layers(opened, parts["test"], maps, [n for n in REMOVED if n < opened.depth]), maps
