"""Tells the language of texts, and writes every text in one way, mojibake repaired."""

import unicodedata
from collections.abc import Sequence
from functools import cache

import pandas as pd

LANGUAGES = ("AR", "DE", "EN", "ES", "FR", "IT", "JA", "KO", "PT", "RU", "ZH")


@cache
def _detector() -> object:
    """Build lingua's detector; it loads the models of a language when it first meets one."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [IsoCode639_1.from_str(code) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def language(texts: Sequence[str] | pd.Series) -> pd.Series:
    """Tell the language of each text, as an ISO 639-1 code of `LANGUAGES`, from its first 400 characters.

    None where there is too little to tell from: under 20 bytes of UTF-8, or no letters. A language that is
    not in `LANGUAGES` is taken for a near one.

    >>> language(["The price of data is paid later.", "数据的代价总是后来才付。", "ok"]).tolist()
    ['en', 'zh', None]
    """
    series = pd.Series(texts, dtype=object)
    starts = [text[:400].strip() if isinstance(text, str) else "" for text in series]
    long = [start if len(start.encode("utf-8", "replace")) >= 20 else "" for start in starts]
    found = _detector().detect_languages_in_parallel_of(long)
    codes = [None if each is None else each.iso_code_639_1.name.lower() for each in found]
    return pd.Series(codes, index=series.index, dtype=object)


def normalise(text: str) -> str:
    r"""Repair mojibake, and write a text in one way: NFC, newlines as \n, no trailing space.

    Control characters go. Nothing that carries meaning changes: curly quotes, full-width Chinese marks,
    ligatures and HTML stay. Applied twice it gives what it gave once.

    >>> normalise("the cafÃ©  \r\nis open")
    'the café\nis open'
    """
    from ftfy import TextFixerConfig, fix_text

    config = TextFixerConfig(
        unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False
    )
    while True:
        fixed = unicodedata.normalize("NFC", fix_text(text, config))
        fixed = "\n".join(line.rstrip() for line in fixed.split("\n")).rstrip()
        if fixed == text:
            return text
        text = fixed
