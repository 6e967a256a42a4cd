"""Integrated gradients against closed forms, their axioms, and captum's published toy figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.interpretability.tokens import integrated_gradients


def points(seed, *shape):
    return np.random.default_rng(seed).normal(size=(2, *shape))


@given(seed=st.integers(0, 10**6), steps=st.integers(1, 9))
def test_linear_function_gives_weight_times_distance(seed, steps):
    x, baseline = points(seed, 5)
    weights = np.random.default_rng(seed + 1).normal(size=5)
    shares = integrated_gradients(lambda z: np.tile(weights, (len(z), 1)), x, baseline, steps)
    np.testing.assert_allclose(shares, weights * (x - baseline), atol=1e-12)


@given(seed=st.integers(0, 10**6), steps=st.integers(1, 9))
def test_quadratic_form_is_exact_at_any_number_of_steps(seed, steps):
    # f(z) = z'Az with A symmetric: the gradient is linear on the way, and the midpoint rule exact for it
    x, baseline = points(seed, 4)
    matrix = np.random.default_rng(seed + 1).normal(size=(4, 4))
    matrix = matrix + matrix.T
    shares = integrated_gradients(lambda z: 2 * z @ matrix, x, baseline, steps)
    np.testing.assert_allclose(shares, (x - baseline) * (matrix @ (x + baseline)), atol=1e-9)
    assert shares.sum() == pytest.approx(x @ matrix @ x - baseline @ matrix @ baseline)


def test_completeness_of_a_smooth_function_comes_with_steps():
    # the error of the midpoint rule falls with the square of the steps
    x, baseline = points(0, 3, 2)

    def f(z):
        return np.tanh(z).prod(axis=(-2, -1))

    def gradient(z):
        return f(z)[:, None, None] / np.tanh(z) * (1 - np.tanh(z) ** 2)

    gaps = [
        abs(integrated_gradients(gradient, x, baseline, steps).sum() - (f(x) - f(baseline)))
        for steps in (50, 500)
    ]
    assert gaps[1] < 1e-4 and gaps[1] < gaps[0] / 20


def test_symmetric_features_share_alike_and_an_unused_one_gets_nothing():
    def gradient(z):
        return np.stack([z[:, 1], z[:, 0], np.zeros(len(z))], axis=1)  # of z0 * z1

    assert integrated_gradients(gradient, np.array([2.0, 2, 5]), np.zeros(3)).tolist() == [2, 2, 0]


def test_captums_toy_model_gives_its_published_attributions():
    # the first example of captum's README: two layers, weights -4 to 4 and -3 to 2, ReLU between, target 0
    inner, outer = np.arange(-4.0, 5).reshape(3, 3), np.arange(-3.0, 3).reshape(2, 3)

    def gradient(z):
        return (z @ inner.T > 0) * outer[0] @ inner

    # uniform numbers of torch's seed 123, as its own rand gives them to four digits
    x = np.array([[0.2961, 0.5166, 0.2517], [0.6886, 0.0740, 0.8665]])
    published = [[-0.5922, -1.5497, -1.0067], [0.0, -0.2219, -5.1991]]
    for row, expected in zip(x, published, strict=True):
        shares = integrated_gradients(gradient, row, np.zeros(3), steps=50)
        np.testing.assert_allclose(shares, expected, atol=3e-4)
