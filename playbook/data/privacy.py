"""Finds personal data in English and Chinese texts, and takes it out: redaction, pseudonyms, names."""

import hashlib
import hmac
import re
from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from playbook.data.anonymity import anonymity, generalise
from playbook.data.counts import laplace_error, private_counts
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Span", "anonymity", "evaluate", "find_names", "find_pii", "generalise", "laplace_error",
    "private_counts", "redact",
]  # fmt: skip

# Full-width forms, usual in Chinese input, one character each: offsets stay what they are.
_FULL_WIDTH = {0xFEE0 + code: code for code in map(ord, "0123456789@+-" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "x")}
# What a text calls an order or a version is one, though its digits may pass a weak check.
_LABELLED = re.compile(
    r"(?:\b(?:order|invoice|tracking|ticket|serial|batch|build|version|release|firmware|revision|section|isbn|imei|sku)"
    r"(?:\s*(?:no\.?|number|id|code))?"
    r"|(?:版本|固件|构建|订单|运单|工单|流水|批次|序列)(?:编?号码?)?|(?:升级|更新|回退)[到至]"
    r"|(?:快递|物流|产品|物料|设备|商品|合同|统一|货|单|条)(?:单号|编号|号码?|码))"
    r"\s*(?:is|为|是)?\s*[#:：=]?\s*[#vV]?$",
    re.IGNORECASE,
)
_WEAK = frozenset({"CN_BANK_CARD", "CN_MOBILE", "CREDIT_CARD", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN"})
_ANYTHING = re.compile(r"@|[0-9]{3}|[0-9]\.[0-9]{1,3}\.|[0-9a-fA-F]:[0-9a-fA-F]*:")
# Letters only: a pseudonym made of digits could be taken for a number again.
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class Span(NamedTuple):
    """Where in a text something personal stands, of which kind, how sure; never the value itself."""

    start: int
    end: int
    kind: str
    score: float


def find_pii(text: str) -> list[Span]:
    """Find e-mail addresses, cards, IBANs, IP addresses, US and Chinese identifiers in `text`.

    Gives spans in order, none overlapping another. Kinds are Presidio's (EMAIL_ADDRESS, CREDIT_CARD,
    IBAN_CODE, IP_ADDRESS, US_SSN, PHONE_NUMBER) and CN_RESIDENT_ID, CN_MOBILE, CN_BANK_CARD, CN_PASSPORT,
    CN_USCC. Score 1.0: a checksum or an official list agrees; below: the form agrees. Names and addresses
    have no form: see `find_names`. Raises PlaybookError where `text` is not a str.

    >>> [(span.start, span.end, span.kind) for span in find_pii("联系zhang@example.com或13800138000")]
    [(2, 19, 'EMAIL_ADDRESS'), (20, 31, 'CN_MOBILE')]
    """
    if not isinstance(text, str):
        raise PlaybookError(
            f"find_pii takes a text, not {type(text).__name__}: convert the column to str first."
        )
    plain = text.translate(_FULL_WIDTH)
    if not _ANYTHING.search(plain):
        return []
    from playbook.data.recognizers import recognizers

    found = [
        Span(result.start, result.end, result.entity_type, result.score)
        for recognizer in recognizers()
        for result in recognizer.analyze(plain, [])
    ]
    return _disjoint([span for span in found if not _is_labelled(plain, span)])


def _is_labelled(text: str, span: Span) -> bool:
    digits_only = span.kind == "CN_USCC" and text[span.start : span.end].isdigit()
    weak = span.kind in _WEAK or digits_only
    return weak and _LABELLED.search(text[max(0, span.start - 32) : span.start]) is not None


def _disjoint(spans: list[Span]) -> list[Span]:
    # The surer span wins, then the longer one, then the recogniser that comes first (sorted is stable).
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.score, span.start - span.end)):
        place = bisect(kept, span)
        after_left = place == 0 or kept[place - 1].end <= span.start
        before_right = place == len(kept) or span.end <= kept[place].start
        if after_left and before_right:
            kept.insert(place, span)
    return kept


