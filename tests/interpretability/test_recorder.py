"""Gradients and shares are those of finite differences, and go to the right layer and column."""

import numpy as np
import pytest

from playbook.interpretability.network import build_network
from playbook.interpretability.recorder import gradients

GENERATOR = np.random.default_rng(0)
X = (GENERATOR.normal(size=(80, 3)) * [1, 100, 5]).astype("float32")
Y = (X[:, 1] > 0).astype("float32")


@pytest.fixture(scope="module")
def model():
    return build_network(X, hidden=(4, 3))


def test_gradients_by_layer_are_those_of_finite_differences(model):
    import keras

    by_layer, _ = gradients(model, X, Y)
    assert list(by_layer) == ["hidden_1", "hidden_2", "logit"]
    loss = keras.losses.BinaryCrossentropy()
    for name, gradient in by_layer.items():
        kernel = model.get_layer(name).kernel
        weights, sides = kernel.numpy(), []
        for step in (1e-2, -1e-2):
            moved = weights.copy()
            moved[1, 0] += step
            kernel.assign(moved)
            sides.append(float(loss(Y[:, None], model(X))))
        kernel.assign(weights)
        assert float(gradient[1, 0]) == pytest.approx((sides[0] - sides[1]) / 2e-2, abs=2e-4)


def test_shares_by_column_are_those_of_finite_differences_in_standard_units(model):
    from playbook.interpretability.network import predictor

    _, shares = gradients(model, X, Y)
    logit, slopes = predictor(model, "logit"), []
    for column, deviation in enumerate(X.std(axis=0)):
        step = np.zeros(3)
        step[column] = 0.01 * deviation
        slopes.append(np.square((logit(X + step) - logit(X - step)) / 0.02).mean())
    assert shares == pytest.approx(np.array(slopes) / np.sum(slopes), abs=0.01)


def test_a_network_that_no_column_moves_has_shares_of_zero(model):
    last = model.get_layer("logit").kernel
    kept = last.numpy()
    last.assign(np.zeros_like(kept))
    assert gradients(model, X, Y)[1].tolist() == [0, 0, 0]
    last.assign(kept)
