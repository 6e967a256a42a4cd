"""Refuses the numbers no plan can have, in one sentence, before a formula turns them into money."""

import math
from numbers import Integral, Real

from playbook.errors import PlaybookError


def positive(name: str, value: float) -> float:
    """Give back `value` as a float; refuse what is not a finite number above zero.

    >>> positive("tokens", 1e12)
    1000000000000.0
    >>> positive("tokens", -3)
    Traceback (most recent call last):
    playbook.errors.PlaybookError: tokens is -3: give a finite number above zero.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value <= 0:
        raise PlaybookError(f"{name} is {value!r}: give a finite number above zero.")
    return float(value)


def whole(name: str, value: int) -> int:
    """Give back `value` as an int; refuse what is not a whole number of at least one.

    >>> whole("layers", 96)
    96
    >>> whole("layers", 1.5)
    Traceback (most recent call last):
    playbook.errors.PlaybookError: layers is 1.5: give a whole number of at least 1.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise PlaybookError(f"{name} is {value!r}: give a whole number of at least 1.")
    return int(value)


def share(name: str, value: float) -> float:
    """Give back `value` as a float; refuse what is not above zero and at most one.

    >>> share("utilisation", 0.35)
    0.35
    >>> share("utilisation", 35)
    Traceback (most recent call last):
    playbook.errors.PlaybookError: utilisation is 35: give a share above 0 and up to 1.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value <= 1:
        raise PlaybookError(f"{name} is {value!r}: give a share above 0 and up to 1.")
    return float(value)
