"""ART's attacks, and our use of them, against a linear model, whose best attack has a closed form."""

import numpy as np
import pytest

from playbook.security.evasion import COLUMNS, attacked, estimator
from playbook.security.networks import Reach, network

EPS = 0.2


@pytest.fixture(scope="module")
def linear():
    """A network that computes w.x + b: its hidden units are the positive and the negative part of it."""
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=5), 0.1
    model = network(5, 2, hidden=2)
    first = np.c_[w, -w], np.array([b, -b])
    model.set_weights([*first, np.array([[0.0, 1.0], [0.0, -1.0]]), np.zeros(2)])
    x = rng.normal(size=(500, 5)).astype(np.float32)
    return model, w, b, x, (x @ w + b > 0).astype(int)


def test_one_step_goes_to_the_corner_that_the_weights_name(linear):
    from art.attacks.evasion import FastGradientMethod

    model, w, _, x, y = linear
    corner = x - EPS * (2 * y - 1)[:, None] * np.sign(w)
    moved = FastGradientMethod(estimator(model, Reach(EPS)), eps=EPS).generate(x, y)
    assert moved == pytest.approx(corner, abs=1e-5)


def test_what_stands_is_what_lies_farther_than_the_reach(linear):
    model, w, b, x, y = linear
    # a linear decision falls if and only if its distance, in the l-infinity norm, is within eps
    stands = (np.abs(x @ w + b) > EPS * np.abs(w).sum()).mean()
    assert 0.2 < stands < 0.9
    assert list(attacked(model, x, y, Reach(EPS)).values()) == pytest.approx([1, stands, stands, stands])


def test_a_feature_that_is_not_free_does_not_count(linear):
    model, w, b, x, y = linear
    free = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
    stands = (np.abs(x @ w + b) > EPS * (free * np.abs(w)).sum()).mean()
    found = attacked(model, x, y, Reach(EPS, free=free))
    assert [found[name] for name in COLUMNS[1:]] == pytest.approx([stands] * 3)
