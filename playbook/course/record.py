"""What a chapter reports: figures with their gates, and how a reader sees them."""

import math
import operator
import re
from dataclasses import dataclass, field
from typing import Any

from playbook.course.language import say
from playbook.errors import PlaybookError

FIGURE = "application/vnd.playbook.figure+json"
INPUT = "application/vnd.playbook.input+json"
DECISION = "application/vnd.playbook.decision+json"

_COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_GATE = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Value = bool | int | float | str


@dataclass(frozen=True)
class Figure:
    """One measured figure: what the article's way gives, what it missed, and what the better way gives."""

    key: str
    value: Value
    unit: str = ""
    textbook: Value | None = None
    measured: Value | None = None
    gate: str | None = None
    passed: bool | None = None


@dataclass
class Scorecard:
    """What a chapter has reported so far in this kernel."""

    chapter: str = ""
    parameters: dict[str, Value] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)


current = Scorecard()


def passes(value: Value, gate: str, key: str = "value") -> bool:
    """Say whether `value` satisfies `gate`, an operator and a number; the text is parsed, never evaluated.

    >>> passes(0.96, ">= 0.95"), passes(0.94, ">= 0.95")
    (True, False)
    """
    found = _GATE.fullmatch(gate)
    if not found:
        raise PlaybookError(
            f"report: the gate {gate!r} of {key} is not an operator and a number, as in '>= 0.95'."
        )
    if isinstance(value, str):
        raise PlaybookError(f"report: {key} is a text, and a gate needs a number: report the number.")
    return bool(_COMPARE[found[1]](value, float(found[2])))


def plain(value: Any) -> Any:  # noqa: ANN401
    """Turn a numpy scalar into the Python value that it holds; anything else stays as it is.

    >>> import numpy as np
    >>> plain(np.float64(0.5)), plain("a")
    (0.5, 'a')
    """
    return value.item() if hasattr(value, "item") and not getattr(value, "ndim", 0) else value


def show_number(value: Value | None) -> str:
    """Write a value as a reader likes it: thousands apart, four significant digits, nothing for None.

    >>> [show_number(v) for v in (1480, 12345.6, 0.12345, 6e18, True, "n/a", None)]
    ['1,480', '12,346', '0.1235', '6.00 × 10¹⁸', 'yes', 'n/a', '']
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if abs(value) >= 1e12:
        digits, _, power = f"{value:.2e}".partition("e+")
        return f"{digits} × 10{power.translate(_RAISED)}"
    return f"{value:,.0f}" if isinstance(value, int) or abs(value) >= 1000 else f"{value:.4g}"


def checked(key: str, name: str, value: object) -> Value | None:
    """Return a value that a figure can hold (finite number, text, bool, None), or raise PlaybookError."""
    if isinstance(value, float) and not math.isfinite(value):
        raise PlaybookError(f"report: the {name} of {key} is {value}: a figure has to be a finite number.")
    if value is not None and not isinstance(value, Value):
        kind = type(value).__name__
        raise PlaybookError(f"report: the {name} of {key} is a {kind}: give a number, a text or True/False.")
    return value


def _gate(figure: Figure) -> str:
    return f"{figure.gate} {say('passed' if figure.passed else 'failed')}" if figure.gate else ""


def line(figure: Figure) -> str:
    """Write a figure on one line.

    >>> line(Figure("data.cleaning.found", 1480, "documents", measured=547))
    'found: 1,480 documents (missed 547)'
    """
    notes = [
        f"{say(word)} {show_number(value)}"
        for word, value in (("textbook", figure.textbook), ("missed", figure.measured))
        if value is not None
    ]
    notes += [f"{say('gate')} {_gate(figure)}"] if figure.gate else []
    shown = f"{show_number(figure.value)} {figure.unit}".strip()
    return f"{figure.key.split('.')[-1]}: {shown}" + (f" ({'; '.join(notes)})" if notes else "")


def row(figure: Figure) -> list[str]:
    """Write a figure as a row of the table: name, textbook, measured, better, unit, gate.

    >>> row(Figure("data.cleaning.exact_found", 1480, "documents", textbook=933))
    ['exact found', '933', '', '1,480', 'documents', '']
    """
    numbers = [show_number(value) for value in (figure.textbook, figure.measured, figure.value)]
    return [figure.key.split(".")[-1].replace("_", " "), *numbers, figure.unit, _gate(figure)]
