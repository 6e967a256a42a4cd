"""Compiles the concept patterns of the bank: alternatives of words, with any ending where a `*` stands."""

import re
from functools import cache

from playbook.interview.sentences import normal

_GAP = r"[\s_-]*"


@cache
def compiled(concept: str) -> re.Pattern[str]:
    """Compile a concept, such as "near duplicate* | similar", for use on a normalised sentence.

    Spaces, hyphens and underscores do not matter; English words match at their borders, with a free plural;
    Chinese matches anywhere, and a `*` in it stands for up to eight characters.

    >>> bool(compiled("near duplicate | lsh").search("it finds near-duplicates"))
    True
    >>> bool(compiled("lsh").search("polshed")), bool(compiled("降低*成本").search("降低了训练的成本"))
    (False, True)
    """
    return re.compile("|".join(_option(option) for option in concept.split("|")))


def spans(concept: str, sentence: str) -> list[tuple[int, int]]:
    """Give every place where the concept stands in the normalised sentence.

    >>> spans("cop*", "plant copies and copy them")
    [(6, 12), (17, 21)]
    """
    return [found.span() for found in compiled(concept).finditer(sentence) if found.group()]


def _option(option: str) -> str:
    words = [word for word in re.split(r"[\s_-]+", normal(option)) if word]
    body = _GAP.join(_word(word) for word in words)
    last = words[-1]
    start = r"(?<![a-z0-9])" if re.match("[a-z0-9]", words[0]) else ""
    if last.endswith("*") or not re.search("[a-z0-9]$", last):
        return f"{start}{body}"
    plural = "(?:s|es)?" if last[-1].isalpha() else ""
    return f"{start}{body}{plural}(?![a-z0-9])"


def _word(word: str) -> str:
    any_letters = "[a-z0-9]*" if word.isascii() else r"[^,，。;；]{0,8}?"
    return any_letters.join(re.escape(part) for part in word.split("*"))
