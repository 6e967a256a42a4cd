"""Reads the numbers of a free answer with their units: 84 GB, 8.4e22 FLOPs, $1.2 million, 三分之一, 7 亿."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from playbook.interview.concepts import compiled
from playbook.interview.sentences import normal

_FAMILIES: dict[str, dict[str, float]] = {
    "bytes": {"byte": 1, "字节": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15}
    | {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40, "gigabyte": 1e9, "megabyte": 1e6},
    "bits": {"bit": 1, "比特": 1, "位": 1},
    "time": {
        "s": 1,
        "sec": 1,
        "second": 1,
        "秒": 1,
        "min": 60,
        "minute": 60,
        "分钟": 60,
        "h": 3600,
        "hr": 3600,
    }
    | {"hour": 3600, "小时": 3600, "day": 86400, "天": 86400, "日": 86400, "week": 604800, "周": 604800}
    | {"month": 2629746, "月": 2629746, "个月": 2629746, "year": 31556952, "年": 31556952},
    "share": {"%": 0.01, "percent": 0.01, "per cent": 0.01, "percentage point": 0.01, "个百分点": 0.01},
    "usd": {"$": 1, "usd": 1, "us$": 1, "dollar": 1, "美元": 1, "刀": 1},
    "cny": {"¥": 1, "yuan": 1, "元": 1, "rmb": 1, "cny": 1, "人民币": 1, "块": 1, "块钱": 1},
    "flops": {"flop": 1, "operation": 1, "次": 1, "次运算": 1, "次浮点运算": 1, "gflop": 1e9, "tflop": 1e12}
    | {"pflop": 1e15, "eflop": 1e18},
    "tokens": {"token": 1, "词元": 1, "标记": 1, "个token": 1, "个 token": 1, "个词元": 1},
    "parameters": {"parameter": 1, "param": 1, "参数": 1, "个参数": 1},
}
_UNITS = {name: (family, size) for family, names in _FAMILIES.items() for name, size in names.items()}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6}
_SCALES |= {"b": 1e9, "t": 1e12, "千": 1e3, "万亿": 1e12, "百万": 1e6, "十亿": 1e9, "万": 1e4, "亿": 1e8}
_SPELLED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_SPELLED |= {"ten": 10, "twelve": 12, "twenty": 20, "fifty": 50, "hundred": 100, "half": 0.5, "twice": 2}
_SPELLED |= {"a third": 1 / 3, "one third": 1 / 3, "a quarter": 0.25, "一半": 0.5, "两": 2, "double": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_HAN = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2}


class Quantity(NamedTuple):
    """A number as it stands in a text: value in the base unit of its family ("" when it has none)."""

    value: float
    family: str
    end: int


def _any(names: dict[str, float] | dict[str, tuple[str, float]]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_POWERS = r"\d{1,3}(?!\d)"
_QUANTITY = re.compile(
    rf"(?P<before>us\$|\$|¥|usd|rmb)?\s?(?<![\w.])(?P<sign>[-+](?=\d))?(?P<digits>{_DIGITS})"
    rf"(?:e(?P<e>[-+]?{_POWERS})|\s?(?:[x×*]\s?10\s?(?:\^|\*\*)\s?(?P<ten>-?{_POWERS})))?"
    rf"(?:\s?-?(?P<unit1>{_any(_UNITS)})(?:es|s)?(?![a-z])"
    rf"|\s?(?P<scale>{_any(_SCALES)})(?![a-z])(?:\s?-?(?P<unit2>{_any(_UNITS)})(?:es|s)?(?![a-z]))?)?"
)
_POWER = re.compile(r"(?<![\d.×x*]\s)(?<![\w.×*])10\s?(?:\^|\*\*)\s?(-?\d{1,3})(?!\d)")
_WORDS = re.compile(
    rf"(?<![a-z])(?P<word>{_any(_SPELLED)})(?![a-z])(?:\s(?P<scale>{_any(_SCALES)})(?![a-z]))?"
    rf"(?:[\s-]?(?P<unit>{_any(_UNITS)})(?:es|s)?(?![a-z]))?"
)
_HAN_NUMBER = re.compile(
    r"(?<![之一二两三四五六七八九十百千])[一二两三四五六七八九十百千]*[十百千][一二两三四五六七八九十百千零]*(?![万亿分])"
)
_PARTS = re.compile(
    r"(?P<under>[零一二两三四五六七八九十百\d]{1,6})分之(?P<over>[零一二两三四五六七八九十百\d]{1,6})"
    r"|(?P<tenths>[一二三四五六七八九])成"
)


@lru_cache(maxsize=512)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Give the numbers of a text in base units (bytes, seconds, shares of one, dollars, operations).

    >>> [(q.value, q.family) for q in quantities("16 GB in 2 hours for $1.5 million, 84 %")]
    [(16000000000.0, 'bytes'), (7200.0, 'time'), (1500000.0, 'usd'), (0.84, 'share')]
    >>> [q.value for q in quantities("八成，百分之六十，7 亿 token，8.4 x 10^22")]
    [700000000.0, 8.4e+22, 0.8, 0.6]
    """
    folded = normal(text)
    found = [*_written(folded), *_spelled(folded), *_shares(folded)]
    found += (Quantity(_han(one[0]), "", one.end()) for one in _HAN_NUMBER.finditer(folded))
    return (*found, *(Quantity(10.0 ** int(one[1]), "", one.end()) for one in _POWER.finditer(folded)))


