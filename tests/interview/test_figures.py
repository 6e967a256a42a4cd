"""References become figures; what has none is said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.course import notebooks as books
from playbook.errors import PlaybookError
from playbook.interview import bank, figures

from .conftest import CARD


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{data.cleaning.found}", "521"),
        ("{data.cleaning.found|textbook}", "0"),
        ("{data.cleaning.found:,.1f} rows", "521.0 rows"),
        ("{data.cleaning.found:d}/{data.cleaning.found:.0%}", "521/52100%"),
    ],
)
def test_a_reference_is_filled(text, shown):
    assert figures.fill(text, CARD) == shown


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{data.cleaning.lost}", "no figure data.cleaning.lost is in the scorecard"),
        ("{data.cleaning.found|measured}", "the figure data.cleaning.found has no measured"),
        ("{found}", "is no reference"),
        ("{data.cleaning.found:__class__}", "is no reference"),
    ],
)
def test_a_bad_reference_is_said(text, fault):
    with pytest.raises(PlaybookError, match=fault):
        figures.fill(text, CARD)


def test_a_text_has_no_number_format():
    card = {"cost.cloud.best": {"value": "H100"}}
    assert figures.fill("{cost.cloud.best}", card) == "H100"
    with pytest.raises(PlaybookError, match="is a text"):
        figures.fill("{cost.cloud.best:.2f}", card)


@given(st.text().filter(lambda text: "{" not in text))
def test_a_text_without_references_stays_as_it_is(text):
    assert figures.fill(text, {}) == text and not figures.keys(text)


def test_every_text_of_a_question_is_filled(small):
    shown = figures.filled(bank.find("data-cleaning-copies"))
    assert "521" in shown.short["en"] and "{" not in shown.answer["en"] + shown.answer["zh"]
    assert shown.holds == bank.find("data-cleaning-copies").holds


def test_a_run_goes_before_the_notebook(shelf, tmp_path):
    for chapter in books.CHAPTERS:
        shelf.add(chapter)
    run = {"figures": [{"key": "data.cleaning.found", "value": 7}]}
    (tmp_path / "data.scorecard.json").write_text(json.dumps(run))
    assert figures.reference(tmp_path) == {"data.cleaning.found": run["figures"][0]}
    (tmp_path / "cost.scorecard.json").write_text("{}")
    figures.reference.cache_clear()
    with pytest.raises(PlaybookError, match="is no scorecard"):
        figures.reference(tmp_path)


def test_the_notebooks_hold_the_figures():
    card = figures.reference()
    assert len(card) > 50 and card["data.cleaning.near_duplicates"]["cell"] == "cleaning-clean"
