"""Applies the published quality rules of Gopher, C4 and FineWeb to texts, in English and in Chinese."""

import operator
from collections.abc import Sequence

import pandas as pd

from playbook.data.languages import language, normalise
from playbook.data.signals import WRITINGS, measure
from playbook.errors import PlaybookError

__all__ = ["RULES", "language", "normalise", "quality_figures", "quality_rules"]

_GOPHER = "Rae et al. 2021, Gopher"
_C4 = "Raffel et al. 2020, C4"
_FINEWEB = "Penedo et al. 2024, FineWeb"
# A text goes when its figure stands so to the threshold. The Chinese ones are the English ones in characters,
# a word being 1.6 of them, but where a word has no counterpart: see `quality_figures`.
RULES = pd.DataFrame(
    [
        ("gopher_few_words", _GOPHER, "<", 50, 80),
        ("gopher_many_words", _GOPHER, ">", 100_000, 160_000),
        ("gopher_short_words", _GOPHER, "<", 3, 3),
        ("gopher_long_words", _GOPHER, ">", 10, 30),
        ("gopher_symbols", _GOPHER, ">", 0.1, 0.06),
        ("gopher_bullet_lines", _GOPHER, ">", 0.9, 0.9),
        ("gopher_ellipsis_lines", _GOPHER, ">", 0.3, 0.3),
        ("gopher_letters", _GOPHER, "<", 0.8, 0.6),
        ("gopher_stop_words", _GOPHER, "<", 2, 2),
        ("gopher_repeated_lines", _GOPHER, ">", 0.3, 0.3),
        ("gopher_repeated_line_characters", _GOPHER, ">", 0.2, 0.2),
        ("gopher_repeated_paragraphs", _GOPHER, ">", 0.3, 0.3),
        ("gopher_repeated_paragraph_characters", _GOPHER, ">", 0.2, 0.2),
        *((f"gopher_top_{n}_gram", _GOPHER, ">", t, t) for n, t in ((2, 0.20), (3, 0.18), (4, 0.16))),
        *((f"gopher_repeated_{n}_grams", _GOPHER, ">", (20 - n) / 100, (20 - n) / 100) for n in range(5, 11)),
        ("c4_short_lines", _C4, ">=", 1, 1),
        ("c4_long_words", _C4, ">=", 1, 1),
        ("c4_javascript", _C4, ">=", 1, 1),
        ("c4_policy", _C4, ">=", 1, 1),
        ("c4_line_ends", _C4, ">=", 1, 1),
        ("c4_sentences", _C4, "<", 5, 3),
        ("c4_lorem_ipsum", _C4, ">=", 1, 1),
        ("c4_curly_bracket", _C4, ">=", 1, 1),
        ("fineweb_line_ends", _FINEWEB, "<=", 0.12, 0.12),
        ("fineweb_short_lines", _FINEWEB, ">=", 0.67, 0.67),
        # The released code has 0.01, section 3.6 of the paper 0.1.
        ("fineweb_repeated_line_characters", _FINEWEB, ">=", 0.01, 0.01),
        ("fineweb_newlines", _FINEWEB, ">", 0.3, 0.19),
    ],
    columns=["rule", "source", "removes", "en", "zh"],
).set_index("rule")
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def quality_rules(texts: Sequence[str] | pd.Series, language: str = "en") -> pd.DataFrame:
    """Say which published rules would remove which text: a row a text, a column a rule of `RULES`, boolean.

    `language` "zh" takes the Chinese variant. A missing text counts as empty. Raises PlaybookError for
    another language: the thresholds were published for English, and are translated to Chinese only.

    >>> found = quality_rules(["Click here ... { }", None]).loc[0]
    >>> found[found].index.tolist()[:3]
    ['gopher_few_words', 'gopher_short_words', 'gopher_symbols']
    """
    figures = quality_figures(texts, language)
    return pd.DataFrame(
        {rule: _COMPARE[row["removes"]](figures[rule], row[language]) for rule, row in RULES.iterrows()},
        index=figures.index,
    )


def quality_figures(texts: Sequence[str] | pd.Series, language: str = "en") -> pd.DataFrame:
    """Measure what the rules compare with their thresholds: a row a text, a column a rule of `RULES`.

    English words stand between white space. In Chinese a character is a word, an n-gram of words one of 1.6 n
    characters, the length of words that of unbroken runs of Chinese characters, letters their share
    of the words (a Latin word or a number is one). Where
    C4 drops lines, the figure is the share of lines dropped: a rule removes a text of which it leaves none.
    `c4_sentences` counts the sentences left, without the rule on line ends, as FineWeb did.

    >>> round(quality_figures(["It is. Is it not?"])["gopher_short_words"].item(), 2)
    2.6
    """
    if language not in WRITINGS:
        raise PlaybookError(f"quality_rules: no rules for the language {language!r}: choose en or zh.")
    series = pd.Series(texts, dtype=object)
    rows = [measure(text if isinstance(text, str) else "", language) for text in series]
    return pd.DataFrame(rows, index=series.index, columns=RULES.index, dtype=float).rename_axis(columns=None)
