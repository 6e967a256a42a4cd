"""What applicants can change: own rules are read or refused, and ratios follow what they depend on."""

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.applications import FEATURES
from playbook.interpretability.changeable import MORTGAGE_RULES, Rule, mortgage_follow, rules_of

SEEN = pd.DataFrame({"income": [1.0, 2], "debts": [3.0, 4], "age": [5.0, 6]})


def test_nobody_is_told_to_change_the_past_or_the_house():
    assert set(MORTGAGE_RULES) <= set(FEATURES)
    assert not {"mortg", "cons", "chist", "pubrec", "unem", "self", "multi"} & set(MORTGAGE_RULES)
    assert MORTGAGE_RULES["unver"].values == (0.0,)


def test_ratios_follow_income_and_housing():
    before = pd.Series({"atotinc": 4000.0, "hrat": 30.0, "obrat": 40.0, "loanprc": 0.8})
    tried = pd.DataFrame([before] * 4)
    tried["atotinc"] = [8000.0, 4000, 4000, 8000]
    tried["hrat"] = [30.0, 20, 30, 10]
    tried["obrat"] = [40.0, 40, 10, 40]
    after = mortgage_follow(before, tried)
    assert after["hrat"].tolist() == [15, 20, 30, 10]
    assert after["obrat"].tolist() == [20, 30, 30, 15]  # never less than housing alone
    assert after["loanprc"].tolist() == [0.8] * 4
    poor = mortgage_follow(before.replace(4000.0, 0.0), tried)
    assert np.isfinite(poor.to_numpy()).all()


def test_rules_that_do_not_fit_are_told():
    assert rules_of("income up,  debts down , age either", SEEN) == {
        "income": Rule("up"),
        "debts": Rule("down"),
        "age": Rule("either"),
    }
    assert rules_of("", SEEN) == {}
    assert rules_of("", SEEN, known=True) == MORTGAGE_RULES
    assert rules_of("age up", SEEN, known=True) == {"age": Rule("up")}
    for text in ("income", "income more", "salary up", "race up", "up"):
        with pytest.raises(PlaybookError, match="write -p changeable"):
            rules_of(text, SEEN)
