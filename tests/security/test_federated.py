"""Federated averaging: the weighted mean, the equality with pooled training, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playbook.errors import PlaybookError
from playbook.security.federated import average, fedavg, federate
from playbook.security.logistic import gradient, predict, safe_rate, train

VALUES = st.floats(-100, 100)


def make_shares(sizes, features=4, seed=0):
    generator = np.random.default_rng(seed)
    return [(generator.normal(size=(n, features)), generator.integers(0, 2, n)) for n in sizes]


@given(arrays(float, (3, 5), elements=VALUES), st.lists(st.integers(1, 1000), min_size=3, max_size=3))
def test_fedavg_is_the_weighted_mean_and_stays_between_the_clients(models, rows):
    result = fedavg(list(models), rows)
    expected = sum(n * model for n, model in zip(rows, models, strict=True)) / sum(rows)
    np.testing.assert_allclose(result, expected, atol=1e-9)
    assert (result >= models.min(axis=0) - 1e-9).all()
    assert (result <= models.max(axis=0) + 1e-9).all()


@given(arrays(float, (4, 3), elements=VALUES), st.integers(1, 1000))
def test_equal_weights_give_the_plain_mean_and_the_unit_does_not_matter(models, rows):
    np.testing.assert_allclose(fedavg(list(models), [rows] * 4), models.mean(axis=0), atol=1e-9)


@given(arrays(float, 5, elements=VALUES), st.integers(1, 10))
def test_clients_that_agree_are_not_changed(model, clients):
    np.testing.assert_allclose(fedavg([model] * clients, range(1, clients + 1)), model, atol=1e-9)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=8), st.integers(0, 1000))
def test_one_full_batch_step_a_round_is_pooled_gradient_descent(sizes, seed):
    shares = make_shares(sizes, seed=seed)
    x, y = (np.concatenate(part) for part in zip(*shares, strict=True))
    pooled = train(np.zeros(5), x, y, steps=20, learning_rate=safe_rate(4))
    federated = average(shares, rounds=20, steps=1, learning_rate=safe_rate(4))[-1]
    assert np.abs(federated - pooled).max() <= 1e-6


def test_several_steps_a_round_are_not_pooled_gradient_descent():
    shares = make_shares([20, 200])
    x, y = (np.concatenate(part) for part in zip(*shares, strict=True))
    pooled = train(np.zeros(5), x, y, steps=50, learning_rate=safe_rate(4))
    federated = average(shares, rounds=1, steps=50, learning_rate=safe_rate(4))[-1]
    assert np.abs(federated - pooled).max() > 1e-4


@pytest.mark.parametrize(
    ("models", "rows"),
    [
        ([np.zeros(2), np.zeros(3)], [1, 1]),
        ([np.zeros(2)], [1, 2]),
        ([], []),
        ([np.zeros(2), np.zeros(2)], [0, 0]),
        ([np.zeros(2), np.zeros(2)], [2, -1]),
        ([np.zeros(2), np.zeros(2)], [1, np.nan]),
    ],
)
def test_fedavg_refuses_what_has_no_mean(models, rows):
    with pytest.raises(PlaybookError, match="fedavg needs"):
        fedavg(models, rows)


def test_one_client_is_no_federation():
    with pytest.raises(PlaybookError, match="two clients or more"):
        federate(make_shares([10]), 1, 1, 0.1, lambda model: 0.0)


@given(arrays(float, 4, elements=VALUES), st.integers(0, 1000))
def test_the_gradient_is_that_of_the_loss(model, seed):
    x, y = make_shares([8], features=3, seed=seed)[0]
    model = model / 100

    def loss(weights):
        p = predict(weights, x)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    steps = np.eye(4) * 1e-6
    numeric = [(loss(model + step) - loss(model - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(gradient(model, x, y), numeric, atol=1e-6)


def test_the_safe_rate_never_raises_the_loss_even_for_identical_columns():
    generator = np.random.default_rng(0)
    column = generator.normal(size=300)
    x = np.tile(((column - column.mean()) / column.std())[:, None], 30)
    y = (column + generator.normal(size=300) > 0).astype(int)
    model, losses = np.zeros(31), []
    for _ in range(50):
        model = train(model, x, y, 1, safe_rate(30))
        p = np.clip(predict(model, x), 1e-12, 1 - 1e-12)
        losses.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    assert (np.diff(losses) <= 1e-12).all()
