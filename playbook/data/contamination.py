"""Finds training texts that contain pieces of an evaluation set: a model that has seen the test passes it."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from playbook.data.minhash import WORD
from playbook.data.signals import CHARACTERS_A_WORD
from playbook.errors import PlaybookError

_MARKS = re.compile(r"[^\w\s]|_")


def contaminated(texts: Sequence[str], evaluation: Sequence[str], n: int = 12) -> np.ndarray:
    """Say which texts share `n` words in a row with an evaluation text: an array of bool, one a text.

    Words are compared in lower case without punctuation ("Don't" is "dont"), as by GPT-3 (Brown et al. 2020,
    appendix C, 13 words) and datatrove (12 words). An evaluation text that is mostly Chinese is looked for by
    `round(1.6 n)` characters instead: a Chinese word has 1.6, so 19 characters are as much text as 12 words,
    and as unlikely to agree by chance. Time grows with the number of words.

    An evaluation text shorter than that cannot be found. Raises PlaybookError where all of them are, and for
    `n` below 1.

    >>> test = ["Which of these four planets has the longest day of them all?"]
    >>> contaminated(["Q: which of these four planets has the longest day of them all", "No."], test)
    array([ True, False])
    """
    if n < 1:
        raise PlaybookError(f"contaminated: n is {n}: give a number of words of 1 or more.")
    index: dict[int, set[tuple[str, ...]]] = {}
    for text in evaluation:
        words = _words(text)
        unspaced = sum(len(word) == 1 and word > "\u3040" for word in words)
        width = round(CHARACTERS_A_WORD * n) if unspaced > len(words) / 2 else n
        index.setdefault(width, set()).update(_grams(words, width))
    if not any(index.values()):
        raise PlaybookError(f"contaminated: no evaluation text has {n} words: take a smaller n.")
    found = np.zeros(len(texts), dtype=bool)
    for i, text in enumerate(texts):
        words = _words(text)
        found[i] = any(not grams.isdisjoint(_grams(words, width)) for width, grams in index.items())
    return found


def _words(text: str) -> list[str]:
    """Split a text into lower-case words without marks; a Chinese or Japanese character is a word."""
    return WORD.findall(_MARKS.sub("", text.lower())) if isinstance(text, str) else []


def _grams(words: list[str], width: int) -> Iterator[tuple[str, ...]]:
    """Give every run of `width` words."""
    return zip(*(words[i:] for i in range(width)), strict=False)
