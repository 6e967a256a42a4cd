"""Models on the same applications, the two intervals of a difference, and the scorecard's closed form."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp
from sklearn.metrics import roc_auc_score

from playbook.errors import PlaybookError
from playbook.interpretability.explanation import shapley
from playbook.interpretability.simplification import (
    _areas_by_fold,
    corrected_interval,
    folds_of,
    linear_terms,
    out_of_fold,
    price,
    train_scorecard,
)

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(200, 4)) * [1, 10, 100, 1000]
Y = (X[:, 0] + X[:, 1] / 10 + GENERATOR.normal(size=200) > 0).astype(int)
SCORES = pd.DataFrame({"good": X[:, 0] + X[:, 1] / 10, "poor": X[:, 0].round(), "chance": X[:, 3]})


def test_closed_form_equals_shapley_values_of_the_log_odds():
    card = train_scorecard(X, Y)
    exact = shapley(card.decision_function, X[:5], X[50:])
    np.testing.assert_allclose(linear_terms(card, X[:5], X[50:]), exact, atol=1e-8)


def test_no_row_is_predicted_by_a_model_that_saw_it():
    def remember(x, y):
        seen = {tuple(row) for row in x}
        return lambda z: np.array([tuple(row) in seen for row in z], dtype=float)

    models = {"memory": remember, "mean": lambda x, y: lambda z: np.full(len(z), y.mean())}
    predicted = out_of_fold(models, X, Y, folds_of(Y))
    assert predicted["memory"].tolist() == [0.0] * len(X)
    assert predicted["mean"].nunique() > 1 and predicted["mean"].between(0.45, 0.5).all()


def test_folds_are_equal_in_size_and_in_the_share_of_ones():
    fold = folds_of(Y, 5, seed=1)
    assert np.bincount(fold).tolist() == [40] * 5
    assert np.ptp([Y[fold == n].sum() for n in range(5)]) <= 1
    assert (fold == folds_of(Y, 5, seed=1)).all() and (fold != folds_of(Y, 5, seed=2)).any()


def test_areas_are_the_mean_of_those_of_scikit_learn():
    fold = folds_of(Y, 4)
    table = price(Y, SCORES, fold, draws=10)
    for name in SCORES:
        expected = [roc_auc_score(Y[fold == n], SCORES[name][fold == n]) for n in range(4)]
        assert table.loc[name, "AUC"] == pytest.approx(np.mean(expected))
    assert table.loc["good", "more":].abs().max() == 0
    assert table.loc["chance", "more"] == pytest.approx(table["AUC"]["chance"] - table["AUC"]["good"])


def test_intervals_hold_the_difference_and_find_a_real_one():
    table = price(Y, SCORES, folds_of(Y), draws=400)
    for kind in ("", "retrained "):
        others = table.iloc[1:]
        assert (others[f"{kind}low"] < others["more"]).all() and (
            others["more"] < others[f"{kind}high"]
        ).all()
        assert table.loc["chance", f"{kind}high"] < 0


def test_bootstrap_is_as_wide_as_hanley_and_mcneil_say():
    # 1982: the variance of an AUC of a with m positives and n negatives, for scores near exponential
    areas = _areas_by_fold(Y, pd.DataFrame({"one": X[:, 0]}), np.zeros(200), draws=2000, seed=0)[0, :, 0]
    a, m, n = areas[0], Y.sum(), len(Y) - Y.sum()
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    error = np.sqrt((a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n))
    assert np.ptp(np.quantile(areas[1:], [0.025, 0.975])) == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_corrected_interval_is_the_t_interval_widened_by_the_share_tested():
    d = GENERATOR.normal(size=10)
    low, high = corrected_interval(d)
    plain = ttest_1samp(d, 0).confidence_interval()
    # Nadeau and Bengio 2003, ten folds: the variance is multiplied by (1/10 + 1/9) / (1/10)
    assert high - low == pytest.approx((plain.high - plain.low) * np.sqrt(1 + 10 / 9))
    assert (low + high) / 2 == pytest.approx(d.mean())


def test_corrected_interval_covers_the_truth_where_the_plain_one_does_not():
    # folds share rows, so their differences share an error: the plain t interval takes it for precision
    inside = {"plain": 0, "corrected": 0}
    for _ in range(400):
        d = GENERATOR.normal(scale=0.5) + GENERATOR.normal(size=5)
        plain = ttest_1samp(d, 0).confidence_interval()
        inside["plain"] += plain.low < 0 < plain.high
        low, high = corrected_interval(d)
        inside["corrected"] += low < 0 < high
    assert inside["corrected"] > 0.93 * 400 > inside["plain"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: folds_of(np.ones(20)), "both 0 and 1"),
        (lambda: folds_of([0, 0, 0] + [1] * 20), "5 folds need 5 rows or more of each class"),
        (lambda: price(np.ones(4), pd.DataFrame({"one": range(4)}), np.zeros(4)), "both 0 and 1"),
        (lambda: corrected_interval([0.1]), "2 folds or more"),
        (lambda: out_of_fold({}, np.array([[1.0], [np.nan]]), [0, 1], [0, 1]), "empty or infinite"),
        (
            lambda: out_of_fold({"two": lambda x, y: lambda z: np.zeros((len(z), 2))}, X, Y, Y),
            "'two' must give one finite score a row",
        ),
    ],
)
def test_what_cannot_be_compared_is_told_why(call, message):
    with pytest.raises(PlaybookError, match=message):
        call()