def states(text: str, value: float, tolerance: float = 0.02, unit: str = "") -> bool:
    """Whether the text gives the value within the relative tolerance, and in the unit if one is asked for.

    >>> states("it needs 16,000 MB", 16, 0.05, "GB"), states("it needs 16 hours", 16, 0.05, "GB")
    (True, False)
    >>> states("recall was 96 %", 0.96), states("recall was 9.6", 0.96)
    (True, False)
    """
    folded = normal(text)
    wanted = [option.strip().lower() for option in unit.split("|") if option.strip()]
    return any(
        _fits(one, folded, value, tolerance, option)
        for one in quantities(text)
        for option in (wanted or [""])
    )


def _fits(one: Quantity, text: str, value: float, tolerance: float, unit: str) -> bool:
    singular = unit if unit in _UNITS else unit.removesuffix("s")
    family, size = _UNITS.get(singular, ("", 1.0))
    if family:
        bare_share = family == "share" and not one.family
        return (one.family == family or bare_share) and _near(one.value, value * size, tolerance)
    if not unit:
        percent = one.value * 100 if one.family == "share" else one.value
        return any(_near(number, value, tolerance) for number in (one.value, percent, *_unscaled(one)))
    behind = re.match(r"(?:\S+\s?){0,4}", text[one.end : one.end + 40].lstrip(" -"))
    numbers = (one.value, *_unscaled(one))
    return bool(behind and compiled(unit).search(behind[0])) and any(
        _near(n, value, tolerance) for n in numbers
    )


def _unscaled(one: Quantity) -> Iterator[float]:
    """Give the value in every unit of its family: who asks for 16 without a unit is content with 16 GB."""
    return (one.value / size for size in _FAMILIES.get(one.family, {}).values() if size != 1)


def _near(number: float, value: float, tolerance: float) -> bool:
    return abs(number - value) <= tolerance * (abs(value) or 1.0) * (1 + 1e-9)


def _written(text: str) -> Iterator[Quantity]:
    for found in _QUANTITY.finditer(text):
        power = min(int(found["e"] or found["ten"] or 0), 300)
        number = float(f"{found['digits'].replace(',', '')}e{power}") * _SCALES.get(found["scale"] or "", 1.0)
        number = -number if found["sign"] == "-" else number
        family, size = _UNITS.get(found["unit1"] or found["unit2"] or found["before"] or "", ("", 1.0))
        yield Quantity(number * size, family or ("cny" if found["before"] == "rmb" else ""), found.end())


def _spelled(text: str) -> Iterator[Quantity]:
    for found in _WORDS.finditer(text):
        family, size = _UNITS.get(found["unit"] or "", ("", 1.0))
        number = _SPELLED[found["word"]] * _SCALES.get(found["scale"] or "", 1.0)
        yield Quantity(number * size, family, found.end())


def _shares(text: str) -> Iterator[Quantity]:
    for found in _PARTS.finditer(text):
        if found["tenths"]:
            yield Quantity(_HAN[found["tenths"]] / 10, "share", found.end())
        elif under := _han(found["under"]):
            yield Quantity(_han(found["over"]) / under, "share", found.end())


def _han(text: str) -> float:
    """Read a whole number below ten thousand, such as 二十五 or 一千四百."""
    if text.isdigit():
        return float(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _PLACES:
            total += (digit or 1) * _PLACES[sign]
            digit = 0
        else:
            digit = _HAN.get(sign, 0) if not sign.isdigit() else int(sign)
    return float(total + digit)
