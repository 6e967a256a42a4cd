"""Puts texts that are likely to be similar into the same buckets: MinHash, and locality-sensitive hashing.

Signatures are made and compared in Rust (`rensa`).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from playbook.data.grams import SHINGLE, WORD, mix, shingles, similarity, take, words

if TYPE_CHECKING:
    from rensa import RMinHashDigestMatrix

__all__ = ["SHINGLE", "WORD", "bands", "buckets", "meeting", "shingles", "similarity", "words"]

PERMUTATIONS = 128
_BANDS = 8  # at a time: their signatures take less memory than the grams


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


def buckets(grams: np.ndarray, starts: np.ndarray, threshold: float) -> np.ndarray:
    """Give each text a bucket in each band, as int64 (texts, bands), numbered apart from other bands'.

    Texts of similarity s meet in at least one bucket with probability 1 - (1 - s ** rows) ** bands (`bands`);
    a text without grams, and one that is alone in its bucket, has -1 there.

    >>> buckets(*shingles(["to be or not to be", "To be, or not to be?", ""]), threshold=1.0).tolist()
    [[0], [0], [-1]]
    """
    count, rows = bands(threshold)
    result = np.full((len(starts) - 1, count), -1, dtype=np.int64)
    texts = meeting(grams, starts, threshold)
    keys = _signatures(grams, starts, texts, count, rows)
    for band in range(count):
        _, place, size = np.unique(keys[:, band], return_inverse=True, return_counts=True)
        result[texts, band] = np.where(size[place] > 1, place + band * len(keys), -1)
    return result


def meeting(grams: np.ndarray, starts: np.ndarray, threshold: float) -> np.ndarray:
    """Find the texts that share a bucket with another one, without taking any signature out of Rust.

    >>> meeting(*shingles(["to be or not to be", "now is the hour", "To be, or not to be?"]), 0.7).tolist()
    [0, 2]
    """
    from rensa import RMinHashLSH

    filled = np.flatnonzero(np.diff(starts))
    found = np.zeros(len(filled), dtype=bool)
    count, rows = bands(threshold)
    for some, matrix in _digests(grams, np.append(starts[filled], starts[-1]), count, rows):
        index = RMinHashLSH(threshold=0.5, num_perm=some * rows, num_bands=some)
        found |= np.array(index.query_duplicate_flags_matrix_one_shot(matrix), dtype=bool)
    return filled[found]


def _signatures(
    grams: np.ndarray, starts: np.ndarray, texts: np.ndarray, count: int, rows: int
) -> np.ndarray:
    """Hash each band of each chosen text's MinHash signature to one number: uint64 (texts, count)."""
    keys = []
    for some, matrix in _digests(*take(grams, starts, texts), count, rows):
        signature = np.array(matrix.to_rows(), dtype=np.uint64).reshape(len(texts), some, rows)
        key = np.zeros((len(texts), some), dtype=np.uint64)
        for row in range(rows):
            key = mix(key + signature[:, :, row])
        keys.append(key)
    return np.hstack(keys)


def _digests(
    grams: np.ndarray, starts: np.ndarray, count: int, rows: int
) -> Iterator[tuple[int, "RMinHashDigestMatrix"]]:
    """Yield the signatures of texts that all have grams, some bands at a time: (bands, signatures)."""
    from rensa import RMinHash

    ends = starts.astype(np.uint64)
    for low in range(0, count, _BANDS):
        some = min(_BANDS, count - low)
        yield some, RMinHash.digest_matrix_from_flat_token_hashes(grams, ends, some * rows, low)
