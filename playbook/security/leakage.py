"""What a server can read out of the updates that clients send, one by one or as a sum."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError
from playbook.security.logistic import Share, gradient, safe_rate


@dataclass(frozen=True)
class Attack:
    """How many of `trials` targets were linked to their record, and how far off the records read were.

    `error` is the median distance to the target in standard deviations (root mean square over the features);
    `rejected` counts the targets of class 0, and `rejected_linked` those of them that were linked.
    """

    trials: int
    linked: int
    error: float
    rejected: int
    rejected_linked: int


def reconstruct(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, int]:
    """Read the record (features,) and its class out of a model before and after training on that record.

    Every step moves a logistic regression by a multiple of (record, 1), so the features are the ratio of the
    weights' moves to the bias's move, whatever the learning rate and the number of steps; the first layer of
    any network with a bias leaks alike (Phong et al. 2018). Of several records it gives a weighted blend.
    Raises PlaybookError for an update that does not move the bias.

    >>> from playbook.security.logistic import train
    >>> before = np.array([0.3, -0.2, 0.1])
    >>> record, label = reconstruct(before, train(before, np.array([[36.0, 0.8]]), np.array([1]), 1, 0.01))
    >>> record.round(6), label
    (array([36. ,  0.8]), 1)
    """
    move = np.asarray(after, dtype=float) - before
    if move[-1] == 0:
        raise PlaybookError("The update does not move the bias: it holds no record to read.")
    return move[:-1] / move[-1], int(move[-1] > 0)


def nearest(record: np.ndarray, rows: np.ndarray) -> int:
    """Give the position of the row (of rows, features) that lies closest to `record`.

    >>> nearest(np.array([1.1, 0.2]), np.array([[5.0, 5.0], [1.0, 0.0]]))
    1
    """
    return int(np.linalg.norm(rows - record, axis=1).argmin())


def attack(
    model: np.ndarray,
    shares: Sequence[Share],
    records: int,
    *,
    secure: bool,
    trials: int = 200,
    seed: int = 0,
) -> Attack:
    """Attack `trials` updates of one step on `records` records a client, and see who is found.

    The first client's first record is the target. The server sees that client's update or, with `secure`, the
    sum of all clients' updates, which is all that `secure_sums.secagg_plus` shows; it
    reads a record out of it and takes the nearest row of all shares.
    """
    generator = np.random.default_rng(seed)
    everybody = np.concatenate([x for x, _ in shares])
    errors, linked, rejected = np.zeros(trials), np.zeros(trials, bool), np.zeros(trials, bool)
    for trial in range(trials):
        rows = [generator.choice(len(y), min(records, len(y)), replace=False) for _, y in shares]
        updates = [_update(model, x[some], y[some]) for (x, y), some in zip(shares, rows, strict=True)]
        record, _ = reconstruct(model, model + (np.sum(updates, axis=0) if secure else updates[0]))
        target = rows[0][0]
        errors[trial] = np.sqrt(np.mean((record - shares[0][0][target]) ** 2))
        linked[trial] = nearest(record, everybody) == target
        rejected[trial] = shares[0][1][target] == 0
    found = int((linked & rejected).sum())
    return Attack(trials, int(linked.sum()), float(np.median(errors)), int(rejected.sum()), found)


def attacks(model: np.ndarray, shares: Sequence[Share], trials: int, seed: int = 0) -> pd.DataFrame:
    """Give `attack` on one update, and on secure sums of more and more records of each lender."""
    sums = {"one application each": 1, "twenty each": 20, "whole shares": sum(len(y) for _, y in shares)}
    seen = {"one update, one application": attack(model, shares, 1, secure=False, trials=trials, seed=seed)}
    for name, records in sums.items():
        found = attack(model, shares, records, secure=True, trials=trials, seed=seed)
        seen[f"secure sum, {name}"] = found
    return pd.DataFrame(seen.values(), index=list(seen))


def found(seen: pd.DataFrame) -> tuple[dict[str, object], dict[str, object]]:
    """Give what the scorecard takes of `attacks`: % found of all and of the rejected, left and before.

    Before is a single update for all, and the secure sum of one record each for the rejected.
    """
    anybody = 100 * seen["linked"] / seen["trials"]
    rejected = (100 * seen["rejected_linked"] / seen["rejected"]).fillna(0)
    figures = ((column.iloc[-1], column.iloc[before]) for column, before in ((anybody, 0), (rejected, 1)))
    return tuple(
        {"value": round(left, 1), "unit": "%", "textbook": "private", "measured": round(missed, 1)}
        for left, missed in figures
    )


def _update(model: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -safe_rate(x.shape[1]) * gradient(model, x, y)
