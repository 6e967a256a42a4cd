"""The known truths are true: Gaussians in closed form, the synthetic task, the randomisation test."""

from functools import partial

import numpy as np
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.explanation import shapley
from playbook.interpretability.sanity import (
    against_truth,
    gaussian_values,
    gradient,
    integrated_gradients,
    left_out,
    randomisation,
    synthetic,
)

GENERATOR = np.random.default_rng(0)


def weigh(weights, z):
    return z @ weights


def correlated(features):
    root = GENERATOR.normal(size=(features, features))
    return root @ root.T + np.eye(features)


def test_two_features_one_unused_share_what_the_correlation_tells():
    # by hand: v({2}) = rho x2 and v({1}) = v({1,2}) = x1, so the unused one is credited with rho x2 / 2
    for rho in (-0.5, 0.0, 0.9):
        values = gaussian_values([1, 0], [[1, rho], [rho, 1]], [3, 2], "conditional")
        np.testing.assert_allclose(values, [3 - rho, rho], atol=1e-12)
        np.testing.assert_allclose(gaussian_values([1, 0], [[1, rho], [rho, 1]], [3, 2]), [3, 0])


def test_both_kinds_sum_to_the_prediction_and_agree_without_correlation():
    weights, x, cov = GENERATOR.normal(size=6), GENERATOR.normal(size=6), correlated(6)
    for kind in ("interventional", "conditional"):
        assert gaussian_values(weights, cov, x, kind).sum() == pytest.approx(weights @ x)
    free = gaussian_values(weights, np.diag(np.diag(cov)), x, "conditional")
    np.testing.assert_allclose(free, weights * x, atol=1e-10)


def test_conditional_values_are_those_of_rows_drawn_given_the_known_ones():
    weights, x, cov = np.array([1.0, -2, 0]), np.array([1.0, 0.5, -1]), correlated(3)
    draws = GENERATOR.multivariate_normal(np.zeros(3), cov, 400_000)
    near = np.abs(draws[:, 2] - x[2]) < 0.05 * np.sqrt(cov[2, 2])
    alone = (draws[near] @ weights).mean()  # what the third feature lets expect
    expected = weights @ cov[:, 2] / cov[2, 2] * x[2]
    assert alone == pytest.approx(expected, abs=0.1)
    two = gaussian_values(weights[[0, 2]], cov[np.ix_([0, 2], [0, 2])], x[[0, 2]], "conditional")
    pair = weights[0] * cov[0, 2] / cov[2, 2] * x[2]
    assert two[1] == pytest.approx(pair / 2)


def test_interventional_values_are_what_shapley_gives():
    weights, x = GENERATOR.normal(size=4), GENERATOR.normal(size=4)
    draws = GENERATOR.multivariate_normal(np.zeros(4), correlated(4), 500)
    exact = shapley(lambda z: z @ weights, x, draws - draws.mean(axis=0))
    np.testing.assert_allclose(gaussian_values(weights, np.eye(4), x), exact, atol=1e-10)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(PlaybookError, match=r"covariance \(3, 3\) and x \(2,\) do not fit in 12"):
        gaussian_values([1, 1], np.eye(3), [1, 1])
    with pytest.raises(PlaybookError, match="12 features or fewer"):
        gaussian_values(np.ones(13), np.eye(13), np.ones(13), "conditional")


@pytest.mark.parametrize("seed", range(5))
def test_the_tasks_truth_is_exact_and_masked_features_have_none(seed):
    task = synthetic(features=8, rows=4, background=20, seed=seed)
    np.testing.assert_allclose(shapley(task.predict, task.x, task.background), task.truth(), atol=1e-10)
    ignored = (task.weights == 0) & ~np.isin(np.arange(8), [0, 1, 6, 7])
    assert (task.truth()[:, ignored] == 0).all()


def test_methods_are_ranked_as_theory_says():
    scores = against_truth(synthetic(features=8, rows=8, background=40))
    assert (scores.loc["Shapley, exact"] == [1, 1, 1, 0]).all()
    assert scores.loc["KernelSHAP, 100 coalitions", "rank agreement"] < 1
    # a product: the gradient credits both factors with all of it, the way from a baseline with half each
    assert scores.loc["integrated gradients", "sign"] > scores.loc["gradient x input", "sign"]
    assert scores.loc["one feature permuted", "ignored"] == 0 < scores.loc["LIME", "ignored"]


def test_gradients_and_removal_of_a_product():
    z, zero = np.array([[2.0, 3.0]]), np.zeros(2)
    np.testing.assert_allclose(gradient(lambda q: q[:, 0] * q[:, 1], z), [[3, 2]], atol=1e-6)
    np.testing.assert_allclose(
        integrated_gradients(lambda q: q[:, 0] * q[:, 1], z, zero), [[3, 3]], atol=1e-6
    )
    np.testing.assert_allclose(left_out(lambda q: q[:, 0] * q[:, 1], z, [[0, 0]]), [[6, 6]])


def test_randomisation_tells_what_looks_at_the_model_from_what_does_not():
    x, base = GENERATOR.normal(size=(20, 6)), GENERATOR.normal(size=(10, 6))
    models = [partial(weigh, weights) for weights in GENERATOR.normal(size=(9, 6))]
    looks = randomisation(lambda f, z: shapley(f, z, base), models[0], models[1:], x)
    assert abs(looks) < 0.35
    assert randomisation(lambda f, z: z, models[0], models[1:], x) == 1.0
