"""Federated averaging: the rows stay with the clients, and only models travel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.budget import epsilon, noise_for
from playbook.security.lenders import Share, partition
from playbook.security.logistic import train

__all__ = ["Federated", "average", "epsilon", "fedavg", "federate", "noise_for", "partition"]


@dataclass
class Federated:
    """What a federated run gives: the last model, a score a round, and the bytes of the models sent."""

    model: np.ndarray
    scores: list[float] = field(default_factory=list)
    bytes_down: int = 0
    bytes_up: int = 0


def fedavg(models: Sequence[np.ndarray], rows: Sequence[float]) -> np.ndarray:
    """Average the clients' models, each weighted by its number of rows (McMahan et al. 2017, algorithm 1).

    >>> fedavg([np.array([0.0, 4.0]), np.array([3.0, 1.0])], rows=[200, 100])
    array([1., 3.])
    """
    weights = np.asarray(rows, dtype=float)
    if len({np.shape(model) for model in models}) != 1 or len(models) != len(weights):
        raise PlaybookError("fedavg needs models of one shape, and a number of rows for each.")
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0:
        raise PlaybookError("fedavg needs numbers of rows that are finite, not negative, and not all zero.")
    return np.average(np.asarray(models, dtype=float), axis=0, weights=weights)


def average(shares: Sequence[Share], rounds: int, steps: int, learning_rate: float) -> list[np.ndarray]:
    """Give the model of each round of federated averaging in a plain loop: what Flower is checked against.

    >>> shares = [(np.array([[1.0]]), np.array([1])), (np.array([[-1.0]]), np.array([0]))]
    >>> [model.round(3).tolist() for model in average(shares, rounds=2, steps=1, learning_rate=1.0)]
    [[0.5, 0.0], [0.878, 0.0]]
    """
    model = np.zeros(shares[0][0].shape[1] + 1)
    rows = [len(y) for _, y in shares]
    models = []
    for _ in range(rounds):
        model = fedavg([train(model, x, y, steps, learning_rate) for x, y in shares], rows)
        models.append(model)
    return models


def federate(
    shares: Sequence[Share],
    rounds: int,
    steps: int,
    learning_rate: float,
    evaluate: Callable[[np.ndarray], float],
) -> Federated:
    """Run federated averaging with Flower, the clients in processes of their own, and give the last model.

    In each of `rounds` rounds every client takes `steps` steps of gradient descent on its share, and
    `evaluate(model)` scores the average at the server. It needs no network and leaves no process; most of its
    10 to 20 seconds are the start of the processes. Raises PlaybookError for fewer than two clients, and when
    a client fails.
    """
    from playbook.security.flower import simulate

    if len(shares) < 2:
        raise PlaybookError("Federated learning needs two clients or more: set -p clients 2 or higher.")
    run = Federated(np.zeros(shares[0][0].shape[1] + 1))
    simulate(shares, rounds, steps, learning_rate, evaluate, run)
    return run
