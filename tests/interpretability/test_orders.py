"""Orders come in pairs that mirror each other, and what a pair credits sums to the prediction."""

import numpy as np
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import Counted
from playbook.interpretability.orders import pair_values, sample_orders


def test_each_order_has_its_reverse_and_names_every_feature_once():
    orders = sample_orders(9, pairs=5, seed=3)
    assert orders.shape == (5, 2, 9) and (np.sort(orders, axis=-1) == np.arange(9)).all()
    np.testing.assert_array_equal(orders[:, 0], orders[:, 1, ::-1])
    assert not np.array_equal(orders, sample_orders(9, pairs=5, seed=4))
    with pytest.raises(PlaybookError, match="pairs is 0"):
        sample_orders(9, pairs=0, seed=0)


def test_each_pair_sums_to_the_prediction_and_no_coalition_is_asked_twice():
    rows, base = np.random.default_rng(0).normal(size=(3, 4)), np.zeros((1, 4))
    counted = Counted(lambda z: np.prod(z + 1, axis=1))
    shares = pair_values(counted, rows, base, pairs=50, seed=0)
    np.testing.assert_allclose(
        shares.sum(axis=2), np.tile(counted.predict(rows)[:, None] - 1, 50), atol=1e-12
    )
    assert shares.shape == (3, 50, 4) and counted.rows <= 3 * 2**4
