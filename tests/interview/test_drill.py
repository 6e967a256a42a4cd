"""A drill, played by a script: what is shown, what is remembered, how it ends."""

import io
import json

import pytest
from rich.console import Console

from playbook.errors import PlaybookError
from playbook.interview import bank, figures
from playbook.interview.drill import Drill, choose, proof
from playbook.interview.memory import Memory, state_file


def play(monkeypatch, *lines, lang="en", count=10):
    left = iter(lines)

    def read(prompt=""):
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", read)
    shown = io.StringIO()
    console = Console(file=shown, width=100)
    done = Drill(choose(), lang, count, console).play()
    return done, shown.getvalue()


def test_two_cards_and_the_summary(small, monkeypatch):
    done, shown = play(monkeypatch, "", "3", "MinHash proposes the similar pairs.", "", "x", "p", "4")
    assert done == 2
    for part in (
        "How do you deduplicate a bought corpus?",
        "here 521.",
        "✓",
        "Type 1, 2, 3, 4, p or q.",
        "notebooks/01_data.ipynb#cleaning-clean",
        "data.cleaning.found: value 521, textbook 0 rows",
        "2 reviewed. Due until tomorrow night: 1. Not seen yet: 0.",
    ):
        assert part in shown, part
    assert "✓" not in shown.split("data-cleaning-gaps")[0]


def test_a_card_comes_back_by_its_language(small, monkeypatch):
    assert play(monkeypatch, "", "4", "", "4")[0] == 2
    done, shown = play(monkeypatch)
    assert done == 0 and "Nothing is due; the next card comes at" in shown
    done, shown = play(monkeypatch, "", "2", "q", lang="zh")
    assert done == 1 and "买来的语料怎么去重？" in shown and "还没看过：1 题" in shown


@pytest.mark.parametrize("lines", [(), ("",), ("q",), ("", "q"), ("", "7")])
def test_stopping_early_loses_nothing_and_invents_nothing(small, monkeypatch, lines):
    done, shown = play(monkeypatch, *lines)
    assert done == 0 and "0 reviewed" in shown and not Memory(state_file()).cards()


def test_count_limits_a_sitting(small, monkeypatch):
    assert play(monkeypatch, "", "3", "", "3", count=1)[0] == 1


def test_a_damaged_file_is_named(small, monkeypatch):
    state_file().parent.mkdir()
    state_file().write_text("{")
    assert "it is kept as drill.damaged-1.json" in play(monkeypatch)[1]


def test_an_answer_that_looks_like_markup_is_only_text(small, monkeypatch):
    assert play(monkeypatch, "[/bold] MinHash [red]", "", "1")[0] == 1


def test_choosing(small):
    assert [one.id for one in choose("data", "senior")] == ["data-cleaning-gaps"]
    for given, fault in (
        (("art", ""), "no chapter 'art'"),
        (("", "expert"), "no level 'expert'"),
        (("cost", ""), "has no"),
    ):
        with pytest.raises(PlaybookError, match=fault):
            choose(*given)


def test_a_kill_in_the_middle_keeps_what_was_rated(small, monkeypatch):
    def killed(self, name, rating, now=None, review=Memory.review):
        review(self, name, rating, now)
        raise SystemExit(137)

    monkeypatch.setattr(Memory, "review", killed)
    with pytest.raises(SystemExit):
        play(monkeypatch, "", "3", "", "3")
    assert list(json.loads(state_file().read_text())["cards"]) == ["data-cleaning-copies/en"]


def test_every_proof_of_the_real_bank_can_be_shown():
    for question in bank.load():
        lines = proof(figures.filled(question)).splitlines()
        assert lines[0].endswith(f"#{question.proof.cell}") and len(lines) > 3, question.id
