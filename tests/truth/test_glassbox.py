"""InterpretML's published figures for breast cancer, and our trainers on scikit-learn's copy of it."""

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

from playbook.interpretability.glassbox import trainers
from playbook.interpretability.simplification import folds_of, out_of_fold, price

# Area under the ROC curve in the table of InterpretML's read-me (Nori et al. 2019), there with spreads of
# .005, .009, .010 and .006 in this order. Theirs is XGBoost where ours is scikit-learn's boosting, and their
# EBM may use pairs of features where ours does not.
PUBLISHED = {"scorecard": 0.995, "forest": 0.992, "boosting": 0.992, "EBM": 0.995}
TOLERANCE = 0.006


@pytest.fixture(scope="module")
def table():
    x, y = load_breast_cancer(return_X_y=True)

    def forest(x, y):
        model = RandomForestClassifier(n_estimators=200, random_state=0).fit(x, y)
        return lambda z: model.predict_proba(z)[:, 1]

    models = {"forest": forest, **trainers()}
    models = {name: models[name] for name in PUBLISHED}
    fold = folds_of(y, 5)
    return price(y, out_of_fold(models, x, y, fold), fold, draws=200)


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_area_is_the_published_one(table, name):
    assert table.loc[name, "AUC"] == pytest.approx(PUBLISHED[name], abs=TOLERANCE)


def test_nothing_beats_the_scorecard_by_what_was_published(table):
    # in the published table no model is better than logistic regression: the price of simplicity is nil
    assert (table["more"] < 0.003).all()
    assert (table["retrained low"] <= 0).all()
