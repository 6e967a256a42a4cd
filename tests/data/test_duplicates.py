"""Holds the shortcut taken in crowded buckets to its theorem: no pair at the threshold is lost by it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.duplicates import _rare_grams
from playbook.data.minhash import shingles

PHRASES = [
    "please read the terms below and",
    "all rights reserved by their owners",
    "w1 w2 w3 w4 w5",
    "x1 x2 x3",
]
text = st.lists(st.sampled_from([*PHRASES, "a", "b", "c", "d"]), min_size=3, max_size=9).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(text, min_size=2, max_size=12), st.sampled_from([0.3, 0.5, 0.7, 0.9, 1.0]))
def test_two_texts_of_the_thresholds_similarity_share_a_rare_gram(texts, threshold):
    grams, starts = shingles(texts)
    rare = _rare_grams(grams, starts, np.arange(len(texts)), threshold)
    sets = [set(grams[starts[i] : starts[i + 1]].tolist()) for i in range(len(texts))]
    for i, j in zip(*np.triu_indices(len(texts), 1), strict=True):
        assert set(rare[i]) <= sets[i]
        if len(sets[i] & sets[j]) >= threshold * len(sets[i] | sets[j]):
            assert set(rare[i]) & set(rare[j])
