"""Recognisers for Presidio: patterns that hold in running Chinese text, and the official check of each."""

import ipaddress
from collections.abc import Callable
from functools import cache

import phonenumbers
import tldextract
from presidio_analyzer import Pattern, PatternRecognizer

from playbook.data import checksums

# To \b a Chinese character is a word character: "电话13800138000转" has no \b around its number.
_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
# A number is not part of a longer one: 2024-13800138000, 0.13800138000, 4111111111111111.50.
_LEFT, _RIGHT = _START + r"(?<![0-9][-.])(?<!\+)", _END + r"(?![-.][0-9])"

_EMAIL = (
    r"(?<![A-Za-z0-9À-ɏ_.%+-])[A-Za-z0-9À-ɏ_](?:[A-Za-z0-9À-ɏ_.%+'-]{0,62}[A-Za-z0-9À-ɏ_+-])?"
    # Atomic, and no path behind it: git@example.com:team/code is the address of a repository.
    r"@(?>(?:[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ-]{0,61}[A-Za-z0-9À-ɏ])?\.)+[A-Za-z]{2,24})"
    + _END
    + r"(?!:[A-Za-z0-9~/])"
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = (
    rf"(?<![A-Za-z0-9.])(?<![A-Za-z][/-]){_OCTET}(?:\.{_OCTET}){{3}}(?:/(?:3[0-2]|[12]?[0-9])(?![0-9]))?"
    + _END
    + r"(?!\.[0-9])"
)
_IPV6 = (
    r"(?<![A-Za-z0-9:.])[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){1,7}(?:::)?(?:/[0-9]{1,3}(?![0-9]))?"
    + _END
    + r"(?!:[A-Za-z0-9])"
)
# Length by country, from the IBAN registry (ISO 13616): knowing it, the words behind an IBAN stay out of it.
_IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
    21: "CH CR HR LI LV", 22: "BG BH DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
    32: "LC", 33: "RU",
}  # fmt: skip
_SSN_CONTEXT = r"(?<=(?i:\bssn|social security(?: number| no\.?)?|社会安全号码?)[^0-9\n]{0,12})"
_MOBILE = (
    r"(?:(?:(?<![0-9])\+|00)?86[- ]?)?1(?:3[0-9]|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])"
    r"([- ]?)[0-9]{4}\1[0-9]{4}"
)
_PHONES = (
    r"(?<![A-Za-z0-9+])\+[1-9][0-9]{0,2}(?:[ -]?\(?[0-9]{1,4}\)?){2,6}" + _RIGHT,
    r"(?<![A-Za-z0-9+(])(?<![0-9][-.])(?:1[-. ])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])"
    r"[2-9][0-9]{2}[-. ][0-9]{4}" + _RIGHT,
    _LEFT + r"(?:0[1-9][0-9]{1,2}-|\(0[1-9][0-9]{1,2}\) ?)[2-8][0-9]{6,7}" + _RIGHT,
)
_PASSPORT = (
    _START + r"(?=[EGDSP][A-Z]?[0-9]{7})(?<=(?i:护照|passport)[^\n]{0,24})"
    r"(?:[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DSP]E?[0-9]{7,8})" + _END
)
# A resident ID with a wrong check digit is not a company.
_USCC = (
    r"(?![1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X])"
    r"(?:[159NY][1239]|[24678A][129]|3[1-59])[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
)


class CheckedRecognizer(PatternRecognizer):
    """A Presidio recogniser of one kind whose matches must pass a check: add it to any Presidio registry.

    `check` takes the match and says True (certain), False (refused) or None (the pattern's score stands).
    """

    def __init__(
        self, kind: str, patterns: list[str], check: Callable[[str], bool | None], score: float = 0.8
    ) -> None:
        self.check = check
        named = [Pattern(kind, pattern, score) for pattern in patterns]
        super().__init__(kind, name=f"Checked{kind}", patterns=named, global_regex_flags=0)

    def validate_result(self, pattern_text: str) -> bool | None:
        """Check a match; see Presidio's PatternRecognizer."""
        return self.check(pattern_text)


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "").replace("\u00a0", "")


