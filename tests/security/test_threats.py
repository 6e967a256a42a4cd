"""The threat model reads its figures from the scorecard and says what was not measured."""

import re
from datetime import date

import pytest

from playbook.course import notebooks, scorecard
from playbook.security import threats


@pytest.fixture(autouse=True)
def fresh():
    scorecard.start("security", {})
    yield
    scorecard.start("", {})


def test_every_entry_is_whole_in_both_languages():
    model = threats.model()
    for threat in model["threat"]:
        assert re.fullmatch(r"security\.[a-z]+\.[a-z0-9_]+", threat["figure"])
        assert threat["price"] == "" or re.fullmatch(r"security\.[a-z]+\.[a-z0-9_]+", threat["price"])
        assert threat["days"] >= 1
    texts = [
        entry[name]
        for kind, fields in (
            ("threat", ("asset", "attacker", "attack", "defence")),
            ("incident", ("law", "when", "clock")),
        )
        for entry in model[kind]
        for name in fields
    ]
    assert all(set(text) == {"en", "zh"} for text in texts)
    assert all(re.search(r"[一-鿿]", text["zh"]) and not re.search(r"[一-鿿]", text["en"]) for text in texts)
    assert all(isinstance(entry["in_force"], date) for entry in model["incident"])


def test_before_and_after_are_the_scorecards(capsys):
    scorecard.report("security.testing.prompts_succeeded", 20, "%", textbook="tested", measured=30)
    scorecard.report("security.testing.twins_refused", 0, "of 10")
    scorecard.report("security.access.doors_open", 0, "spare doors", textbook=14)
    table = threats.table().set_index("attack")
    prompts, doors = table.loc["prompt injection and its kin"], table.loc["do what the role does not need"]
    assert prompts[["before", "after", "price"]].tolist() == ["30 %", "20 %", "0 of 10"]
    assert doors[["before", "after", "price"]].tolist() == ["14 spare doors", "0 spare doors", "-"]
    assert (table["after"] == "not measured").sum() == len(table) - 2


def test_clocks_are_sorted_by_the_day_they_bind():
    table = threats.incidents("zh")
    assert table["since"].tolist() == sorted(table["since"]) and (table["since"] <= "2026-11-23").sum() == 5


def test_the_notebook_measured_what_the_threat_model_quotes():
    measured = {
        one["key"] for one in notebooks.reported(notebooks.read(notebooks.locate("security")))["figures"]
    }
    quoted = {threat[name] for threat in threats.model()["threat"] for name in ("figure", "price")} - {""}
    assert quoted <= measured
