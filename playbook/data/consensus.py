"""Finds one label an item from several raters who err: by majority, or weighed by how each of them errs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError

ROUNDS = 200
# What every rater is taken to have rated before, rightly and wrongly, and how often every label was right.
# Without it, as in 1979, raters of a few items each are fitted to chance: worse than the majority.
_RIGHT, _WRONG, _SEEN = 4.0, 2.0, 4.0
Ratings = np.ndarray | pd.DataFrame | Sequence[Sequence[object]]


def consensus(ratings: Ratings) -> pd.DataFrame:
    """Estimate the label of every item and the confidence in it, 0 to 1, by Dawid and Skene's method.

    `ratings` has a row an item and a column a rater, always the same person; NaN or None is a missing rating.
    Labels and each rater's confusion of them are estimated in turn (EM), from the majority on. An item that
    nobody rated has label and confidence NaN. A rater who confuses two labels steadily is corrected, so that
    even agreement may be overruled; one of whom little is known is taken to be right rather than wrong (a
    prior of six ratings, four of them right). Without identities of raters use `majority`.

    Source: A. P. Dawid and A. M. Skene, Applied Statistics 28(1), 1979. Raises PlaybookError for ratings that
    are no table or hold no rating.

    >>> consensus([["a", "a", "b"], ["b", "b", "b"], ["a", "a", "a"]])["label"].tolist()
    ['a', 'b', 'a']
    """
    index, values, votes, raters = _votes(ratings)
    count = len(values)
    shares = votes @ np.tile(np.eye(count), (raters, 1))
    rated = shares.sum(axis=1) > 0
    start = np.eye(count) * (_RIGHT - _WRONG / max(count - 1, 1)) + _WRONG / max(count - 1, 1)
    belief = _rows(shares)
    for _ in range(ROUNDS):
        confusion = (votes.T @ belief).T.reshape(count, raters, count) + start[:, None, :]
        confusion /= confusion.sum(axis=2, keepdims=True)
        prior = _rows(belief[rated].sum(axis=0, keepdims=True) + _SEEN)
        logs = votes @ np.log(confusion).reshape(count, -1).T + np.log(prior)
        updated = _rows(np.exp(logs - logs.max(axis=1, keepdims=True)))
        change = np.abs(updated - belief)[rated].max()
        belief = updated
        if change < 1e-7:
            break
    return _verdict(index, values, belief, rated)


def majority(ratings: Ratings) -> pd.DataFrame:
    """Give the label most raters chose, and their share as confidence; of those that tie, the first in order.

    `ratings` as for `consensus`, and the same errors.

    >>> majority([[1, 1, 2], [2, float("nan"), 2]]).round(2).values.tolist()
    [[1.0, 0.67], [2.0, 1.0]]
    """
    index, values, votes, raters = _votes(ratings)
    shares = votes @ np.tile(np.eye(len(values)), (raters, 1))
    return _verdict(index, values, _rows(shares), shares.sum(axis=1) > 0)


def simulate_raters(
    labels: Sequence[int], confusions: np.ndarray, per_item: int, seed: int = 0
) -> np.ndarray:
    """Let invented raters rate items whose true labels are known: an array, items x raters, NaN = not asked.

    `confusions` has for every rater the probability of each rating (last axis) of each true label, raters x
    labels x labels. Every item goes to `per_item` raters drawn by `seed`. Raises PlaybookError for
    probabilities that do not add up to 1, labels that they do not have, or too few raters.

    >>> simulate_raters([0, 1, 1], np.array([[[1, 0], [0, 1]], [[1, 0], [0, 1]]]), per_item=2).tolist()
    [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    """
    truth, chances = np.asarray(labels, dtype=int), np.asarray(confusions, dtype=float)
    if chances.ndim != 3 or chances.shape[1] != chances.shape[2] or not np.allclose(chances.sum(axis=2), 1):
        raise PlaybookError(
            "simulate_raters: give confusions as raters x labels x labels, each row adding up to 1."
        )
    if len(truth) and not 0 <= truth.min() <= truth.max() < chances.shape[1]:
        raise PlaybookError(f"simulate_raters: labels go from 0 to {chances.shape[1] - 1}: number them so.")
    if not 1 <= per_item <= len(chances):
        raise PlaybookError(f"simulate_raters: {per_item} raters an item of {len(chances)}: ask for fewer.")
    rng = np.random.default_rng(seed)
    edges = chances.cumsum(axis=2)[:, truth, :-1].transpose(1, 0, 2)  # items x raters x labels - 1
    given = (rng.random((len(truth), len(chances), 1)) > edges).sum(axis=2).astype(float)
    asked = rng.random(given.shape).argsort(axis=1).argsort(axis=1) < per_item
    return np.where(asked, given, np.nan)


def _votes(ratings: Ratings) -> tuple[pd.Index, np.ndarray, object, int]:
    """Give the items, the values in order, and the votes: a sparse array, items x (raters x values)."""
    from scipy.sparse import csr_array

    table = np.asarray(ratings, dtype=object)
    if table.ndim != 2:
        raise PlaybookError("consensus: give ratings as a table, a row an item and a column a rater.")
    codes, values = pd.factorize(table.ravel(), sort=True)
    if not len(values):
        raise PlaybookError("consensus: there is no rating in the table: give at least one.")
    place = np.flatnonzero(codes >= 0)
    row, rater = np.divmod(place, table.shape[1])
    where = (row, rater * len(values) + codes[place])
    votes = csr_array((np.ones(len(place)), where), shape=(len(table), table.shape[1] * len(values)))
    index = ratings.index if isinstance(ratings, pd.DataFrame) else pd.RangeIndex(len(table))
    return index, values, votes, table.shape[1]


def _rows(weights: np.ndarray) -> np.ndarray:
    """Scale every row to add up to 1; a row of zeros becomes even."""
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1), 1 / weights.shape[1])


def _verdict(index: pd.Index, values: np.ndarray, belief: np.ndarray, rated: np.ndarray) -> pd.DataFrame:
    """Give the likeliest label of each item; a tie, to nine decimals, goes to the first in order."""
    label = pd.Series(values[belief.round(9).argmax(axis=1)], index=index).where(rated)
    confidence = np.where(rated, belief.max(axis=1), np.nan)
    return pd.DataFrame({"label": label.infer_objects(), "confidence": confidence})
