"""Differentially private averaging: each record's pull is bounded, and the noise as large as claimed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security.logistic import gradient
from playbook.security.noise import clipped_sum, private_average


def share(rows, seed=0, features=4):
    generator = np.random.default_rng(seed)
    return generator.normal(0, 3, (rows, features)), generator.integers(0, 2, rows)


@given(st.integers(1, 30), st.integers(0, 99), st.floats(0.01, 5))
def test_no_record_moves_the_sum_by_more_than_the_norm(rows, seed, clip):
    (x, y), model = share(rows, seed), np.random.default_rng(seed).normal(size=5)
    everybody = clipped_sum(model, x, y, clip)
    without = clipped_sum(model, x[1:], y[1:], clip) if rows > 1 else 0
    assert np.linalg.norm(everybody - without) <= clip * (1 + 1e-9)


@given(st.integers(1, 30), st.integers(0, 99))
def test_it_is_the_sum_of_gradients_cut_one_by_one(rows, seed):
    (x, y), model = share(rows, seed), np.random.default_rng(seed).normal(size=5)
    each = [gradient(model, x[[row]], y[[row]]) for row in range(rows)]
    expected = sum(one / max(1, np.linalg.norm(one)) for one in each)
    np.testing.assert_allclose(clipped_sum(model, x, y), expected, atol=1e-9)
    np.testing.assert_allclose(clipped_sum(model, x, y, clip=1e9), sum(each), atol=1e-9)


@pytest.mark.parametrize(("alone", "spread"), [(False, 2.0), (True, 4.0)])
def test_the_noise_on_the_sum_is_what_the_accountant_is_told(alone, spread):
    shares = [share(5, seed) for seed in range(4)]
    quiet = private_average(shares, 1, 20.0, 0.0)  # a rate of 20 for 20 rows: the model moves by the sum
    noisy = [private_average(shares, 1, 20.0, 2.0, alone=alone, seed=seed) - quiet for seed in range(800)]
    assert np.std(noisy) == pytest.approx(spread, rel=0.05)


def test_the_seed_decides_and_noise_below_zero_is_refused():
    shares = [share(5), share(6, 1)]
    first, again = (private_average(shares, 3, 1.0, 1.0, seed=4) for _ in range(2))
    assert (first == again).all()
    assert (first != private_average(shares, 3, 1.0, 1.0, seed=5)).all()
    for wrong in (-1.0, float("nan")):
        with pytest.raises(PlaybookError, match="noise is"):
            private_average(shares, 1, 1.0, wrong)
