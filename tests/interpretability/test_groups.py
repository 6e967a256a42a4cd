"""Rates by group: the laws that hold for any table, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.interpretability.groups import (
    against_highest,
    cut_like,
    judged,
    rates,
    readable,
    spread,
    wilson,
)

PEOPLE = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from(["a", "b", None])),
    min_size=4,
    max_size=60,
)


@settings(max_examples=25)
@given(PEOPLE)
def test_everybody_is_in_one_group_and_every_rate_in_its_interval(people):
    decided, said, group = (pd.Series(column) for column in zip(*people, strict=True))
    table = judged(decided, {"model": said}, group)
    for (_, measure), part in table.groupby(["by", "measure"]):
        asked = {"approved": len(people), "refused, though approved": decided.sum()}
        assert part["of"].sum() == asked.get(measure, len(people) - decided.sum())
    assert ((table["low"] <= table["%"] + 1e-9) & (table["%"] <= table["high"] + 1e-9)).all()


@settings(max_examples=25)
@given(PEOPLE)
def test_a_model_that_repeats_the_decision_is_never_wrong(people):
    decided, _, group = (pd.Series(column) for column in zip(*people, strict=True))
    table = judged(decided, {"same": decided}, group)
    assert (table.loc[table["measure"].str.contains("though"), "%"] == 0).all()
    approved = [table[(table["by"] == by) & (table["measure"] == "approved")] for by in ("decision", "same")]
    assert approved[0]["%"].tolist() == approved[1]["%"].tolist()


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=50, unique=True), st.data())
def test_the_cut_refuses_as_many_as_the_decision(scores, data):
    decided = data.draw(st.lists(st.integers(0, 1), min_size=len(scores), max_size=len(scores)))
    refused = min(decided.count(0), len(scores) - 1)
    assert (np.array(scores) < cut_like(scores, decided)).sum() == refused


def test_rows_find_their_group_by_place_and_not_by_index():
    group = pd.Series(["x", "y", "x"], index=[7, 3, 5])
    assert rates([1, 0, 0], group)["%"].tolist() == [50.0, 0.0]


def test_nobody_and_groups_that_cannot_be_compared():
    assert wilson(0, 0) == (0.0, 1.0)
    for yes, group in [([1, 0], ["a", "a"]), ([0, 0], ["a", "b"])]:
        assert against_highest(yes, pd.Series(group)).empty
    assert spread(judged([1, 0], {}, pd.Series(["a", "a"])), "decision", "approved") == "not measured"
    names = pd.Series([f"secret {n}" for n in range(21)], name="person")
    with pytest.raises(PlaybookError, match="'person' has 21 values: group it") as refused:
        rates([1] * 21, names)
    assert "secret" not in str(refused.value)


def test_the_readable_table_has_every_rate_and_says_where_nobody_is():
    group = pd.Series(["a", "a", "b", "b"])
    shown = readable(judged([1, 1, 0, 1], {"model": [1, 0, 1, 1]}, group))
    assert shown.loc[("approved", "decision"), "a"] == "100.0 (34.2 to 100.0)"
    assert shown.loc[("approved, though refused", "model")].tolist() == ["nobody", "100.0 (20.7 to 100.0)"]
    assert [by for _, by in shown.index] == ["decision", "model", "model", "model"]
    assert shown.index.get_level_values("measure")[0] == "approved"
