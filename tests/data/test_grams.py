"""Holds the words that are found in bytes, many texts at a time, to those that the pattern finds in each."""

import string

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from playbook.data.grams import _chunks, _tokens, shingles, words

# Letters whose lower case is longer, or depends on what follows; marks, digits, halves and long words.
ODD = [
    *"训练・ァ𠀀éßİΣσς٣ǅ\u0301\u200d\ud800\0",
    "Bar",
    "abcdefgh",
    "abcdefghi",
    "x" * 64,
    "x" * 69,
    "x" * 70,
]
text = st.lists(st.sampled_from([*string.printable, *ODD]), max_size=40).map("".join)


@given(st.lists(text, min_size=1, max_size=5))
def test_a_word_has_one_hash_and_a_hash_one_word(texts):
    tokens, counts = _tokens(next(_chunks(texts)))
    assert counts.tolist() == [len(words(one)) for one in texts]
    found = [word for one in texts for word in words(one)]
    pairs = set(zip(found, tokens.tolist(), strict=True))
    assert len(pairs) == len(set(found)) == len(set(tokens.tolist()))


def test_grams_do_not_depend_on_where_a_chunk_ends():
    texts = [f"{'one two three ' * 40}{k} four five {'训练' * (k % 3)}" for k in range(400)]
    grams, starts = shingles(texts)
    for k in (0, 123, 399):
        alone, _ = shingles([texts[k]])
        assert np.array_equal(alone, grams[starts[k] : starts[k + 1]])
