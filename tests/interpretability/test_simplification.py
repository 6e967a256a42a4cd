"""The two models on the same applications, the interval of their difference, and the closed form."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from playbook.errors import PlaybookError
from playbook.interpretability.explanation import shapley
from playbook.interpretability.simplification import (
    auc_with_interval,
    linear_terms,
    out_of_fold,
    train_scorecard,
)

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(200, 4)) * [1, 10, 100, 1000]
Y = (X[:, 0] + X[:, 1] / 10 + GENERATOR.normal(size=200) > 0).astype(int)


def test_closed_form_equals_shapley_values_of_the_log_odds():
    card = train_scorecard(X, Y)
    exact = shapley(card.decision_function, X[:5], X[50:])
    np.testing.assert_allclose(linear_terms(card, X[:5], X[50:]), exact, atol=1e-8)


def test_no_row_is_predicted_by_a_model_that_saw_it():
    def remember(x, y):
        seen = {tuple(row) for row in x}
        return lambda z: np.array([tuple(row) in seen for row in z], dtype=float)

    predicted = out_of_fold(
        {"memory": remember, "mean": lambda x, y: lambda z: np.full(len(z), y.mean())}, X, Y
    )
    assert predicted["memory"].tolist() == [0.0] * len(X)
    assert predicted["mean"].nunique() > 1 and predicted["mean"].between(0.45, 0.5).all()


def test_areas_are_those_of_scikit_learn_and_intervals_hold_them():
    scores = pd.DataFrame({"good": X[:, 0] + X[:, 1] / 10, "poor": X[:, 0].round(), "chance": X[:, 3]})
    areas = auc_with_interval(Y, scores, draws=400)
    for name in scores:
        assert areas.loc[name, "AUC"] == pytest.approx(roc_auc_score(Y, scores[name]))
        assert areas.loc[name, "low"] < areas.loc[name, "AUC"] < areas.loc[name, "high"]
    assert (
        areas.loc["chance less good", "high"] < 0
        and areas.loc["chance", "low"] < 0.5 < areas.loc["chance", "high"]
    )


def test_interval_is_as_wide_as_hanley_and_mcneil_say():
    # 1982: the variance of an AUC of a with m positives and n negatives, for scores near exponential
    area = auc_with_interval(Y, pd.DataFrame({"one": X[:, 0]}), draws=2000).loc["one"]
    a, m, n = area["AUC"], Y.sum(), len(Y) - Y.sum()
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    error = np.sqrt((a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n))
    assert area["high"] - area["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_one_class_has_no_area():
    with pytest.raises(PlaybookError, match="both 0 and 1"):
        auc_with_interval(np.ones(4), pd.DataFrame({"one": range(4)}))
