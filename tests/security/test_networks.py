"""An attacker's reach is kept, and training inside it makes a network harder to move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playbook.errors import PlaybookError
from playbook.security.networks import Reach, fit, hidden, network, predict

rows = arrays(float, (3, 2), elements=st.floats(-5, 5))


@given(rows, rows, st.floats(0.01, 3))
def test_nothing_leaves_the_reach(x, wanted, eps):
    x = x.clip(-1, 1)
    moved = Reach(eps, -1, 1, free=np.array([1.0, 0.0])).of(x, wanted)
    assert (np.abs(moved - x) <= eps + 1e-9).all() and (np.abs(moved) <= 1).all()
    assert (moved[:, 1] == x[:, 1]).all()


@pytest.mark.parametrize("bad", [{"eps": 0}, {"eps": np.inf}, {"eps": 1, "low": 1, "high": 1}])
def test_a_reach_that_is_none_is_one_sentence(bad):
    with pytest.raises(PlaybookError, match="an attacker's reach"):
        Reach(**bad)


def test_a_network_learns_and_shows_its_hidden_layer():
    x = np.random.default_rng(0).normal(size=(256, 2))
    y = (x[:, 0] > 0).astype(int)
    model = fit(network(2, 2, hidden=8), x, y, epochs=20)
    assert (predict(model, x) == y).mean() > 0.95
    assert hidden(model, x).shape == (256, 8) and hidden(model, x).min() >= 0


def test_hardening_prefers_the_feature_that_cannot_be_moved():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=512)
    # the first feature says it exactly but within reach of the attacker, the second roughly and far away
    x = np.c_[0.1 * (2 * y - 1), 2 * (2 * y - 1) * (rng.random(512) < 0.95)]
    reach = Reach(0.3, free=np.array([1.0, 0.0]))
    soft, hard = (fit(network(2, 2, hidden=8), x, y, one, epochs=30) for one in (None, reach))
    moved = reach.of(x, -x)
    assert (predict(hard, moved) == y).mean() > 0.9 > (predict(soft, moved) == y).mean() - 0.09
    assert (predict(soft, x) == y).mean() >= (predict(hard, x) == y).mean()
