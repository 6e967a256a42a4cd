"""Measure 1.2, annotation: whether labels can be trusted, by how far raters agree."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Literal

import numpy as np
import pandas as pd

from playbook.data.consensus import consensus, majority
from playbook.data.label_errors import label_issues
from playbook.errors import PlaybookError

__all__ = [
    "Level",
    "Ratings",
    "agreement",
    "consensus",
    "crowd_error",
    "crowd_table",
    "label_issues",
    "majority",
]

Level = Literal["nominal", "ordinal", "interval"]
Ratings = np.ndarray | pd.DataFrame | Sequence[Sequence[object]]


def agreement(ratings: Ratings, level: Level = "nominal") -> float:
    """Give Krippendorff's alpha of the ratings: 1 is full agreement, 0 what chance alone would give.

    `ratings` has a row an item and a column a rater; NaN or None is a missing rating, rows may be of
    different lengths, and items rated once do not count. `level` says how far apart two ratings are: nominal,
    equal or not; ordinal, by the number of ratings between them; interval, by their squared difference.
    Raters need no identity: only which ratings belong to the same item enters the figure.

    Source: K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011. Raises PlaybookError for an
    unknown level, for ratings that are not numbers where the level needs them, and where alpha is not
    defined: no item rated twice, or a single value throughout.

    >>> round(agreement([[1, 1], [2, 2], [1, 2], [2, np.nan]]), 2)
    0.44
    """
    table = _rectangle(ratings)
    codes, values = pd.factorize(table.ravel())
    counts = np.zeros((len(table), len(values)))
    items = np.repeat(np.arange(len(table)), table.shape[1])
    np.add.at(counts, (items[codes >= 0], codes[codes >= 0]), 1)
    counts = counts[counts.sum(axis=1) >= 2]
    total = counts.sum(axis=0)
    if np.count_nonzero(total) < 2:
        raise PlaybookError(
            "agreement: give two or more different ratings, on items that were rated at least twice."
        )
    weights = counts / (counts.sum(axis=1, keepdims=True) - 1)
    coincidences = weights.T @ counts - np.diag(weights.sum(axis=0))
    distance = _distances(level, values, total)
    expected = np.outer(total, total) / (total.sum() - 1)
    return float(1 - (coincidences * distance).sum() / (expected * distance).sum())


def _distances(level: str, values: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Give the squared distance of every two values, `total` being how often each occurs."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level not in ("ordinal", "interval"):
        raise PlaybookError(f"agreement: the level is {level!r}: choose nominal, ordinal or interval.")
    try:
        place = values.astype(float)
    except (TypeError, ValueError):
        raise PlaybookError(
            f"agreement: {level} ratings must be numbers: use level='nominal' for names."
        ) from None
    if level == "ordinal":
        order = np.argsort(place)
        place[order] = np.cumsum(total[order]) - total[order] / 2
    return np.subtract.outer(place, place) ** 2


def crowd_error(ratings: Ratings, raters: int = 1, seed: int = 0) -> float:
    """Give the share of items on which a few raters contradict all the others, 0 to 1.

    Of each item `raters` ratings are drawn. Their label and that of the item's other ratings are the sign of
    the mean, rounded: negative, neutral or positive. Items without more than `raters` ratings do not count.
    Raises PlaybookError where that leaves none.

    >>> crowd_error([[2, 3, 2, 2], [-2, -1, -3, -1]], raters=1)
    0.0
    """
    table = _rectangle(ratings).astype(float)
    table = table[np.isfinite(table).sum(axis=1) > raters]
    if not len(table):
        raise PlaybookError(f"crowd_error: no item has more than {raters} ratings: ask for fewer raters.")
    draw = np.where(np.isfinite(table), np.random.default_rng(seed).random(table.shape), np.inf)
    chosen = draw.argsort(axis=1).argsort(axis=1) < raters
    few, others = (np.nanmean(np.where(side, table, np.nan), axis=1) for side in (chosen, ~chosen))
    return float((np.sign(np.rint(few)) != np.sign(np.rint(others))).mean())


def crowd_table(crowds: Mapping[str, Ratings], raters: Sequence[int], seed: int = 0) -> pd.DataFrame:
    """Compare sets of ratings: a row a set; texts, alpha (interval), and `crowd_error` by number of raters.

    >>> crowd_table({"films": [[2, 3, 2, 2], [-2, -1, -3, -1]]}, raters=[1]).round(2).values.tolist()
    [[2.0, 0.88, 0.0]]
    """
    rows = {
        name: [len(each), agreement(each, "interval"), *(crowd_error(each, n, seed) for n in raters)]
        for name, each in crowds.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["texts", "alpha", *raters])
    return table.astype({"texts": int})


def _rectangle(ratings: Ratings) -> np.ndarray:
    """Give the ratings as an array of objects, items x raters, shorter rows filled up with NaN."""
    if isinstance(ratings, pd.DataFrame | np.ndarray):
        return np.asarray(ratings, dtype=object)
    columns = list(zip_longest(*ratings, fillvalue=np.nan))
    return np.array(columns, dtype=object).T.reshape(len(ratings), len(columns))
