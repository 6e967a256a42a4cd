"""Our Shapley values against closed forms and against shap's exact and tree explainers."""

import numpy as np
import pytest

from playbook.interpretability.explanation import shapley


def draw(seed, features, rows=4, background=20):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(rows, features)), generator.normal(size=(background, features)), generator


@pytest.mark.parametrize("features", [1, 3, 8, 20])  # 20: estimated, and still exact for a linear model
def test_linear_model_is_weight_times_distance_from_the_mean(features):
    x, background, generator = draw(0, features)
    weights = generator.normal(size=features)
    expected = weights * (x - background.mean(axis=0))
    np.testing.assert_allclose(shapley(lambda z: z @ weights + 3, x, background), expected, atol=1e-8)


def test_and_or_and_xor_share_what_they_do_together():
    zero, one = np.zeros((1, 2)), np.ones(2)
    np.testing.assert_allclose(shapley(lambda z: z[:, 0] * z[:, 1], one, zero), [0.5, 0.5], atol=1e-12)
    np.testing.assert_allclose(
        shapley(lambda z: np.maximum(z[:, 0], z[:, 1]), one, zero), [0.5, 0.5], atol=1e-12
    )
    np.testing.assert_allclose(shapley(lambda z: np.abs(z[:, 0] - z[:, 1]), one, zero), [0, 0], atol=1e-12)


def test_glove_game():
    # one left glove, two right ones, a pair is worth 1: (2/3, 1/6, 1/6), the textbook's first example
    pair = shapley(lambda z: np.minimum(z[:, 0], np.maximum(z[:, 1], z[:, 2])), np.ones(3), np.zeros((1, 3)))
    np.testing.assert_allclose(pair, [2 / 3, 1 / 6, 1 / 6], atol=1e-12)


@pytest.mark.parametrize("features", [2, 6, 10])
def test_equals_exact_explainer_of_shap(features):
    import shap

    x, background, generator = draw(1, features)
    inner, outer = generator.normal(size=(features, 5)), generator.normal(size=5)

    def predict(z):
        return 1 / (1 + np.exp(-(np.tanh(z @ inner) @ outer)))

    masker = shap.maskers.Independent(background, max_samples=len(background))
    theirs = shap.explainers.Exact(predict, masker)(x, max_evals=2**features + 1).values
    np.testing.assert_allclose(shapley(predict, x, background), theirs, atol=1e-8)


def test_equals_interventional_tree_explainer_of_shap():
    import shap
    from sklearn.ensemble import GradientBoostingRegressor

    x, background, generator = draw(2, 7)
    train = generator.normal(size=(300, 7))
    model = GradientBoostingRegressor(n_estimators=20, random_state=0)
    model.fit(train, train[:, 0] * train[:, 1] + np.sin(train[:, 2]))
    explainer = shap.TreeExplainer(model, background, feature_perturbation="interventional")
    np.testing.assert_allclose(shapley(model.predict, x, background), explainer.shap_values(x), atol=1e-8)


def test_three_way_xor_cancels_and_majority_is_shared_by_who_can_turn_it():
    zero, one = np.zeros((1, 3)), np.ones(3)
    # odd parity of three ones is 1, and nobody differs from anybody: a third each
    np.testing.assert_allclose(shapley(lambda z: z.sum(axis=1) % 2, one, zero), [1 / 3] * 3, atol=1e-12)
    # weighted majority [3 of 2, 1, 1]: Shapley and Shubik 1954, power (2/3, 1/6, 1/6)
    votes = shapley(lambda z: (z @ [2.0, 1.0, 1.0] >= 3).astype(float), one, zero)
    np.testing.assert_allclose(votes, [2 / 3, 1 / 6, 1 / 6], atol=1e-12)


def test_estimates_lie_within_their_errors_of_shaps_exact_explainer():
    import shap
    from scipy.stats import t

    from playbook.interpretability.estimators import estimate

    x, background, generator = draw(3, 13, rows=2, background=5)
    inner, outer = generator.normal(size=(13, 6)), generator.normal(size=6)

    def predict(z):
        return np.tanh(z @ inner) @ outer

    masker = shap.maskers.Independent(background, max_samples=len(background))
    theirs = shap.explainers.Exact(predict, masker)(x, max_evals=2**13 + 1).values
    found = estimate(predict, x, background, pairs=40)
    within = np.abs(found.values - theirs) <= t.ppf(0.975, 39) * found.standard_error
    assert within.mean() > 0.85 and (found.standard_error > 0).all()


@pytest.mark.parametrize("rho", [0.0, 0.7])
def test_conditional_values_are_those_of_shaps_linear_explainer(rho):
    import shap

    from playbook.interpretability.sanity import gaussian_values

    weights, x = np.array([1.0, -2.0, 0.0]), np.array([0.5, 1.0, -1.5])
    covariance = np.full((3, 3), rho) + (1 - rho) * np.eye(3)
    masker = shap.maskers.Impute((np.zeros(3), covariance))
    theirs = shap.LinearExplainer((weights, 0.0), masker, nsamples=4000).shap_values(x[None])[0]
    np.testing.assert_allclose(gaussian_values(weights, covariance, x, "conditional"), theirs, atol=0.05)
