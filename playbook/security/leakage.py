"""What a server can read out of the updates that clients send, and the secure sum that hides each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.lenders import Share
from playbook.security.logistic import gradient, safe_rate

SCALE = 2**32  # fixed point: a secure sum is exact to half a unit of 1 / SCALE for each client
LIMIT = 2**20  # the largest value in an update: a thousand of them do not overflow 64 bits


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


def secure_sum(updates: Sequence[np.ndarray], seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Give what each client sends under pairwise masks, and the sum that the server gets out of it.

    Each pair of clients shares a random mask; one adds it and the other subtracts it, modulo 2 ** 64, so that
    what is sent is uniformly random to whoever lacks the masks, and the sum is free of them. That is the core
    of Bonawitz et al. 2017 (SecAgg) without its key agreement and its care for clients that drop out: here
    the masks come from a seed. Raises PlaybookError for values that do not fit the fixed point.

    >>> sent, total = secure_sum([np.array([0.25, -1.0]), np.array([0.5, 2.0])])
    >>> total
    array([0.75, 1.  ])
    """
    values = np.asarray(updates, dtype=float)
    if not np.abs(values).max(initial=0) < LIMIT:
        raise PlaybookError(f"An update holds a value that is not below {LIMIT:,}: clip it before the sum.")
    sent = list(np.rint(values * SCALE).astype(np.int64).view(np.uint64))
    for one in range(len(sent)):
        for other in range(one):
            generator = np.random.default_rng([seed, one, other])
            mask = generator.integers(0, 2**64, values.shape[1:], dtype=np.uint64)
            sent[one], sent[other] = sent[one] + mask, sent[other] - mask
    return sent, np.sum(sent, axis=0, dtype=np.uint64).view(np.int64) / SCALE


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
    secure sum of all clients' updates; it reads a record out of it and takes the nearest row of all shares.
    """
    generator = np.random.default_rng(seed)
    everybody = np.concatenate([x for x, _ in shares])
    errors, linked, rejected = np.zeros(trials), np.zeros(trials, bool), np.zeros(trials, bool)
    for trial in range(trials):
        rows = [generator.choice(len(y), min(records, len(y)), replace=False) for _, y in shares]
        updates = [_update(model, x[some], y[some]) for (x, y), some in zip(shares, rows, strict=True)]
        record, _ = reconstruct(model, model + (secure_sum(updates, seed)[1] if secure else updates[0]))
        target = rows[0][0]
        errors[trial] = np.sqrt(np.mean((record - shares[0][0][target]) ** 2))
        linked[trial] = nearest(record, everybody) == target
        rejected[trial] = shares[0][1][target] == 0
    found = int((linked & rejected).sum())
    return Attack(trials, int(linked.sum()), float(np.median(errors)), int(rejected.sum()), found)


def _update(model: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -safe_rate(x.shape[1]) * gradient(model, x, y)
