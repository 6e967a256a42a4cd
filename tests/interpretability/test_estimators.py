"""Estimates carry honest error bars, and KernelSHAP's error is measured against a truth that is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from playbook.errors import PlaybookError
from playbook.interpretability.estimators import (
    by_budget,
    estimate,
    evaluations_needed,
    kernel_curve,
    kernel_shap,
)
from playbook.interpretability.explanation import shapley

GENERATOR = np.random.default_rng(0)
X, BASE = GENERATOR.normal(size=(4, 6)), GENERATOR.normal(size=(8, 6))


def smooth(z):
    return np.tanh(z @ np.linspace(-1, 1, z.shape[1])) + z[:, 0] * z[:, 1] * z[:, 2]


def triples(z):
    """Fourteen features whose values at 1 against 0 are known: each product of three is split in three."""
    return (
        z[:, 0] * z[:, 1] * z[:, 2] + 2 * z[:, 2] * z[:, 3] * z[:, 4] - z[:, 5] * z[:, 6] * z[:, 7] + z[:, 8]
    )


TRIPLES = np.array([1, 1, 3, 2, 2, -1, -1, -1, 3, 0, 0, 0, 0, 0]) / 3


def test_intervals_hold_the_truth_as_often_as_they_say():
    pairs, hits, tries = 20, 0, 0
    for seed in range(150):
        values, error = estimate(triples, np.ones(14), np.zeros((1, 14)), pairs=pairs, seed=seed)
        half = t.ppf(0.975, pairs - 1) * error
        drawn = error > 0
        hits, tries = hits + (np.abs(values - TRIPLES) <= half + 1e-12)[drawn].sum(), tries + drawn.sum()
    assert tries > 1000 and 0.92 <= hits / tries <= 0.98


def test_standard_error_is_the_spread_of_estimates_and_falls_with_the_root():
    few, many = (
        [estimate(triples, np.ones(14), np.zeros((1, 14)), pairs=n, seed=s) for s in range(80)]
        for n in (8, 32)
    )
    for runs in (few, many):
        spread = np.std([one.values for one in runs], axis=0, ddof=1)
        said = np.sqrt(np.mean([one.standard_error**2 for one in runs], axis=0))
        np.testing.assert_allclose(said[:8], spread[:8], rtol=0.3)
    ratio = np.mean([one.standard_error[0] for one in few]) / np.mean([one.standard_error[0] for one in many])
    assert ratio == pytest.approx(2, rel=0.25)


def test_values_are_those_of_shapley_beyond_twelve_features():
    x, base = np.ones((2, 14)), np.zeros((3, 14))
    found = estimate(triples, x, base, pairs=5, seed=7)
    np.testing.assert_array_equal(found.values, shapley(triples, x, base, pairs=5, seed=7))
    assert found.standard_error.shape == (2, 14) and (found.standard_error[:, 8:] < 1e-12).all()
    np.testing.assert_allclose(found.values.sum(axis=1), triples(x), atol=1e-12)


def test_one_pair_shows_no_error():
    with pytest.raises(PlaybookError, match="pairs is 1, give 2 or more"):
        estimate(triples, np.ones(14), np.zeros((1, 14)), pairs=1)


def test_kernel_shap_repeats_with_its_seed_and_only_then():
    explain = kernel_shap(smooth, BASE, 30)
    once, other = explain(X, 1), explain(X, 2)
    np.testing.assert_array_equal(once, explain(X, 1))
    assert np.abs(once - other).max() > 0
    np.testing.assert_allclose(kernel_shap(smooth, BASE, 62)(X), shapley(smooth, X, BASE), atol=1e-8)


def test_error_falls_with_evaluations_to_nothing_where_all_coalitions_are_asked():
    curve = kernel_curve(smooth, X, BASE, shapley(smooth, X, BASE), budgets=(16, 40, 62), runs=2)
    assert len(curve) == 9 and (curve["predictions"] == 8 * curve["coalitions"]).all()
    for method, points in curve.groupby("method"):
        assert points["error"].iloc[0] > points["error"].iloc[-1]
        if method.startswith("KernelSHAP"):
            assert (
                points["error"].iloc[-1] < 1e-8
                and (points[["first reason", "four reasons"]].iloc[-1] == 1).all()
            )
    wrong = kernel_curve(smooth, X, BASE, -shapley(smooth, X, BASE), budgets=(62,), runs=1)
    assert (wrong["error"] > 1).all() and wrong["four reasons"].max() < 1


def test_a_decision_is_reached_where_it_stays_right():
    shares = {"a": [0.99, 0.9, 0.97, 1.0], "b": [0.96] * 4, "c": [1.0, 1.0, 1.0, 0.9]}
    curve = pd.concat(
        pd.DataFrame({"method": name, "coalitions": [50, 100, 200, 400], "first reason": values})
        for name, values in shares.items()
    )
    needed = evaluations_needed(curve.sample(frac=1, random_state=0), "first reason")
    assert needed[["a", "b"]].to_dict() == {"a": 200, "b": 50} and pd.isna(needed["c"])


def test_by_budget_sets_the_methods_beside_each_other():
    rows = [[m, n, 100, n / 9, 1.0, n / 99] for m in "ab" for n in (9, 99)]
    columns = ["method", "coalitions", "predictions", "error", "first reason", "four reasons"]
    table = by_budget(pd.DataFrame(rows, columns=columns))
    assert table["error", "b"].tolist() == [1, 11] and table["four reasons", "a"].loc[99] == 1
