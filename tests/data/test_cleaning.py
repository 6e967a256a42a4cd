"""Holds `near_duplicates` and `clean` to their contract: verified members, no row lost, a reason for each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.cleaning import clean, near_duplicates, pairs, similarity
from playbook.errors import PlaybookError

# Few words and short texts: similarities of all sizes, and many repeats, come up by themselves.
sentence = st.lists(
    st.sampled_from(["the", "cat", "sat", "on", "a", "mat", "训", "练", "。", "!"]), max_size=14
).map(" ".join)
corpora = st.lists(sentence, max_size=25)
thresholds = st.sampled_from([0.3, 0.5, 0.7, 0.9, 1.0])


@settings(max_examples=80, deadline=None)
@given(corpora, thresholds)
def test_every_member_is_verified(texts, threshold):
    clusters = near_duplicates(texts, threshold)
    assert len(clusters) == len(texts)
    for i, kept in enumerate(clusters):
        assert clusters[kept] == kept <= i, (
            "a cluster's number is the position of its kept text, its first member"
        )
        assert similarity(texts[i], texts[kept]) >= threshold
    for i, j in zip(*np.triu_indices(len(texts), 1), strict=True):
        if texts[i] == texts[j]:
            assert clusters[i] == clusters[j]


@settings(max_examples=40, deadline=None)
@given(corpora, thresholds)
def test_short_texts_leave_no_duplicate_behind(texts, threshold):
    # With so few grams a pair at the threshold is far above chance: brute force finds nothing more.
    kept = sorted(set(near_duplicates(texts, threshold)))
    missed = [(i, j) for i in kept for j in kept if i < j and similarity(texts[i], texts[j]) >= threshold]
    assert len(missed) <= 0.05 * len(texts)


def test_a_chain_of_small_differences_does_not_swallow_the_corpus():
    words = [f"w{i}" for i in range(200)]
    chain = [" ".join(words[i : i + 60]) for i in range(0, 140, 3)]
    clusters = near_duplicates(chain, 0.7)
    assert len(set(clusters)) > 5
    assert all(similarity(chain[i], chain[k]) >= 0.7 for i, k in enumerate(clusters))


@pytest.mark.parametrize(
    ("threshold", "texts"), [(0, ["a"]), (1.01, ["a"]), (0.7, ["a", None]), (0.7, [1.5])]
)
def test_bad_input_is_one_sentence(threshold, texts):
    with pytest.raises(PlaybookError, match=r"^[^\n]+: .+\.$"):
        near_duplicates(texts, threshold)


def test_nothing_in_nothing_out():
    assert near_duplicates([]) == []
    assert near_duplicates(["", "!!!", "", "?"]) == [0, 1, 0, 3]


def test_chinese_is_compared_by_characters():
    text = "训练数据的质量决定了大模型能力的上限,而数据来源的合法性决定了公司能走多远"
    changed = text.replace("走多远", "走多久")
    clusters = near_duplicates([text, changed, "一句完全不同的话说的是另外的事情"], 0.8)
    assert clusters == [0, 0, 2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), sentence, st.just(" \t")), max_size=20), thresholds)
def test_no_row_is_lost_and_each_removed_one_has_a_reason(texts, threshold):
    frame = pd.DataFrame(
        {"text": pd.Series(texts, dtype=object), "n": range(len(texts))}, index=range(7, 7 + len(texts))
    )
    cleaned = clean(frame, "text", threshold=threshold)
    assert sorted([*cleaned.kept["n"], *cleaned.removed["n"]]) == list(range(len(texts)))
    assert cleaned.report["rows"].sum() == len(frame)
    for _, row in cleaned.removed.iterrows():
        blank = pd.isna(row["text"]) or not str(row["text"]).strip()
        assert (row["reason"] == "empty") == blank == pd.isna(row["duplicate_of"])
        if not blank:
            kept = cleaned.kept.loc[row["duplicate_of"], "text"]
            assert row["similarity"] == similarity(row["text"], kept) >= threshold
    repeats = (cleaned.removed["reason"] == "exact repeat").sum()
    filled = frame[frame["text"].notna() & (frame["text"].fillna("").str.strip() != "")]
    assert repeats == filled["text"].duplicated().sum()


def test_a_row_is_not_removed_for_another_columns_gap():
    frame = pd.DataFrame({"text": ["now is the hour", "to be or not"], "licence": [None, "MIT"]})
    assert clean(frame, "text").kept.equals(frame)


def test_the_inputs_own_reason_is_not_overwritten():
    frame = pd.DataFrame({"text": ["now is the hour"] * 2, "reason": ["mine", "yours"]})
    removed = clean(frame, "text").removed
    assert removed[["reason", "reason (input)"]].values.tolist() == [["exact repeat", "yours"]]


@pytest.mark.parametrize("columns", [["body"], ["text", "text"], []])
def test_a_column_that_is_not_there_is_one_sentence(columns):
    frame = pd.DataFrame([["x"] * len(columns)], columns=columns)
    with pytest.raises(PlaybookError, match=r"^The table has .*column 'text': name one of its columns"):
        clean(frame, "text")


def test_pairs_are_spread_over_the_similarities():
    base = " ".join(f"w{i}" for i in range(60))
    edits = [base.replace(" ".join(f"w{i}" for i in range(50, 50 + k)), "x") for k in range(1, 6)]
    cleaned = clean(pd.DataFrame({"text": [base, *edits]}), "text", threshold=0.5)
    shown = pairs(cleaned, "text", n=3, width=2)
    assert shown["similarity"].is_monotonic_decreasing and len(shown) == 3
    assert (shown["kept text"] == "... w49 w50").all()
    assert pairs(clean(pd.DataFrame({"text": ["a"]}), "text"), "text").empty
