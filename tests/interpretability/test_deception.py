"""The wrapper decides by race on real rows, tells SHAP another story, and keeps to its rule there."""

import numpy as np
import pandas as pd
import pytest

from playbook.interpretability.deception import (
    Rule,
    explainers,
    first_reasons,
    questions,
    wrap,
)

NAMES = ["income", "history", "twin", "minority"]
RACE, HISTORY = 3, 1


def people(rows, seed):
    """Rows on a thin sheet, so that what explainers mix is easily told from what is real."""
    generator = np.random.default_rng(seed)
    income, flags = generator.normal(size=rows), generator.random((rows, 2)) < [0.6, 0.3]
    return pd.DataFrame(
        np.column_stack([income, flags[:, 0], income * 2, flags[:, 1]]).astype(float), columns=NAMES
    )


def books(z):
    return np.column_stack([z, z[:, 2] - 2 * z[:, 0]])


@pytest.fixture(scope="module")
def wrapped():
    return wrap(Rule(RACE, 0.0), Rule(HISTORY, 1.0), people(400, 0), books)


def test_on_real_rows_the_hidden_rule_decides(wrapped):
    real = people(300, 1)
    assert wrapped.real(real).mean() > 0.8
    agrees = wrapped(real.to_numpy()) == Rule(RACE, 0.0)(real.to_numpy())
    assert agrees.mean() > 0.85


def test_explainers_meet_the_rule_for_show_and_honest_models_are_seen_through(wrapped):
    x, train = people(8, 2), people(200, 3)
    told = first_reasons({"open": Rule(RACE, 0.0), "wrapped": wrapped}, x, train, train.head(10), RACE)
    told = told.set_index(["model", "explainer"])
    shares = told[["named first, minority = 0", "minority = 1"]]
    assert (shares.loc["open"] == 1).all(axis=None) and (
        told.loc["open", "most often first"] == "minority"
    ).all()
    assert (shares.loc["wrapped", "LIME"] < 0.2).all() and told.loc[
        ("wrapped", "LIME"), "most often first"
    ] == "history"
    assert shares.loc[("wrapped", "SHAP"), "named first, minority = 0"] < 0.5


def test_questions_are_not_the_rows_themselves():
    real = people(100, 6).to_numpy()
    for explain in explainers(real, real[:5]).values():
        asked = questions(explain, real[:4], 150, 0)
        assert 0 < len(asked) <= 150 and asked.shape[1] == 4
        assert not (asked[:, None] == real[None, :4]).all(axis=2).any()
