"""Coalitions of features: which ones to ask a model about, and what it answers for each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]
Predict = Callable[[Floats], ArrayLike]

CATEGORIES = 3  # a column of so few values, or fewer, holds categories and not a quantity
ROWS = 2**18  # rows in one call of predict: 25 MB of twelve features


@dataclass
class Counted:
    """A predict function that counts its calls and the rows it was asked for.

    >>> f = Counted(lambda x: x.sum(axis=1))
    >>> _ = f(np.ones((3, 2)))
    >>> f.calls, f.rows
    (1, 3)
    """

    predict: Predict
    calls: int = 0
    rows: int = 0

    def __call__(self, x: Floats) -> ArrayLike:
        """Count, then predict."""
        self.calls, self.rows = self.calls + 1, self.rows + len(x)
        return self.predict(x)


def fit(x: ArrayLike, background: ArrayLike) -> tuple[Floats, Floats]:
    """Rows (n, d) and background (m, d) as floats, or a PlaybookError: why they do not go together.

    >>> fit([1, 2], [[0, 0, 0]])
    Traceback (most recent call last):
    playbook.errors.PlaybookError: x has 2 features and background 3: give both the same ones.
    """
    names = [list(one.columns) for one in (x, background) if hasattr(one, "columns")]
    if len(names) == 2 and names[0] != names[1]:
        raise PlaybookError(
            f"x has the columns {names[0]}, background {names[1]}: give both the same, in order."
        )
    try:
        rows, base = (np.atleast_2d(np.asarray(one, dtype=np.float64)) for one in (x, background))
    except (TypeError, ValueError):
        raise PlaybookError(
            f"x and background must be tables of numbers{_texts(x, background)}: turn categories into "
            "0/1 columns, the same ones in both."
        ) from None
    if rows.ndim != 2 or base.ndim != 2 or not rows.size or not base.size:
        raise PlaybookError(f"x {rows.shape} and background {base.shape} must both have rows and columns.")
    if rows.shape[1] != base.shape[1]:
        raise PlaybookError(
            f"x has {rows.shape[1]} features and background {base.shape[1]}: give both the same ones."
        )
    return rows, base


def _texts(*tables: ArrayLike) -> str:
    """Name the columns that hold no numbers, where the tables have names."""
    frames = [one for one in tables if hasattr(one, "select_dtypes")]
    texts = sorted(
        {str(name) for frame in frames for name in frame.select_dtypes(exclude=["number", "bool"])}
    )
    return f", and {', '.join(texts)} are not" if texts else ""


def unseen(x: ArrayLike, background: ArrayLike) -> list[str]:
    """Say in a sentence each where `x` (n, d) leaves what its background (m, d) can speak of.

    Told are columns that are constant in the background, and columns of few values (categories) where some
    rows of `x` hold one that the background never shows: what is then credited, no comparison supports.

    >>> unseen([[1, 5], [2, 5]], [[1, 4], [0, 4], [1, 4]])
    ['column 0: 1 of 2 rows hold a category that the background never shows.',
    'column 1: constant in the background, another value in 2 of 2 rows.']
    """
    rows, base = fit(x, background)
    names = list(getattr(background, "columns", [f"column {i}" for i in range(base.shape[1])]))
    said = []
    for name, column, known in zip(names, rows.T, base.T, strict=True):
        new, values = int((~np.isin(column, known)).sum()), len(set(known))
        if new and values == 1:
            said.append(f"{name}: constant in the background, another value in {new} of {len(rows)} rows.")
        elif new and values <= CATEGORIES:
            what = "hold a category that the background never shows"
            said.append(f"{name}: {new} of {len(rows)} rows {what}.")
    return said


def ask(predict: Predict, rows: Floats) -> Floats:
    """Predict one finite float for each of `rows` (n, d), or say in a PlaybookError what came instead.

    >>> ask(lambda x: x.argmax(axis=1), np.eye(2))
    Traceback (most recent call last):
    playbook.errors.PlaybookError: predict returned int64, labels perhaps: give probabilities ...
    """
    answer = np.asarray(predict(rows))
    if answer.shape not in {(len(rows),), (len(rows), 1)}:
        raise PlaybookError(
            f"predict returned shape {answer.shape} for {len(rows)} rows: it must give one number a row; "
            "of several classes choose one, as in lambda x: model.predict_proba(x)[:, 1]."
        )
    if not np.issubdtype(answer.dtype, np.floating):
        raise PlaybookError(
            f"predict returned {answer.dtype}, labels perhaps: give probabilities or scores as floats."
        )
    unusable = int((~np.isfinite(answer)).sum())
    if unusable:
        raise PlaybookError(
            f"predict returned NaN or infinity for {unusable} of {len(rows)} rows: "
            "look for missing or extreme values in x and background."
        )
    return answer.reshape(len(rows)).astype(np.float64)


def coalition_values(predict: Predict, rows: Floats, base: Floats, masks: Masks) -> Floats:
    """Mean prediction (n, coalitions) with a coalition's features taken from `rows`, the others from `base`.

    rows: (n, d); base: (m, d); masks: (coalitions, d), True for a feature in the coalition. `predict` is
    asked in calls of at most `ROWS` rows, or of one background where that is longer.

    >>> masks, _ = enumerate_coalitions(2)
    >>> coalition_values(lambda x: x.sum(axis=1), np.ones((1, 2)), np.zeros((3, 2)), masks)
    array([[0., 1., 1., 2.]])
    """
    total, step = len(rows) * len(masks), max(1, ROWS // len(base))
    means = np.empty(total)
    for start in range(0, total, step):
        row, mask = np.divmod(np.arange(start, min(start + step, total)), len(masks))
        mixed = np.where(masks[mask][:, None, :], rows[row][:, None, :], base[None])
        answers = ask(predict, mixed.reshape(-1, base.shape[1]))
        means[start : start + step] = answers.reshape(-1, len(base)).mean(axis=1)
    return means.reshape(len(rows), len(masks))


def enumerate_coalitions(features: int) -> tuple[Masks, Floats]:
    """All 2^d coalitions (2^d, d), and the weight (2^d, d) with which a coalition's value enters a feature's.

    >>> enumerate_coalitions(2)[1].tolist()
    [[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]]
    """
    masks = (np.arange(2**features)[:, None] >> np.arange(features) & 1).astype(bool)
    sizes = masks.sum(axis=1, keepdims=True)
    share = [factorial(s) * factorial(features - s - 1) / factorial(features) for s in range(features)]
    joined, absent = np.array([0, *share])[sizes], np.array([*share, 0])[sizes]
    return masks, np.where(masks, joined, -absent)


def prefixes(order: NDArray[np.int_]) -> Masks:
    """Coalitions (d + 1, d) met when features join in this order, from none to all.

    >>> prefixes(np.array([1, 0])).astype(int).tolist()
    [[0, 0], [0, 1], [1, 1]]
    """
    joins = np.empty(len(order), dtype=int)
    joins[order] = np.arange(len(order))
    return joins[None, :] < np.arange(len(order) + 1)[:, None]
