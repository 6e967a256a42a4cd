"""Training that bounds what a model can tell about one record: clipped gradients, and noise on their sum."""

from collections.abc import Sequence

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.logistic import Share, predict

CLIP = 1.0  # the largest norm of one record's gradient


def clipped_sum(model: np.ndarray, x: np.ndarray, y: np.ndarray, clip: float = CLIP) -> np.ndarray:
    """Give the sum of the rows' gradients, each shortened to a norm of at most `clip` (Abadi et al. 2016).

    >>> clipped_sum(np.zeros(2), np.array([[30.0], [0.0]]), np.array([1, 0])).round(2)
    array([-1.  ,  0.47])
    """
    error = predict(model, x) - y
    norm = np.abs(error) * np.sqrt((x**2).sum(axis=1) + 1)
    error = error * clip / np.maximum(norm, clip)
    return np.append(error @ x, error.sum())


def private_average(
    shares: Sequence[Share],
    rounds: int,
    learning_rate: float,
    noise: float,
    *,
    alone: bool = False,
    seed: int = 0,
) -> np.ndarray:
    """Give a logistic regression trained by all clients with differential privacy for each record.

    Each of `rounds` rounds is one step on all rows, with Gaussian noise of standard deviation `noise` times
    the clipping norm on the sum: epsilon is `budget.epsilon(noise, 1, rounds, delta)`. Each client adds its
    part of that, which a secure sum puts together; with `alone` each adds the whole, and is protected even if
    its own update is seen. The guarantee is against who sees the sums; clients that pool their own noise can
    take it off again. Raises PlaybookError for noise below zero.

    >>> share = (np.array([[1.0], [-1.0]]), np.array([1, 0]))
    >>> private_average([share, share], 1, 1.0, 0.0).round(2)
    array([0.5, 0. ])
    """
    if not noise >= 0:
        raise PlaybookError(f"noise is {noise!r}: give a number, 0 or more.")
    generator = np.random.default_rng(seed)
    model = np.zeros(shares[0][0].shape[1] + 1)
    rows = sum(len(y) for _, y in shares)
    part = noise * CLIP * (1 if alone else len(shares) ** -0.5)
    for _ in range(rounds):
        sums = [clipped_sum(model, x, y) + generator.normal(0, part, len(model)) for x, y in shares]
        model = model - learning_rate * np.sum(sums, axis=0) / rows
    return model
