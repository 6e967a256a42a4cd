"""A surrogate's fidelity is measured, not assumed: on such rows, on unrelated columns, beyond its rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from playbook.errors import PlaybookError
from playbook.interpretability.surrogate import fidelity, imitate, imitate_linear, shuffled, trials

GENERATOR = np.random.default_rng(0)
X = pd.DataFrame(GENERATOR.normal(size=(400, 3)), columns=list("abc"))
X["b"] = X["a"] + X["b"] / 5  # two columns that hang together
TEST, X = X.iloc[300:].reset_index(drop=True), X.iloc[:300]


def line(x):
    return np.asarray(x) @ [1.0, -1.0, 0.5] / 4 + 0.5


def kinked(x):
    a = np.asarray(x)[:, 0]
    return np.where(a > 0, a, a / 20)


def test_fidelity_is_that_of_scikit_learn():
    surrogate = imitate(line, X)
    measured = fidelity(line, surrogate, TEST)
    assert measured["R2"] == pytest.approx(r2_score(line(TEST), surrogate(TEST)), abs=5e-4)
    same = (line(TEST) > 0.5) == (surrogate(TEST) > 0.5)
    assert measured["agreement"] == pytest.approx(same.mean(), abs=5e-4)


def test_agreement_is_held_against_giving_always_the_commoner_verdict():
    rare = fidelity(lambda x: (np.asarray(x)[:, 0] > 1.5) * 1.0, lambda x: np.zeros(len(x)), TEST)
    assert rare["agreement"] == rare["no model"] > 0.9 and rare["R2"] < 0


def test_tree_has_so_many_leaves_and_a_line_imitates_a_line_everywhere():
    assert len(np.unique(imitate(line, X, leaves=6)(X))) == 6
    strange = shuffled(TEST) * 5
    assert fidelity(line, imitate_linear(line, X), strange)["R2"] == 1
    assert fidelity(line, imitate(line, X), strange)["R2"] < 0.7


def test_tree_that_met_only_related_columns_is_wrong_where_they_part():
    difference = lambda x: np.asarray(x)[:, 0] - np.asarray(x)[:, 1] + np.asarray(x)[:, 0]  # noqa: E731
    tree = imitate(difference, X, leaves=8)
    assert fidelity(difference, tree, shuffled(TEST))["R2"] < fidelity(difference, tree, TEST)["R2"] - 0.2


def test_shuffling_keeps_columns_and_breaks_relations():
    rows = shuffled(TEST, seed=1)
    assert all(sorted(rows[name]) == sorted(TEST[name]) for name in TEST)
    assert TEST.corr().loc["a", "b"] > 0.9 > 0.4 > abs(rows.corr().loc["a", "b"])
    assert rows.equals(shuffled(TEST, seed=1)) and not rows.equals(shuffled(TEST, seed=2))


def test_shift_is_noticed_in_the_column_that_carries_it():
    table = trials(kinked, X, TEST)["R2"]
    # below the median of a the model is nearly flat; above it rises, and no row fitted to says so
    assert table["a above"] < 0 < table["c above"] < table["as fitted"]
    assert table.index[:2].tolist() == ["as fitted", "columns shuffled"]
    assert table.iloc[2:].is_monotonic_increasing


def test_trials_say_how_many_rows_they_rest_on():
    rows = trials(line, X, TEST)["rows"]
    assert rows["as fitted"] == len(TEST) and rows["a above"] == (TEST["a"] > X["a"].median()).sum()


def test_columns_with_too_few_rows_on_a_side_are_left_out():
    rare = X.assign(c=(X["c"] > 2.5) * 1.0)
    assert set(trials(line, rare, TEST.assign(c=0.0)).index[2:]) == {"a above", "b above"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: imitate(line, X.head(19)), "there are 19"),
        (lambda: fidelity(lambda x: np.ones(len(x)), line, TEST), "the same for all rows"),
    ],
)
def test_what_cannot_be_imitated_is_told_why(call, message):
    with pytest.raises(PlaybookError, match=message):
        call()
