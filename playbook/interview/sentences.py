"""Takes an answer apart: sentences, and whether one is a statement, a bare list, or the question again."""

import re
import unicodedata
from itertools import groupby

from playbook.interview.words import CLAUSE, FUNCTION, VERBS

_CJK = r"一-鿿"
# a full stop ends a sentence before white space, not in 0.7, e.g. or et al.
_END = re.compile(
    r"(?<=[。！？!?；;])|(?<=[.])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bal\.)(?<!\bcf\.)(?<!\bArt\.)"
    r"(?<!\bNo\.)(?<!\bapprox\.)(?=\s)|\n+"
)
_STRETCH = re.compile(r".{1,600}(?:(?<=[\s,，、])|$)|.{1,600}", re.S)
_FUNCTION_ZH = re.compile(
    r"[的了是在把被会要就也才都能应让使得给对从到为因所但如而且可需将与以只再先不没有做用算看比]"
)
_VERB_ZH = re.compile(
    r"[是会要用能把被让使得应需可做看算查量比给有没不找选减降加提保防留删标签训练测验报说问估付买租放写读改换拿按靠跑存传加解]"
)
_CLAUSE_ZH = re.compile(r"[是会要应能把被让我你他它就才都则了]")
_SHORT_EN, _SHORT_ZH = 4, 6
_RUN = {"en": 4, "zh": 5}
_MARKS = {"en": re.compile(r"([,，、|•·]+|\band\b|\s-\s)"), "zh": re.compile(r"([,，、|•·]+)")}
_LEAST_QUESTION = 8


def normal(text: str) -> str:
    """Fold width, case, quotation marks and superscripts, so that patterns meet one spelling.

    >>> normal("ＭｉｎＨａｓｈ isn’t 10²²")
    "minhash isn't 10^22"
    """
    text = re.sub(r"(?<=\d)([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"^\1", text)
    return unicodedata.normalize("NFKC", text).replace("’", "'").replace("−", "-").lower()


def split(answer: str) -> list[str]:
    r"""Split an answer at full stops, question and exclamation marks, semicolons and lines.

    >>> split("MinHash proposes, e.g. 0.7; Jaccard decides.\n精确比较。好")
    ['MinHash proposes, e.g. 0.7;', 'Jaccard decides.', '精确比较。', '好']
    """
    parts = [part.strip() for part in _END.split(answer) if part and part.strip()]
    # what a microphone wrote down has no full stops: long stretches are cut at a comma or a space
    return [piece.strip() for part in parts for piece in _STRETCH.findall(part) if piece.strip()]


def weight(sentence: str) -> int:
    """Count words; of Chinese, two characters are a word.

    >>> weight("MinHash 找近似重复"), weight("one two three")
    (3, 3)
    """
    return len(re.findall(r"[a-z0-9]+(?:['.,-][a-z0-9]+)*", normal(sentence))) + (
        len(re.findall(f"[{_CJK}]", sentence)) // 2
    )


def unlisted(sentence: str, lang: str) -> str:
    """Take out runs of short items without a clause in them: a list of keywords states nothing.

    >>> unlisted("We rely on MinHash, LSH, Jaccard, verification, recall and trust", "en")
    ''
    >>> unlisted("We plant copies, count them, and report the share that was found", "en")
    'We plant copies, count them, report the share that was found'
    """
    pieces = _MARKS[lang].split(sentence)
    pairs = zip(pieces[::2], [*pieces[1::2], ""], strict=True)
    items = [(item, mark) for item, mark in pairs if item.strip()]
    shorts = sum(_is_short(item, lang, strict=False) for item, _ in items)
    if shorts >= 2 * _RUN[lang] and shorts > 0.7 * len(items):
        return ""
    kept: list[str] = []
    for short, group in groupby(items, key=lambda item: _is_short(item[0], lang)):
        run = list(group)
        if not short or len(run) < _RUN[lang]:
            kept += [item + mark for item, mark in run]
        elif kept and weight(kept[-1]) <= _SHORT_EN + 2:
            # what opens the list ("We rely on MinHash") belongs to it
            kept.pop()
    return "".join(kept).strip()


def _is_short(item: str, lang: str, *, strict: bool = True) -> bool:
    """Whether an item is a few words without a clause; `strict`: without a preposition either."""
    if lang == "zh":
        return weight(item) <= _SHORT_ZH // 2 and not _CLAUSE_ZH.search(item)
    words = normal(item).split()
    return len(words) <= _SHORT_EN and not set(words) & (FUNCTION - {"of", "the", "a"} if strict else CLAUSE)


def is_statement(sentence: str, lang: str) -> bool:
    """Whether something is said: a verb and the small words that sentences have.

    >>> is_statement("Encrypt the weights with AES-GCM.", "en"), is_statement("LSH Jaccard recall", "en")
    (True, False)
    >>> is_statement("候选对要再算一次相似度。", "zh"), is_statement("去重 相似度 召回率 阈值", "zh")
    (True, False)
    """
    asks = sentence.rstrip("”\"' )）").endswith(("?", "？"))
    if weight(sentence) < (_LEAST_QUESTION if asks else 4):
        return False
    if lang == "zh" and re.search(f"[{_CJK}]", sentence):
        return bool(_VERB_ZH.search(sentence) and _FUNCTION_ZH.search(sentence))
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", normal(sentence))
    small = sum(word in FUNCTION or "'" in word for word in words)
    if not small:
        # "MinHash proposes similar pairs": telegraphic, with an inflected verb behind its subject
        return len(words) <= 10 and any(_is_verb(word) and word[-1] in "sd" for word in words[1:3])
    if small < len(words) // 12:
        return False
    return small >= max(3, len(words) // 4) or any(_is_verb(word) for word in words)


def _is_verb(word: str) -> bool:
    stems = {
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("d"),
        word.removesuffix("ed"),
    }
    stems |= {word.removesuffix("ing"), word.removesuffix("ing") + "e"}
    stems |= {stem[:-1] for stem in stems if len(stem) > 3 and stem[-1] == stem[-2]}
    stems |= {word[:-3] + "y"} if word.endswith("ies") else set()
    return bool(stems & VERBS) or "'" in word


def content(text: str) -> set[str]:
    """Give the words that carry meaning; of Chinese, pairs of characters.

    >>> sorted(content("How do you know it worked? 去重了"))
    ['know', 'worked', '去重', '重了']
    """
    folded = normal(text)
    words = {word for word in re.findall(r"[a-z0-9]+", folded) if word not in FUNCTION}
    runs = re.findall(f"[{_CJK}]+", folded)
    return words | {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


def echoes(sentence: str, asked: set[str]) -> bool:
    """Whether a sentence brings next to nothing that was not `asked` (the `content` of the question).

    >>> echoes("I would know that it worked.", content("How do you know it worked?"))
    True
    """
    said = content(sentence)
    # in pairs of characters a changed one shows twice
    return len(said - asked) < max(1, len(said) // (4 if sentence.isascii() else 3))
