"""Measures in one text what the published quality rules look at: words, lines, sentences, repetition."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from string import punctuation

from playbook.data.minhash import WORD

# A Chinese word has 1.54 to 1.71 characters in the four corpora of the second SIGHAN bakeoff (Emerson, 2005).
CHARACTERS_A_WORD = 1.6
_LETTER = re.compile(r"[^\W\d_]")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_STOP = frozenset(["the", "be", "to", "of", "and", "that", "have", "with"])
_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


@dataclass(frozen=True)
class _Writing:
    """What a word, a sentence and a line are in one language."""

    words: Callable[[str], list[str]]
    scale: float  # units a word: the length of n-grams
    stop: frozenset[str]
    ends: tuple[str, ...]
    sentence: re.Pattern  # the place between two sentences of a line
    line_words: int
    short_line: int
    policy: tuple[str, ...]


WRITINGS = {
    "en": _Writing(
        str.split, 1, _STOP, (".", "?", "!", '"', "'"),
        re.compile(r"[.!?][\"')\]]{0,2}\s+\S"), 3, 30, _POLICY,
    ),
    # The stop characters are the commonest; 30 English characters are 5 words or 8 Chinese characters.
    "zh": _Writing(
        WORD.findall, CHARACTERS_A_WORD, frozenset("的了是在和有不一"), tuple("。？！”’」』"),
        re.compile("[。！？!?][”’」』）]?(?=[^。！？!?”’」』）])"), 5, 8,
        (*_POLICY, "使用条款", "服务条款", "隐私政策", "隐私权政策", "使用cookie", "使用 cookie"),
    ),
}  # fmt: skip


def measure(text: str, language: str) -> dict[str, float]:
    """Measure one text: a figure for each rule of `quality.RULES`; see `quality.quality_figures`."""
    own = WRITINGS[language]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    split = [own.words(line) for line in lines]
    words = [word for line in split for word in line]
    size = sum(map(len, lines)) or 1
    repeated, repeated_characters = _repeats(lines)
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    share, share_characters = _repeats(paragraphs)
    return {
        **_gopher(text, lines, words, language),
        **_grams(words, own.scale),
        **_c4(lines, split, own),
        "gopher_repeated_lines": repeated / max(len(lines), 1),
        "gopher_repeated_line_characters": repeated_characters / size,
        "gopher_repeated_paragraphs": share / max(len(paragraphs), 1),
        "gopher_repeated_paragraph_characters": share_characters / max(sum(map(len, paragraphs)), 1),
        "fineweb_line_ends": sum(line.endswith(own.ends) for line in lines) / max(len(lines), 1),
        "fineweb_short_lines": sum(len(line) <= own.short_line for line in lines) / max(len(lines), 1),
        "fineweb_repeated_line_characters": repeated_characters / size,
        "fineweb_newlines": text.count("\n") / max(len(words), 1),
    }


def _gopher(text: str, lines: list[str], words: list[str], language: str) -> dict[str, float]:
    """Measure what Gopher's quality rules look at."""
    own, count, rows = WRITINGS[language], max(len(words), 1), max(len(lines), 1)
    if language == "zh":
        runs = [len(run) for run in _CHINESE.findall(text)]
        length, letters = sum(runs) / max(len(runs), 1), sum(runs) / count
    else:
        length = sum(map(len, words)) / count
        letters = sum(_LETTER.search(word) is not None for word in words) / count
    return {
        "gopher_few_words": len(words),
        "gopher_many_words": len(words),
        "gopher_short_words": length,
        "gopher_long_words": length,
        "gopher_symbols": max(text.count("#"), text.count("...") + text.count("…")) / count,
        "gopher_bullet_lines": sum(line.startswith(("•", "●", "·")) for line in lines) / rows,
        "gopher_ellipsis_lines": sum(line.endswith(("...", "…")) for line in lines) / rows,
        "gopher_letters": letters,
        "gopher_stop_words": len(own.stop.intersection(word.strip(punctuation).lower() for word in words)),
    }


def _repeats(parts: list[str]) -> tuple[int, int]:
    """Count the parts that stood there before, and their characters."""
    distinct = set(parts)
    return len(parts) - len(distinct), sum(map(len, parts)) - sum(map(len, distinct))


def _grams(words: list[str], scale: float) -> dict[str, float]:
    """Measure the share of characters in the commonest n-gram, and in n-grams that stood there before."""
    total, figures, distinct = sum(map(len, words)) or 1, {}, False
    for n in range(2, 11):
        width = round(n * scale)
        # Longer n-grams are all different once the shorter ones are.
        grams = [] if distinct else list(map(hash, zip(*(words[i:] for i in range(width)), strict=False)))
        distinct = len(set(grams)) == len(grams)
        name = f"gopher_top_{n}_gram" if n < 5 else f"gopher_repeated_{n}_grams"
        characters = 0 if distinct else (_top if n < 5 else _again)(grams, words, width)
        figures[name] = min(characters / total, 1)
    return figures


def _top(grams: list[int], words: list[str], width: int) -> int:
    """Count the characters in all places of the commonest n-gram."""
    gram, count = Counter(grams).most_common(1)[0]
    start = grams.index(gram)
    return count * sum(map(len, words[start : start + width]))


def _again(grams: list[int], words: list[str], width: int) -> int:
    """Count the characters in n-grams that stood there before, none twice."""
    seen: set[int] = set()
    start = characters = 0
    while start < len(grams):
        again = grams[start] in seen
        characters += sum(map(len, words[start : start + width])) if again else 0
        seen.add(grams[start])
        start += width if again else 1
    return characters


def _c4(lines: list[str], split: list[list[str]], own: _Writing) -> dict[str, float]:
    """Measure what C4 looks at: the share of lines that each rule drops, and the sentences that are left."""
    lower = [line.lower() for line in lines]
    dropped = {
        "c4_short_lines": [len(words) < own.line_words for words in split],
        "c4_long_words": [len(line) > 1000 and max(map(len, line.split())) > 1000 for line in lines],
        "c4_javascript": ["javascript" in line for line in lower],
        "c4_policy": [any(phrase in line for phrase in own.policy) for line in lower],
    }
    kept = [line for line, *gone in zip(lines, *dropped.values(), strict=True) if not any(gone)]
    dropped["c4_line_ends"] = [not line.endswith(own.ends) or line.endswith("...") for line in lines]
    return {
        **{rule: sum(gone) / max(len(gone), 1) for rule, gone in dropped.items()},
        "c4_sentences": sum(1 + len(own.sentence.findall(line)) for line in kept),
        "c4_lorem_ipsum": float(any("lorem ipsum" in line for line in lower)),
        "c4_curly_bracket": float(any("{" in line for line in lines)),
    }
