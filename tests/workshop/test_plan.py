"""A plan never takes longer than its length, says ranges, and is made from what was measured."""

import pytest

from playbook.course.notebooks import CHAPTERS
from playbook.errors import PlaybookError
from playbook.workshop import plan
from playbook.workshop.sections import Section, measured, sections

PLANS = plan.plans()


@pytest.mark.parametrize("one", PLANS, ids=[f"{p.length}-{p.chapters[0]}" for p in PLANS])
def test_a_plan_fits_even_when_everything_is_slow(one):
    assert one.least < one.most <= one.length
    assert one.least >= 0.35 * one.length
    assert all(0 < block.least <= block.most for block in one.blocks)
    assert (one.blocks[0].kind, one.blocks[-1].kind) == ("welcome", "close")
    assert any(block.exercises for block in one.blocks)


def test_the_day_has_every_chapter_and_breaks():
    day = PLANS[-1]
    assert {block.chapter for block in day.blocks} == {*CHAPTERS, ""}
    assert [block.kind for block in day.blocks].count("break") == 3


def test_minutes_come_from_prose_seconds_and_exercises():
    read = Section("a", "A", words=238 * 4, characters=0, seconds=0, exercises=("data-01",))
    assert plan.minutes(read, "data") == (4 + 3, 8 + 5)
    slow = Section("a", "A", words=0, characters=255, seconds=120, exercises=())
    assert plan.minutes(slow, "data") == (2, 6)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_section_has_an_order_and_a_chinese_title(chapter):
    names = {section.name for section in sections(chapter)} - {"title", "closing", "scorecard-text"}
    assert set(plan.wanted()["order"][chapter]) == names == set(plan.wanted()["titles"][chapter])


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_times_are_of_cells_that_exist(chapter):
    from playbook.course.notebooks import locate, read

    assert set(measured(chapter)) <= {cell["id"] for cell in read(locate(chapter))}
    assert sum(measured(chapter).values()) > 20


def test_too_little_time_is_one_sentence():
    with pytest.raises(PlaybookError, match="10 minutes are too few"):
        plan.plan(10, ["cost"])


def test_a_timetable_adds_up():
    one = PLANS[0]
    low, high, last = plan.timetable(one.blocks)[-1]
    assert (low + last.least, high + last.most) == (one.least, one.most)
