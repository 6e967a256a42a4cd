"""Holds decontamination to brute force, and to overlaps planted one word short of enough and just enough."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.contamination import contaminated
from playbook.errors import PlaybookError

TEST = " ".join(f"word{k}" for k in range(30)) + "."
ZH = "模型在训练时见过考题就像学生提前拿到了试卷分数再高也说明不了什么问题"


def shared(count, start=5):
    return "Before it " + " ".join(TEST.split()[start : start + count]) + " after it."


@pytest.mark.parametrize("n", [1, 5, 12, 13])
def test_one_word_short_is_clean_and_just_enough_is_not(n):
    found = contaminated([shared(n - 1), shared(n), shared(n, start=30 - n), shared(n, start=0)], [TEST], n)
    assert found.tolist() == [False, True, True, True]
    assert found.dtype == bool


def test_a_chinese_test_is_found_by_19_characters():
    texts = [f"据说，{ZH[3:21]}。", f"据说，{ZH[3:22]}。", f"据说，{ZH[3:12]}，{ZH[12:22]}！"]
    assert contaminated(texts, [ZH]).tolist() == [False, True, True]
    assert contaminated(texts, [ZH, TEST]).tolist() == [False, True, True]
    assert contaminated([shared(11), shared(12)], [ZH, TEST]).tolist() == [False, True]


def test_case_and_marks_do_not_hide_a_copy():
    text = "Don't you think, that the well-known answer (to it all) is: forty_two?"
    disguised = "Dont you think that; THE wellknown answer to it all is 'fortytwo'"
    assert contaminated([disguised], [text]).all()


def test_words_of_one_sentence_do_not_run_on_into_the_next_text():
    words = TEST.split()
    assert not contaminated([" ".join(words[6:12]) + " x " + " ".join(words[12:18])], [TEST], n=12).any()
    halves = [" ".join(words[:11]), " ".join(words[11:22])]
    assert not contaminated([" ".join(words)], [*halves, "another " * 12]).any(), "nor of two test items"


sentence = st.lists(st.sampled_from(["a", "B", "c,", "d!", "...", "e"]), max_size=14).map(" ".join)


@settings(deadline=None)
@given(st.lists(sentence, max_size=5), st.lists(sentence, min_size=1, max_size=4), st.integers(1, 4))
def test_it_is_brute_force(texts, evaluation, n):
    def plain(text):
        return " ".join(w for w in re.sub(r"[^a-z ]", "", text.lower()).split())

    items = [plain(text).split() for text in evaluation]
    pieces = [" ".join(item[i : i + n]) for item in items for i in range(len(item) - n + 1)]
    if not pieces:
        with pytest.raises(PlaybookError, match=r"^contaminated: [^\n]+\.$"):
            contaminated(texts, evaluation, n)
        return
    expected = [any(f" {piece} " in f" {plain(text)} " for piece in pieces) for text in texts]
    assert contaminated(texts, evaluation, n).tolist() == expected


def test_no_test_and_no_words_are_refused_and_no_texts_are_not():
    for evaluation, n in (([], 12), (["too short"], 12), ([TEST], 0), ([ZH[:18]], 12)):
        with pytest.raises(PlaybookError, match=r"^contaminated: [^\n]+\.$"):
            contaminated(["text"], evaluation, n)
    assert contaminated([], [TEST]).shape == (0,)
    assert contaminated([None, float("nan"), ""], [TEST]).tolist() == [False] * 3


def test_work_grows_with_the_number_of_words():
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{k}" for k in rng.integers(5000, size=200)) for _ in range(1000)]
    planted = [
        f"{text} {' '.join(test.split()[40:52])}" for text, test in zip(texts[:20], texts[500:], strict=False)
    ]
    found = contaminated([*texts[:500], *planted], texts[500:])
    assert found[500:].all() and not found[:500].any()