def redact(text: str, key: bytes | None = None) -> str:
    """Replace what `find_pii` finds by `<KIND>`, or with a key by a pseudonym `<KIND:16 letters>`.

    A pseudonym is a truncated HMAC-SHA256: the same value gives the same one, however it is spaced, and
    nobody without the key can try all mobile numbers against it. Whoever holds the key can: under PIPL
    Art. 73 this is de-identification, not anonymisation. Redacting twice changes nothing. Raises
    PlaybookError for a key under 16 bytes.

    >>> redact("SSN 219-09-9999, card 4111 1111 1111 1111")
    'SSN <US_SSN>, card <CREDIT_CARD>'
    >>> key = b"kept apart from the data"
    >>> redact("手机138 0013 8000", key) == redact("手机13800138000", key)
    True
    """
    if key is not None and (not isinstance(key, bytes) or len(key) < 16):
        raise PlaybookError(
            "A pseudonym's key must be at least 16 bytes: use secrets.token_bytes(32), and keep it apart."
        )
    # What stood against a found value may only now be seen; a replacement is never found again.
    while spans := find_pii(text):
        pieces, end = [], 0
        for span in spans:
            value = text[span.start : span.end]
            label = span.kind if key is None else f"{span.kind}:{_pseudonym(span.kind, value, key)}"
            pieces += [text[end : span.start], f"<{label}>"]
            end = span.end
        text = "".join([*pieces, text[end:]])
    return text


def _pseudonym(kind: str, value: str, key: bytes) -> str:
    plain = value.translate(_FULL_WIDTH).lower()
    if kind not in {"EMAIL_ADDRESS", "IP_ADDRESS"}:
        plain = re.sub(r"[^0-9a-z]", "", plain)
    if kind == "CN_MOBILE":
        plain = plain[-11:]
    digest = hmac.new(key, f"{kind}\0{plain}".encode(), hashlib.sha256).hexdigest()
    return digest[:16].translate(_LETTERS)


@cache
def _models() -> tuple[Any, ...]:
    import spacy

    return tuple(spacy.load(name) for name in sorted(spacy.util.get_installed_models()))


def find_names(text: str) -> list[Span]:
    """Find people and places with the spaCy models installed here; with none installed, nothing is found.

    No pattern tells a name from another word: without a model the recall is 0, and `evaluate` says so.

    >>> all(span.kind in {"PERSON", "LOCATION"} for span in find_names("Ada Lovelace lived in London."))
    True
    """
    kinds = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION"}
    found = [
        Span(entity.start_char, entity.end_char, kinds[entity.label_], 0.85)
        for model in _models()
        for entity in model(text).ents
        if entity.label_ in kinds
    ]
    return _disjoint(found)


def evaluate(
    documents: Iterable[tuple[str, Sequence[Span]]], find: Callable[[str], Sequence[Span]] = find_pii
) -> "pd.DataFrame":
    """Hold what `find` finds against what was planted, span by span: exact start, end and kind.

    Gives a row a kind, planted or found: planted, found, right (counts), precision, recall, f1 (NaN where
    there is nothing to divide by).

    >>> evaluate([("IP 192.0.2.7", [Span(3, 12, "IP_ADDRESS", 1.0)])])["f1"].to_dict()
    {'IP_ADDRESS': 1.0}
    """
    import pandas as pd

    planted, found = set(), set()
    for number, (text, spans) in enumerate(documents):
        planted |= {(number, *span[:3]) for span in spans}
        found |= {(number, *span[:3]) for span in find(text)}
    groups = {"planted": planted, "found": found, "right": planted & found}
    kinds = {name: pd.Series([entry[3] for entry in group], dtype=str) for name, group in groups.items()}
    table = (
        pd.DataFrame({name: values.value_counts() for name, values in kinds.items()}).fillna(0).astype(int)
    )
    table["precision"] = table["right"] / table["found"]
    table["recall"] = table["right"] / table["planted"]
    table["f1"] = 2 * table["right"] / (table["found"] + table["planted"])
    return table.rename_axis("kind").sort_index()
