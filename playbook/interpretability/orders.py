"""Beyond twelve features: random orders in antithetic pairs, and what each feature adds along them."""

import numpy as np
from numpy.typing import NDArray

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import Floats, Predict, coalition_values, prefixes


def sample_orders(features: int, pairs: int, seed: int) -> NDArray[np.int_]:
    """Draw random orders of the features, each with its reverse: (pairs, 2, features).

    >>> sample_orders(3, pairs=1, seed=0).tolist()
    [[[2, 0, 1], [1, 0, 2]]]
    """
    if pairs < 1:
        raise PlaybookError(
            f"more than 12 features are estimated from random orders: pairs is {pairs}, give 1 or more."
        )
    generator = np.random.default_rng(seed)
    forward = np.array([generator.permutation(features) for _ in range(pairs)])
    return np.stack([forward, forward[:, ::-1]], axis=1)


def pair_values(predict: Predict, rows: Floats, base: Floats, pairs: int, seed: int) -> Floats:
    """Credit each feature with what it adds when it joins, by pair of orders: (n, pairs, d).

    rows: (n, d); base: (m, d). Pairs are independent draws, and their mean estimates the Shapley values.

    >>> pair_values(lambda z: z[:, 0] * z[:, 1], np.ones((1, 2)), np.zeros((1, 2)), pairs=2, seed=0).tolist()
    [[[0.5, 0.5], [0.5, 0.5]]]
    """
    orders = sample_orders(base.shape[1], pairs, seed)
    masks = np.vstack([prefixes(order) for order in orders.reshape(-1, base.shape[1])])
    asked, places = np.unique(masks, axis=0, return_inverse=True)
    values = coalition_values(predict, rows, base, asked)[:, places.ravel()]
    gains = np.diff(values.reshape(len(rows), pairs, 2, -1), axis=-1)
    shares = np.empty_like(gains)
    np.put_along_axis(shares, np.broadcast_to(orders, gains.shape), gains, axis=-1)
    return shares.mean(axis=2)
