"""Each check can fail, and says where."""

import pytest

from playbook.interview import bank, checks
from playbook.interview.schema import Question

from .conftest import CARD, both


def faults(entry):
    return checks.check(Question.model_validate(entry), CARD)


def test_the_small_question_is_without_fault(entry):
    assert faults(entry) == []


def test_a_missing_key_a_wrong_sum_and_a_broken_link_are_said(entry):
    entry["short"]["en"] += " Before: {data.cleaning.lost}."
    entry["trap"]["zh"] += "2 + 2 = 5。"
    entry["proof"]["cell"] = "nowhere"
    entry["holds"] = ["data.cleaning.found < 500", "data.cleaning.lost > 1"]
    found = faults(entry)
    for fault in (
        "data-cleaning-copies: short.en: no figure data.cleaning.lost is in the scorecard",
        "trap.zh: this sum is wrong: 2 + 2 = 5",
        "proof.cell: the notebook of data has no cell nowhere",
        "holds: 'data.cleaning.found < 500' does not hold",
        "holds: no figure data.cleaning.lost",
    ):
        assert any(fault in one for one in found), (fault, found)


def test_a_key_that_is_quoted_has_to_be_proved(entry):
    entry["proof"]["keys"] = []
    assert any("short.en: proof.keys does not name data.cleaning.found" in one for one in faults(entry))


def test_words_that_compare_need_an_expression(entry):
    entry["holds"] = []
    entry["short"]["en"] = "MinHash finds more than twice the near-duplicate pairs: {data.cleaning.found}."
    assert any("short.en: compares in words, and holds is empty" in one for one in faults(entry))


def test_an_answer_that_misses_its_own_rubric_is_said(entry):
    entry["answer"]["en"] = "MinHash proposes pairs that are nearly duplicates. That is all there is to say."
    assert {one.rsplit(" ", 1)[1] for one in faults(entry)} == {"verify", "gaps", "memory"}


def test_a_short_answer_that_earns_nothing_is_said(entry):
    entry["short"]["zh"] = "这个问题很有意思，我以后再回答。"
    assert any(one.endswith("short.zh: earns no point") for one in faults(entry))


def test_a_rubric_that_gives_points_for_the_question_is_said(entry):
    entry["rubric"][1]["accepts"]["en"] = [{"all": ["bought", "corpus"]}, {"all": ["exact*", "candidate*"]}]
    entry["follow_ups"][0]["question"] = both(
        "Would a bought corpus be any better than ours is?", "买的会更好吗？"
    )
    assert not any("question.en" in one for one in faults(entry))
    entry["rubric"][1]["accepts"]["en"][0]["number"] = {"value": 7}
    entry["question"]["en"] = "How do you treat 7 copies of a bought corpus on the way to training?"
    assert not any("question.en: earns" in one for one in faults(entry))


def test_two_questions_in_the_same_words_are_said(entry):
    one, other = (Question.model_validate(entry | {"id": f"data-cleaning-{name}"}) for name in "ab")
    said = checks.check_together([one, other], spread=False)
    assert "data-cleaning-b: question.en: is nearly that of data-cleaning-a" in said
    assert "data-cleaning-b: question.zh: is nearly that of data-cleaning-a" in said


def test_a_chapter_too_thin_is_said(entry):
    said = checks.check_together([Question.model_validate(entry)])
    assert "data: questions: 1 of at least 30" in said and "data: measure privacy: 0 of at least 5" in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_answer_to_another_question_earns_next_to_nothing(lang):
    from playbook.interview.grading import by_rules

    questions = bank.load()
    for place, question in enumerate(questions):
        other = questions[(place * 7 + 40) % len(questions)]
        if other.measure != question.measure:
            grade = by_rules(question, other.answer[lang], lang)
            assert len(grade.met) <= 2, (question.id, other.id, [one.point.id for one in grade.met])
