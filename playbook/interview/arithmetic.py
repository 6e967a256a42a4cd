"""Checks the sums and the comparisons that the bank writes in words, without evaluating anything as code."""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from playbook.errors import PlaybookError
from playbook.interview.figures import Card, look_up
from playbook.interview.schema import KEY

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS = {"abs": abs, "min": min, "max": max, "round": round}
_KEY = re.compile(rf"\b({KEY})(?:\|(value|textbook|measured))?")

_SCALES = {
    "%": 1e-2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "万": 1e4,
    "亿": 1e8,
    "万亿": 1e12,
}
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:[eE][-+]?\d+)?"
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})(?:\s?(?P<scale>万亿|万|亿|%|thousand\b|million\b|billion\b|trillion\b))?"
    r"(?![\w.]*[a-zA-Z])|(?P<raised>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<no>[<>!=]=|==)|(?P<equals>[=≈＝])"
    r"|(?P<operator>\*\*|[-+*/()^×÷·−–（）]|(?<=[\d\s).])x(?=[\s\d(]))|(?P<space>[ ]+)|(?P<other>.)",
    re.S,
)
_PLAIN = {"×": "*", "·": "*", "x": "*", "÷": "/", "^": "**", "−": "-", "–": "-", "（": "(", "）": ")"}


def evaluate(expression: str, card: Card | None = None) -> Any:  # noqa: ANN401
    """Evaluate numbers, scorecard keys, + - * / **, comparisons, and/or/not, abs, min, max and round.

    The text is parsed and walked: nothing else in it is ever run. Raises PlaybookError for anything else,
    for a key that `card` does not have, and for a division by zero.

    >>> card = {"cost.cloud.hours": {"value": 120, "textbook": 50}}
    >>> evaluate("cost.cloud.hours > 2 * cost.cloud.hours|textbook and 2 ** 3 == 8", card)
    True
    """
    names: dict[str, Any] = {}

    def named(found: re.Match[str]) -> str:
        name = f"k{len(names)}"
        names[name] = look_up(card or {}, found[1], found[2] or "value")
        return name

    try:
        return _value(ast.parse(_KEY.sub(named, expression), mode="eval").body, names)
    except (SyntaxError, ArithmeticError, TypeError, RecursionError, MemoryError) as error:
        raise PlaybookError(f"{expression!r} cannot be worked out ({type(error).__name__})") from None


def wrong_sums(text: str) -> list[str]:
    """Give each equation in `text` whose two sides differ by more than the digits written allow.

    `=` is held to half a unit of the last digit written, `≈` to 5 %. What has letters in it is no sum.

    >>> wrong_sums("6 x 7e9 x 2e12 = 8.4e22, and 16 / 26 = 0.62, but 21 + 5 = 27")
    ['21 + 5 = 27']
    """
    return [shown for shown, left, right, unit in _equations(text) if not abs(left - right) <= unit]


def _equations(text: str) -> Iterator[tuple[str, float, float, float]]:
    """Give each equation: as written, both sides, and by how much they may differ."""
    tokens = list(_TOKEN.finditer(text))
    stops = [-1, *(i for i, token in enumerate(tokens) if token["equals"] or token["no"] or token["other"])]
    stops.append(len(tokens))
    runs = [(start, tokens[start + 1 : stop]) for start, stop in pairwise(stops)]
    for (_, left), (sign, right) in pairwise(runs):
        right = _balanced(right)
        numbers = [sum(bool(token["number"]) for token in side) for side in (left, right)]
        if not tokens[sign]["equals"] or min(numbers) < 1 or sum(numbers) < 3:
            continue
        sides = [_worked_out(left), _worked_out(right)]
        if None in sides:
            continue
        shown = "".join(t[0] for t in [*left, tokens[sign], *right]).strip()
        loose = 0.05 * abs(sides[0]) if tokens[sign][0] == "≈" else 0.0
        yield shown, sides[0], sides[1], max(_last_digit(right) / 2 * (1 + 1e-9), loose)


def _balanced(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Cut a right side where its sum ends: before a bracket that it did not open, or a trailing operator."""
    depth = 0
    for place, token in enumerate(tokens):
        depth += {"(": 1, "（": 1, ")": -1, "）": -1}.get(token[0], 0)
        if depth < 0:
            tokens = tokens[:place]
            break
    while tokens and (tokens[-1]["space"] or (tokens[-1]["operator"] and tokens[-1][0] not in ")）")):
        tokens = tokens[:-1]
    return tokens


def _worked_out(tokens: list[re.Match[str]]) -> float | None:
    parts = [_python(token) for token in tokens]
    try:
        return float(evaluate("".join(parts).strip()))
    except PlaybookError:
        # such as "the 12 = 12 that follow": no sum
        return None


def _python(token: re.Match[str]) -> str:
    if token["number"]:
        return repr(float(token["number"].replace(",", "")) * _SCALES.get(token["scale"], 1.0))
    if token["raised"]:
        return f"**({token['raised'].translate(_SUPERSCRIPT)})"
    return _PLAIN.get(token[0], token[0])


def _last_digit(tokens: list[re.Match[str]]) -> float:
    """One unit of the last digit written of the first number: 0.01 for 0.62, 1e21 for 8.4e22."""
    first = next(token for token in tokens if token["number"])
    mantissa, _, power = first["number"].lower().replace(",", "").partition("e")
    digits = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(power or 0) - digits) * _SCALES.get(first["scale"], 1.0)
    whole = _worked_out(tokens)
    factor = whole / float(_python(first)) if whole and float(_python(first)) else 1.0
    return unit * abs(factor)


def _value(node: ast.expr, names: dict[str, Any]) -> Any:  # noqa: ANN401
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as constant):
            return constant
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.BoolOp(op=op, values=values):
            results = [bool(_value(value, names)) for value in values]
            return all(results) if isinstance(op, ast.And) else any(results)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(operand, names))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return math.pow(_value(left, names), _value(right, names))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            sides = _value(left, names), _value(right, names)
            if not any(isinstance(side, str) for side in sides):
                return _OPERATORS[type(op)](*sides)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            values = [_value(one, names) for one in (left, *rest)]
            if all(type(op) in _OPERATORS for op in ops):
                pairs = zip(ops, pairwise(values), strict=True)
                return all(_OPERATORS[type(op)](*pair) for op, pair in pairs)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(argument, names) for argument in args))
    raise PlaybookError("only numbers, keys, + - * / **, comparisons, and, or, not, abs, min, max, round")
