"""Turns texts into hashed word 5-grams, many texts at a time, for numpy and Rust to compare."""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np

SHINGLE = 5
# Of a gram's hash: the other 12 bits of a word number the texts that are compared at a time.
BITS = 52
# Chinese and Japanese are written without spaces: there a character counts as a word.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
# What a byte is in a word: ASCII letters in lower case, digits and _, all of other scripts; 0 in none.
_LETTERS = bytes(k if k > 127 else ord(chr(k).lower()) if WORD.match(chr(k)) else 0 for k in range(256))
_MASKS = np.array([2 ** (8 * size) - 1 for size in range(9)], dtype=np.uint64)
_LONG, _CHUNK, _STEP = 64, 2**16, np.uint64(0xBF58476D1CE4E5B9)


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


def shingles(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Hash the word 5-grams of texts: (grams as uint64, starts), text i has grams[starts[i]:starts[i + 1]].

    >>> grams, starts = shingles(["one two three four five six", "one two", ""])
    >>> starts.tolist()
    [0, 2, 3, 3]
    """
    grams, counts = bytearray(), [np.zeros(1, dtype=np.int64)]
    for chunk in _chunks(texts):
        some, count = _grams_of(*_tokens(chunk))
        grams += some.data
        counts.append(count)
    return np.frombuffer(grams, dtype=np.uint64), np.concatenate(counts).cumsum()


def _chunks(texts: Sequence[str]) -> Iterator[list[bytes]]:
    """Encode texts, and put them together by about _CHUNK bytes: so much stays in a processor's cache."""
    chunk, size = [], 0
    for text in texts:
        # Words of ASCII are found in bytes; others are put between spaces here.
        chunk.append((text if text.isascii() else " ".join(words(text))).encode("utf-8", "surrogatepass"))
        size += len(chunk[-1])
        if size > _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _tokens(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Hash the words of encoded texts, eight bytes at a time: all of them as uint64, and each text's number.

    >>> tokens, counts = _tokens([b"To be, or not to be", b""])
    >>> counts.tolist(), (tokens[:2] == tokens[4:]).tolist()
    ([6, 0], [True, True])
    """
    joined = b"\0".join([b"", *texts, bytes(8)]).translate(_LETTERS)
    inside = np.frombuffer(joined, dtype=np.uint8) != 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    first, sizes = edges[::2], edges[1::2] - edges[::2]
    eights = np.ndarray(len(joined) - 7, dtype="<u8", buffer=joined, strides=(1,))
    tokens = eights[first] & _MASKS[np.minimum(sizes, 8)]
    longer = np.flatnonzero(sizes > 8)
    for done in range(8, _LONG, 8):
        part = eights[first[longer] + done] & _MASKS[np.minimum(sizes[longer] - done, 8)]
        tokens[longer] = tokens[longer] * _STEP + part
        longer = longer[sizes[longer] > done + 8]
    for k in longer.tolist():
        word = joined[first[k] : first[k] + sizes[k]]
        tokens[k] = int.from_bytes(blake2b(word, digest_size=8).digest(), "little")
    places = np.cumsum([1, *(len(text) + 1 for text in texts)])
    return mix(tokens), np.diff(first.searchsorted(places))


def _grams_of(tokens: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Combine the words of texts to hashes of their 5-grams: all of them, and how many each text has."""
    padded = np.where(lengths, np.maximum(lengths, SHINGLE), 0)  # a shorter text is one gram, padded
    ends = padded.cumsum()
    spread = np.zeros(ends[-1], dtype=np.uint64)
    spread[np.arange(len(tokens)) + np.repeat(ends - padded - (lengths.cumsum() - lengths), lengths)] = tokens
    grams = np.zeros(max(len(spread) - SHINGLE + 1, 0), dtype=np.uint64)
    for k in range(SHINGLE):
        grams *= _STEP
        grams += spread[k : k + len(grams)]
    counts = np.maximum(padded - SHINGLE + 1, 0)
    inside = np.arange(counts.sum()) + np.repeat(ends - padded - (counts.cumsum() - counts), counts)
    return mix(grams[inside]) >> np.uint64(64 - BITS), counts


def take(grams: np.ndarray, starts: np.ndarray, texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the grams of some texts, as `shingles` gives those of all.

    >>> [part.tolist() for part in take(np.array([7, 8, 9]), np.array([0, 2, 3]), np.array([1, 0, 1]))]
    [[9, 7, 8, 9], [0, 1, 3, 4]]
    """
    sizes = starts[texts + 1] - starts[texts]
    ends = np.append(0, sizes.cumsum())
    return grams[np.arange(ends[-1]) + np.repeat(starts[texts] - ends[:-1], sizes)], ends


def mix(x: np.ndarray) -> np.ndarray:
    """Scramble 64-bit integers so that near ones land far apart (the finaliser of splitmix64).

    >>> mix(np.array([0], dtype=np.uint64)).tolist() == [0xE220A8397B1DCDAF]
    True
    """
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x
