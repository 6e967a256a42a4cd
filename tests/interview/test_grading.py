"""Grading: deterministic, sentence by sentence, with no points for noise."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.interview import bank
from playbook.interview.checks import keywords
from playbook.interview.grading import LONGEST, by_rules, grade
from playbook.interview.schema import Question

from .conftest import QUESTION

ASKED = Question.model_validate(QUESTION)


def met(answer, lang="en"):
    return [one.point.id for one in by_rules(ASKED, answer, lang).met]


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("MinHash proposes the pairs that are similar.", ["minhash"]),
        ("Then each candidate is compared exactly, by Jaccard.", ["verify"]),
        ("You should not simply drop rows.", ["gaps"]),
        ("You should simply drop the rows with gaps.", []),
        ("Seven billion parameters need 112,000 MB.", ["memory"]),
        ("Seven billion parameters need 112 MB.", []),
        ("Seven billion parameters need about 50 GB.", []),
        ("You should not use MinHash for pairs of texts.", []),
        ("MinHash, LSH, near-duplicates, candidate pairs, exact Jaccard, parameters 112 GB", []),
        ("How do you deduplicate a bought corpus?", []),
        ("MinHash pairs are candidates compared exactly.", ["minhash"]),
        ("I like long walks on the beach with my dog.", []),
    ],
)
def test_english(answer, points):
    assert met(answer) == points


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("先用 MinHash 找出近似重复的文本。", ["minhash"]),
        ("候选对还要再精确比较一遍。", ["verify"]),
        ("不能直接删掉有缺失的行。", ["gaps"]),
        ("有缺失的行直接删掉就行。", []),
        ("七十亿参数大约需要 112 GB 显存。", ["memory"]),
        ("这里没必要用 MinHash 找近似重复。", []),
        ("MinHash、LSH、近似重复、候选、精确、112 GB", []),
        ("买来的语料怎么去重？", []),
    ],
)
def test_chinese(answer, points):
    assert met(answer, "zh") == points


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_full_answer_earns_all_and_says_by_which_sentence(lang):
    graded = by_rules(ASKED, ASKED.answer[lang], lang)
    assert graded.score == 1.0 and graded.grader == "rules"
    assert all(one.sentence in ASKED.answer[lang] for one in graded.met)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_keywords_alone_earn_nothing(lang):
    assert not met(keywords(ASKED, lang), lang) and not met(" ".join(keywords(ASKED, lang).split(", ")), lang)


@given(st.text(max_size=300), st.sampled_from(["en", "zh"]))
def test_noise_neither_breaks_it_nor_earns(noise, lang):
    graded = by_rules(ASKED, noise, lang)
    assert len(graded.met) + len(graded.missed) == len(ASKED.rubric)
    assert by_rules(ASKED, noise, lang) == graded


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "10^99999 ",
        "1e99999 GB ",
        "一千",
        "百分之",
        "no minhash pair ",
        "不用 minhash 文本对 ",
        ". ",
        "a,",
        " ",
    ],
)
def test_the_longest_answer_takes_no_time(text):
    begun = time.process_time()
    for lang in ("en", "zh"):
        by_rules(ASKED, (text * LONGEST)[:LONGEST], lang)
    assert time.process_time() - begun < 5


@given(st.integers(1, 30))
def test_length_earns_nothing(times):
    answer = "MinHash proposes the pairs that are similar. "
    assert met(answer * times) == ["minhash"]
    assert met(answer + "It is a fine day and we are all well. " * times) == ["minhash"]


@given(st.lists(st.sampled_from(ASKED.answer["en"].split(". ")), max_size=6))
def test_saying_more_never_loses_a_point(sentences):
    text = ". ".join(sentences)
    assert set(met(text)) <= set(met(f"{text}. Each candidate pair is compared exactly."))


@pytest.mark.parametrize(
    ("question", "answer", "lang", "fault"),
    [
        ("data-cleaning-nothing", "x", "en", "has no question"),
        ("data-cleaning-copies", " \n", "en", "The answer is empty"),
        ("data-cleaning-copies", None, "en", "The answer is empty"),
        ("data-cleaning-copies", "a" * 1_000_000, "en", f"shorten it|{LONGEST:,}"),
        ("data-cleaning-copies", "some words", "fr", "The bank has no language 'fr'"),
    ],
)
def test_bad_input_is_one_sentence(small, question, answer, lang, fault):
    with pytest.raises(PlaybookError, match=fault) as raised:
        grade(question, answer, lang)
    assert len(str(raised.value)) < 300 and "\n" not in str(raised.value)


def test_grade_finds_the_question_by_id(small):
    assert grade("data-cleaning-copies", "MinHash proposes similar pairs.").met[0].point.id == "minhash"
    assert bank.find("data-cleaning-copies").rubric[0].id == "minhash"
