"""Federated averaging: the rows stay with the clients, and only models travel."""

from collections.abc import Callable, Sequence

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.budget import epsilon, noise_for
from playbook.security.flower import (
    Answer,
    Federated,
    client_app,
    counting,
    honest,
    server_app,
    silent,
)
from playbook.security.lenders import partition
from playbook.security.logistic import Gradient, Share, gradient, train

__all__ = ["Federated", "average", "epsilon", "fedavg", "federate", "noise_for", "partition"]


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
    *,
    strategy: str = "FedAvg",
    start: np.ndarray | None = None,
    slope: Gradient = gradient,
    answer: Answer = honest,
    **options: float,
) -> Federated:
    """Run a federation with Flower's apps and strategies, in this process, and give the last model.

    In each of `rounds` rounds every client takes `steps` steps of gradient descent on its share, and
    `evaluate(model)` scores what the server makes of the answers. strategy: FedAvg; FedProx, with the option
    `proximal_mu`; FedMedian; Krum, with `num_malicious_nodes`. start: the first model, zeros without it;
    slope: its gradient, the logistic regression's without it. answer: what a client sends instead of what it
    trained. Nothing is random. Raises PlaybookError for fewer than two clients, an unknown strategy, and a
    client that fails.
    """
    from flwr.app import Context, RecordDict

    from playbook.security.grids import InProcess

    if len(shares) < 2:
        raise PlaybookError("Federated learning needs two clients or more: set -p clients 2 or higher.")
    clients = len(shares)
    run = Federated(np.zeros(shares[0][0].shape[1] + 1) if start is None else start)
    client = client_app(lambda node: shares[int(node["partition-id"])], steps, learning_rate, slope, answer)
    with silent():
        rule = counting(strategy, clients, clients, run, **options)
        context = Context(0, 0, {}, RecordDict(), {})
        server_app(rule, rounds, evaluate, run)(InProcess(client, clients), context)
    return run
