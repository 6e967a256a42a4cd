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
