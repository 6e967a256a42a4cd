"""Federated averaging held against Flower's own, the model against scikit-learn's, epsilon against theory."""

import math

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, MetricRecord, RecordDict
from flwr.serverapp.strategy.strategy_utils import aggregate_arrayrecords
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from playbook.inputs import mortgages
from playbook.security.budget import epsilon
from playbook.security.federated import average, fedavg, federate
from playbook.security.lenders import FEATURES, lenders
from playbook.security.logistic import predict, safe_rate, train


@given(
    arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.floats(-1e6, 1e6)),
    st.data(),
)
def test_our_average_is_that_of_flower(models, data):
    rows = data.draw(st.lists(st.integers(1, 10**6), min_size=len(models), max_size=len(models)))
    records = [
        RecordDict({"arrays": ArrayRecord({"model": Array(model)}), "metrics": MetricRecord({"rows": n})})
        for model, n in zip(models, rows, strict=True)
    ]
    flower = aggregate_arrayrecords(records, "rows")["model"].numpy()
    np.testing.assert_allclose(fedavg(list(models), rows), flower, rtol=1e-9, atol=1e-6)


def test_pooled_training_goes_where_scikit_learn_goes():
    data = lenders(mortgages(), "approve", FEATURES)
    x, y = data.share(data.training)
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(x, y)
    model = train(np.zeros(len(FEATURES) + 1), x, y, 20_000, safe_rate(len(FEATURES)))
    np.testing.assert_allclose(model, [*peer.coef_[0], peer.intercept_[0]], atol=1e-3)
    np.testing.assert_allclose(predict(model, x), peer.predict_proba(x)[:, 1], atol=1e-3)


def test_federated_averaging_with_one_step_a_round_is_pooled_gradient_descent_on_the_mortgages():
    data = lenders(mortgages(), "approve", FEATURES)
    x, y = data.share(data.training)
    rate = safe_rate(len(FEATURES))
    pooled = train(np.zeros(len(FEATURES) + 1), x, y, 200, rate)
    for by in (None, "obrat", "white", "approve"):  # however unlike the lenders are
        federated = average(data.shares(3, by), rounds=200, steps=1, learning_rate=rate)[-1]
        assert np.abs(federated - pooled).max() <= 1e-6


def krum(models, byzantine):
    """The model with the smallest sum of distances to its n - f - 2 nearest (Blanchard et al. 2017)."""
    apart = ((models[:, None] - models[None]) ** 2).sum(axis=2)
    scores = np.sort(apart, axis=1)[:, 1 : len(models) - byzantine - 1].sum(axis=1)
    return models[scores.argmin()]


@pytest.mark.parametrize("seed", range(5))
def test_flowers_median_and_krum_are_those_of_the_papers(seed):
    generator = np.random.default_rng(seed)
    sent = generator.normal(size=(6, 4)) + 10 * (np.arange(6) == 2)[:, None]
    shares = [(np.ones((3, 3)), np.ones(3))] * 6

    def federated(name, **options):
        answers = {"answer": lambda client, before, trained: sent[client]}
        return federate(shares, 1, 1, 0.1, lambda model: 0.0, strategy=name, **answers, **options).model

    np.testing.assert_allclose(federated("FedMedian"), np.median(sent, axis=0))
    np.testing.assert_allclose(federated("Krum", num_malicious_nodes=1), krum(sent, 1))


@pytest.mark.parametrize(("noise", "rounds"), [(5.0, 10), (11.0, 10), (4.0, 1)])
def test_epsilon_of_noise_on_whole_sums_is_that_of_the_analytic_gaussian_mechanism(noise, rounds):
    # k rounds on all rows are one with noise / sqrt(k), whose delta is known: Balle and Wang 2018, theorem 8
    spread, delta = noise / math.sqrt(rounds), 1e-4

    def excess(eps):
        low, high = 1 / (2 * spread) - eps * spread, -1 / (2 * spread) - eps * spread
        return norm.cdf(low) - math.exp(eps) * norm.cdf(high) - delta

    exact = brentq(excess, 1e-6, 50)
    assert epsilon(noise, 1.0, rounds, delta, "pld") == pytest.approx(exact, rel=2e-3)
    assert exact < epsilon(noise, 1.0, rounds, delta, "rdp") < 1.3 * exact  # a bound, not a wild one
