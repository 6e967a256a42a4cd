"""The mock interview: its plan, its clock, and follow-ups by what was missed."""

import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from playbook.errors import PlaybookError
from playbook.interview import bank
from playbook.interview.mock import Interview, next_follow_up, plan
from playbook.interview.schema import LEVELS, Question

from .conftest import QUESTION

ASKED = Question.model_validate(QUESTION)
POOL = [
    ASKED.model_copy(update={"id": f"{chapter}-x-{level}-{number}", "chapter": chapter, "level": level})
    for chapter in ("data", "cost", "interpretability", "security")
    for level in LEVELS
    for number in range(5)
]


@given(st.floats(5, 240), st.sampled_from(LEVELS), st.integers(0, 100))
def test_a_plan_turns_through_the_chapters_and_repeats_nothing(minutes, level, seed):
    chosen = plan(POOL, minutes, level, seed)
    assert chosen == plan(POOL, minutes, level, seed)
    assert (
        len(chosen)
        == len({one.id for one in chosen})
        == min(40 if level != "junior" else 20, minutes // 6 or 1)
    )
    counts = Counter(one.chapter for one in chosen)
    assert max(counts.values()) - min(counts.values(), default=0) <= 1 or len(counts) < 4
    assert {one.level for one in chosen[:4]} == {level}


@pytest.mark.parametrize(
    ("minutes", "level"), [(4, "mid"), (1e9, "mid"), (float("nan"), "mid"), (45, "boss")]
)
def test_a_bad_plan_is_said(minutes, level):
    with pytest.raises(PlaybookError, match="use "):
        plan(POOL, minutes, level)


def test_another_seed_asks_other_questions():
    assert plan(POOL, 45, "senior", 1) != plan(POOL, 45, "senior", 2)


def test_the_follow_up_probes_most_of_what_was_missed():
    first, second = ASKED.follow_ups
    assert next_follow_up(ASKED, {"verify", "gaps", "memory"}, []) == second
    assert next_follow_up(ASKED, {"verify", "gaps"}, [second]) == first
    assert next_follow_up(ASKED, {"minhash"}, []) is None


def hold(monkeypatch, lines, minutes=45, step=1.0, **more):
    left, now = iter(lines), iter(range(10_000))

    def read(prompt=""):
        line = next(left, None)
        if line is None:
            raise EOFError
        return line

    monkeypatch.setattr("builtins.input", read)
    shown = io.StringIO()
    console = Console(file=shown, width=100)
    questions = bank.load()
    clock = lambda: next(now) * step  # noqa: E731
    sheet = Interview(questions, minutes, "mid", console=console, clock=clock, **more).hold()
    return sheet, shown.getvalue()


def test_points_at_once_and_after_a_follow_up(small, monkeypatch):
    lines = ["MinHash proposes the similar pairs.", "Do not drop the rows.", "", "Nothing comes to mind.", ""]
    lines += ["Each candidate pair is compared exactly.", "MinHash proposes the similar pairs.", "", "q"]
    sheet, shown = hold(monkeypatch, lines)
    (asked,) = sheet.asked
    assert list(asked.at_once) == ["minhash", "gaps"] and list(asked.after) == ["verify"]
    assert asked.missed(ASKED) == {"memory"} and asked.seconds > 0 and sheet.grader == "rules"
    assert shown.index("Why compare exactly?") < shown.index("What of rows with gaps?")
    assert "45 min left" in shown


def test_no_question_begins_after_the_time(small, monkeypatch):
    sheet, shown = hold(monkeypatch, [""] * 20, minutes=5, step=100.0)
    assert len(sheet.asked) == 1 and "Time is up." in shown


def test_the_interviewer_can_tick(small, monkeypatch):
    sheet, _ = hold(monkeypatch, ["", "1, 4 x", "", "2 9", "", "3"], by_hand=True, interviewer="Li")
    assert list(sheet.asked[0].at_once) == ["minhash", "memory"]
    assert list(sheet.asked[0].after) == ["verify", "gaps"] and sheet.grader == "Li"


def test_the_end_of_input_keeps_what_was_asked(small, monkeypatch):
    assert hold(monkeypatch, ["", "", ""])[0].asked[0].at_once == {}
    assert hold(monkeypatch, [])[0].asked == []
