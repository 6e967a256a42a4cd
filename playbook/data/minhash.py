"""Turns texts into hashed word 5-grams, and puts texts that are likely to be similar into the same buckets.

The 5-grams of a whole corpus are computed in one go and their signatures in Rust (`rensa`), so that a corpus
costs little more than the splitting of its words.
"""

import re
from collections.abc import Sequence

import numpy as np

SHINGLE = 5
PERMUTATIONS = 128
# Chinese and Japanese are written without spaces: there a character counts as a word.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """Split a text into lower-case words; a Chinese or Japanese character is a word of its own.

    >>> words("Don't train on 训练数据 twice.")
    ['don', 't', 'train', 'on', '训', '练', '数', '据', 'twice']
    """
    return WORD.findall(text.lower())


def similarity(a: str, b: str) -> float:
    """Give the Jaccard similarity of two texts: shared word 5-grams over all word 5-grams, 0 to 1.

    A text of one to four words counts as a single gram. Texts without any word are similar only when equal.

    >>> round(similarity("one two three four five six seven", "one two three four five six eight"), 2)
    0.5
    """
    if a == b:
        return 1.0
    first, second = _grams(a), _grams(b)
    return len(first & second) / len(first | second) if first or second else 0.0


def _grams(text: str) -> set[tuple[str, ...]]:
    """Give the word 5-grams of one text as they are."""
    found = words(text)
    return (
        {tuple(found[i : i + SHINGLE]) for i in range(max(len(found) - SHINGLE + 1, 1))} if found else set()
    )


def bands(threshold: float) -> tuple[int, int]:
    """Choose (bands, rows a band): the most selective pair that finds 98 % of pairs *at* the threshold.

    Two texts of similarity s share a bucket with probability 1 - (1 - s ** rows) ** bands.

    >>> bands(0.7)
    (25, 5)
    """
    rows = 1
    while rows < PERMUTATIONS and 1 - (1 - threshold ** (rows + 1)) ** (PERMUTATIONS // (rows + 1)) >= 0.98:
        rows += 1
    return PERMUTATIONS // rows, rows


def shingles(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Hash the word 5-grams of texts: (grams as uint64, starts), text i has grams[starts[i]:starts[i + 1]].

    Hashes of different calls do not compare: a word is hashed by its place in the vocabulary of the call.

    >>> grams, starts = shingles(["one two three four five six", "one two", ""])
    >>> starts.tolist()
    [0, 2, 3, 3]
    """
    vocabulary: dict[str, int] = {}
    ids: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    for i, text in enumerate(texts):
        found = [vocabulary.setdefault(word, len(vocabulary) + 1) for word in words(text)]
        if found:
            found += [0] * (SHINGLE - len(found))  # a shorter text is one gram, padded
        lengths[i] = len(found)
        ids += found
    tokens = _mix(np.array(ids, dtype=np.uint64))
    grams = np.zeros(max(len(tokens) - SHINGLE + 1, 0), dtype=np.uint64)
    for k in range(SHINGLE):
        grams = _mix(grams + tokens[k : k + len(grams)])
    counts = np.maximum(lengths - SHINGLE + 1, 0)
    starts = np.concatenate([[0], np.cumsum(counts)])
    shift = np.repeat(np.concatenate([[0], np.cumsum(lengths)])[:-1] - starts[:-1], counts)
    return grams[np.arange(starts[-1]) + shift], starts


def _mix(x: np.ndarray) -> np.ndarray:
    """Scramble 64-bit integers so that near ones land far apart (the finaliser of splitmix64)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def buckets(grams: np.ndarray, starts: np.ndarray, threshold: float) -> np.ndarray:
    """Give each text a bucket in each band, as int64 (texts, bands), numbered apart from other bands'.

    Texts of similarity s meet in at least one bucket with probability 1 - (1 - s ** rows) ** bands (`bands`);
    a text without grams, and one that is alone in its bucket, has -1 there.

    >>> buckets(*shingles(["to be or not to be", "To be, or not to be?", ""]), threshold=1.0).tolist()
    [[0], [0], [-1]]
    """
    keys = _signatures(grams, starts, *bands(threshold))
    result = np.full(keys.shape, -1, dtype=np.int64)
    filled = np.flatnonzero(np.diff(starts))
    for band in range(keys.shape[1]):
        _, place, size = np.unique(keys[filled, band], return_inverse=True, return_counts=True)
        result[filled, band] = np.where(size[place] > 1, place + band * len(keys), -1)
    return result


def _signatures(grams: np.ndarray, starts: np.ndarray, count: int, rows: int) -> np.ndarray:
    """Hash each band of each text's MinHash signature to one number: uint64 (texts, count)."""
    from rensa import RMinHash

    keys = np.zeros((len(starts) - 1, count), dtype=np.uint64)
    for low in range(0, len(keys), 4096):  # in parts: the signatures come out of Rust as Python lists
        ends = starts[low : low + 4097].astype(np.uint64)
        part = grams[ends[0] : ends[-1]]
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(part, ends - ends[0], PERMUTATIONS, 0)
        signature = np.array(matrix.to_rows(), dtype=np.uint64)[:, : count * rows]
        for row in range(rows):
            keys[low : low + 4096] = _mix(keys[low : low + 4096] + signature[:, row::rows])
    return keys
