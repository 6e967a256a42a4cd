"""Counterfactuals: possible, few, cheapest, seen before, verified with the model; and none where none is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.interpretability.changeable import MORTGAGE_RULES, Rule
from playbook.interpretability.counterfactuals import (
    Counterfactual,
    advice,
    breaches,
    counterfactuals,
    summary,
    three_ways,
)
from playbook.interpretability.refusals import Refused

SEEN = pd.DataFrame(
    {"income": np.arange(100.0), "debts": np.arange(100.0) / 2, "age": np.arange(100.0) % 40 + 20}
)
RULES = {"income": Rule("up"), "debts": Rule("down")}


def score(x):
    return x[:, 0] - 2 * x[:, 1] + 10 * x[:, 2]


def applicant(**values):
    return pd.DataFrame([{"income": 40.0, "debts": 30.0, "age": 30.0} | values])


def test_one_change_is_preferred_and_then_the_cheapest():
    # score is 280; 300 takes 20 more income, or 10 less debt: 20 percentage points of either
    found = counterfactuals(score, applicant(), 300, RULES, SEEN)[0]
    assert len(found.changes) == 1 and found.score >= 300
    dearer = counterfactuals(lambda x: score(x) - x[:, 1], applicant(), 270, RULES, SEEN)[0]
    assert list(dearer.changes) == ["debts"]  # less debt now helps more for the same shift
    both = counterfactuals(score, applicant(), 380, RULES, SEEN)[0]
    assert set(both.changes) == {"income", "debts"} and both.cost > found.cost


def test_none_is_said_where_there_is_none():
    assert counterfactuals(score, applicant(), 10_000, RULES, SEEN) == [None]
    assert counterfactuals(score, applicant(), 300, {}, SEEN) == [None]
    two = counterfactuals(score, applicant(), 380, RULES, SEEN, most=1)
    assert two == [None]


@settings(max_examples=30)
@given(st.floats(0, 99), st.floats(0, 49), st.floats(20, 59), st.floats(200, 500), st.integers(1, 2))
def test_what_is_found_is_possible_observed_few_and_true(income, debts, age, cut, most):
    row = applicant(income=income, debts=debts, age=age)
    found = counterfactuals(score, row, cut, RULES, SEEN, most=most)[0]
    if found is not None:
        assert breaches(found, RULES) == [] and 1 <= len(found.changes) <= most
        assert all(new in SEEN[name].to_numpy() for name, (_, new) in found.changes.items())
        changed = row.assign(**{name: new for name, (_, new) in found.changes.items()})
        assert score(changed.to_numpy())[0] == found.score >= cut
        assert all(old == row[name].item() for name, (old, _) in found.changes.items())
        again = counterfactuals(score, row, cut, RULES, SEEN, most=most)[0]
        assert again == found


def test_no_cheaper_single_change_was_missed():
    found = counterfactuals(score, applicant(), 300, RULES, SEEN)[0]
    for name, values in {"income": SEEN["income"], "debts": SEEN["debts"]}.items():
        for new in np.quantile(values, np.arange(1, 20) / 20, method="inverted_cdf"):
            other = Counterfactual({name: (applicant()[name].item(), new)}, 0, 0)
            passes = score(applicant(**{name: new}).to_numpy())[0] >= 300
            old = applicant()[name].item()
            cost = 100 * ((values > min(old, new)) & (values <= max(old, new))).mean()
            assert breaches(other, RULES) or not passes or cost >= found.cost - 0.05


def test_a_value_that_stands_alone_is_the_only_one_tried():
    rows = pd.DataFrame({"unverified": [1.0, 0.0]})
    found = counterfactuals(lambda x: 1 - x[:, 0], rows, 1, {"unverified": Rule("down", (0.0,))}, rows)
    assert found[0] == Counterfactual({"unverified": (1.0, 0.0)}, 0.0, 1.0)
    assert found[1] is None  # already there, and nothing to change: who passes has no use for it


def test_nothing_moves_out_of_reach():
    near = counterfactuals(score, applicant(), 300, RULES, SEEN, reach=0.6)[0]
    assert near is not None and all(abs(new - old) <= 0.6 * old for old, new in near.changes.values())
    assert counterfactuals(score, applicant(), 300, RULES, SEEN, reach=0.1) == [None]
    free = counterfactuals(score, applicant(), 340, RULES, SEEN)[0]
    assert any(abs(new - old) > 0.6 * old for old, new in free.changes.values())


def test_breaches_name_what_nobody_can_change():
    changes = {"cons": (6.0, 1.0), "obrat": (30.0, 40.0), "unver": (1.0, 0.5), "hrat": (40.0, 30.0)}
    assert breaches(Counterfactual(changes, 0, 0), MORTGAGE_RULES) == ["cons", "obrat", "unver"]


def test_summary_counts_changes():
    found = [Counterfactual({"a": (1, 2), "b": (1, 5)}, 0, 0), None, Counterfactual({"b": (3, 9)}, 0, 0)]
    assert summary(found).to_dict("list") == {
        "feature": ["b", "a"],
        "applicants": [2, 1],
        "from": [2.0, 1.0],
        "to": [7.0, 2.0],
    }
    assert summary([None]).empty


def test_advice_counts_what_is_found_and_what_is_impossible():
    found = [Counterfactual({"income": (1, 2)}, 4.0, 0), Counterfactual({"age": (9, 8)}, 6.0, 0), None, None]
    assert advice(found, RULES) == {"found": 50, "impossible": 50, "cost": 5.0}
    assert advice([], RULES) == advice([None], RULES) == {"found": 0, "impossible": 0, "cost": 0.0}


def test_a_rule_for_a_column_that_the_model_does_not_see_is_told():
    with pytest.raises(PlaybookError, match="A rule is for 'salary'"):
        counterfactuals(score, applicant(), 1, {"salary": Rule("up")}, SEEN)


def test_three_ways_are_the_free_search_the_possible_one_and_the_one_in_reach():
    refused = Refused(score, 300, applicant(), applicant(), [])
    free, far, near = three_ways(RULES, refused, SEEN)
    assert free[0].changes.keys() == {"age"} and breaches(free[0], RULES)
    assert not breaches(far[0], RULES) and not breaches(near[0], RULES)
    (old, new), *_ = near[0].changes.values()
    assert abs(new - old) <= 0.25 * old
