"""Holds the grams and buckets beneath near-duplicates to plain definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.data.minhash import SHINGLE, bands, buckets, shingles, similarity, words


def plain_similarity(a, b):
    def grams(text):
        tokens = words(text)
        return (
            {tuple(tokens[i : i + SHINGLE]) for i in range(max(len(tokens) - SHINGLE + 1, 1))}
            if tokens
            else set()
        )

    first, second = grams(a), grams(b)
    return len(first & second) / len(first | second) if first | second else float(a == b)


sentence = st.lists(st.sampled_from(["a", "b", "c", "数", "据", ".", "A"]), max_size=20).map(" ".join)


@given(sentence, sentence)
def test_similarity_is_the_jaccard_of_word_5_grams(a, b):
    assert similarity(a, b) == plain_similarity(a, b) == similarity(b, a)


@given(st.lists(sentence, max_size=8))
def test_grams_do_not_depend_on_the_other_texts_beside(texts):
    grams, starts = shingles(texts)
    assert len(starts) == len(texts) + 1 and starts[-1] == len(grams)
    for i, text in enumerate(texts):
        tokens = words(text)
        expected = (
            {tuple(tokens[k : k + SHINGLE]) for k in range(max(len(tokens) - SHINGLE + 1, 1))}
            if tokens
            else ()
        )
        assert len(set(grams[starts[i] : starts[i + 1]].tolist())) == len(expected)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
def test_bands_find_a_pair_at_the_threshold_and_few_far_below(threshold):
    count, rows = bands(threshold)
    assert 1 - (1 - threshold**rows) ** count >= 0.98
    assert 1 - (1 - (threshold / 3) ** rows) ** count <= 0.75


def test_texts_of_the_same_words_share_all_buckets_and_empty_ones_none():
    bucket = buckets(*shingles(["To be, or not to be", "to be or not to be!", "", "...", "else"]), 0.7)
    assert (bucket[0] == bucket[1]).all() and (bucket[0] >= 0).all()
    assert (bucket[2:] == -1).all()


def test_buckets_of_different_bands_have_different_numbers():
    bucket = buckets(*shingles(["a b c d e f"] * 3), 0.7)
    assert len(np.unique(bucket)) == bucket.shape[1]