def _on_bare(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: check(_bare(text))


@cache
def _suffixes() -> Callable[[str], str]:
    # The list inside the package: by default tldextract would ask the network for a newer one.
    extract = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    return lambda domain: extract(domain).suffix


def _email(address: str) -> bool:
    domain = address.rpartition("@")[2]
    local = {"example", "internal", "invalid", "lan", "local", "test"}
    return ".." not in address and (bool(_suffixes()(domain)) or domain.rpartition(".")[2].lower() in local)


def _ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Interface(text)
    except ValueError:
        return False
    groups = text.partition("/")[0].split(":")
    # std::vector, a::b and fingerprints of eight bytes are valid IPv6 too, and are not addresses of anybody.
    long = len(groups[0]) == 4 or len(groups) > 4
    return long and any(len(group) > 2 for group in groups) and any(map(str.isdigit, text))


def _ip(text: str) -> bool | None:
    return _ipv6(text) if ":" in text else None


def _ssn(text: str) -> bool | None:
    digits = "".join(filter(str.isdigit, text))
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    refused = area in {"000", "666"} or area[0] == "9" or group == "00" or serial == "0000"
    return False if refused else None


def _phone(text: str) -> bool | None:
    region = "CN" if text.lstrip("(").startswith("0") else "US"
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
    return None if valid else False


def _grouped(prefix: str, length: int) -> str:
    # Fours, as on the card: 4111 1111 1111 1111, with hyphens, or without anything between.
    fours, rest = divmod(length - 4, 4)
    groups = [r"\1[0-9]{4}"] * (fours - 1) + ([rf"\1[0-9]{{{rest}}}"] if rest else [])
    alone = r"(?:(?=[0-9]{5})|(?<![0-9]{4}[ -]))"  # no group of four before the first: that is an IBAN
    return rf"{_LEFT}(?={prefix}){alone}[0-9]{{4}}([ -]?)[0-9]{{4}}{''.join(groups)}{_RIGHT}"


def _cards() -> list[str]:
    amex = rf"{_LEFT}(?=3[47]|2131|1800)[0-9]{{4}}([ -]?)[0-9]{{6}}\1[0-9]{{5}}{_RIGHT}"
    diners = rf"{_LEFT}(?=30[0-5]|3[689])[0-9]{{4}}([ -]?)[0-9]{{6}}\1[0-9]{{4}}{_RIGHT}"
    second = r"22(?:2[1-9]|[3-9][0-9])|2[3-6][0-9]{2}|27(?:[01][0-9]|20)"
    sixteen = rf"4|5[1-5]|{second}|6011|64[4-9]|65|35"
    long = r"4|6011|64[4-9]|65|35"
    maestro = r"50[0-9]|5[6-8]|6304|6390|0604|67"
    lengths = [_grouped(sixteen, 16), _grouped(long, 19), rf"{_LEFT}4[0-9]{{12}}{_RIGHT}"]
    return [amex, diners, *lengths, _grouped(maestro, 12), _grouped(maestro, 16)]


def _ibans() -> list[str]:
    patterns = []
    for length, countries in _IBAN_LENGTHS.items():
        fours, rest = divmod(length - 4, 4)
        tail = rf"[ \u00a0-]?[A-Z0-9]{{{rest}}}" if rest else ""
        start = f"(?:{countries.replace(' ', '|')})[0-9]{{2}}"
        patterns.append(rf"{start}(?:[ \u00a0-]?[A-Z0-9]{{4}}){{{fours}}}{tail}")
    return [rf"{_START}(?=[A-Z]{{2}}[0-9]{{2}})(?:{'|'.join(patterns)}){_END}"]


@cache
def recognizers() -> tuple[CheckedRecognizer, ...]:
    """Build the recognisers once; the order decides between two kinds that claim the same characters.

    >>> [span.entity_type for span in recognizers()[0].analyze("身份证11010519491231002X。", [])]
    ['CN_RESIDENT_ID']
    """
    unionpay = [_grouped("62|81[0-7]|955[89]", length) for length in (16, 17, 18, 19)]
    resident = _LEFT + r"[1-8][0-9]{5}([ -]?)(?:19|20)[0-9]{6}\1[0-9]{3}[0-9Xx]" + _RIGHT
    ssn = [
        _LEFT + r"[0-9]{3}-[0-9]{2}-[0-9]{4}" + _RIGHT,
        _LEFT + r"(?=[0-9]{3})" + _SSN_CONTEXT + r"[0-9]{3}([ .]?)[0-9]{2}\1[0-9]{4}" + _RIGHT,
    ]
    return (
        CheckedRecognizer("CN_RESIDENT_ID", [resident], _on_bare(checksums.resident_id)),
        CheckedRecognizer("IBAN_CODE", _ibans(), _on_bare(checksums.iban)),
        CheckedRecognizer("CN_BANK_CARD", unionpay, _on_bare(checksums.luhn)),
        CheckedRecognizer("CREDIT_CARD", _cards(), _on_bare(checksums.luhn)),
        CheckedRecognizer("CN_USCC", [_START + _USCC + _END], checksums.credit_code),
        CheckedRecognizer("EMAIL_ADDRESS", [_EMAIL], _email),
        CheckedRecognizer("IP_ADDRESS", [_IPV4, _IPV6], _ip),
        CheckedRecognizer("US_SSN", ssn, _ssn),
        CheckedRecognizer("CN_MOBILE", [_LEFT + _MOBILE + _RIGHT], lambda text: None),
        CheckedRecognizer("CN_PASSPORT", [_PASSPORT], lambda text: None, 0.7),
        CheckedRecognizer("PHONE_NUMBER", list(_PHONES), _phone, 0.6),
    )  # fmt: skip
