"""Puts a run's figures into the texts of the bank: `{chapter.measure.figure}` becomes what was measured."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playbook.course import notebooks as books
from playbook.course.record import show_number
from playbook.errors import PlaybookError
from playbook.interview.schema import KEY, Question

Card = Mapping[str, Mapping[str, Any]]

BRACES = re.compile(r"\{([^{}]*)\}")
REFERENCE = re.compile(
    rf"(?P<key>{KEY})(?:\|(?P<part>value|textbook|measured))?(?::(?P<format>,?(?:\.\d)?[dfge%]?))?"
)


@cache
def reference(out: Path | None = None) -> Card:
    """Give all figures by key: of the run in the folder `out`, else those stored in the notebooks.

    Each figure is a dict of value, textbook, measured, unit, gate and cell. A chapter that was not run in
    `out` gives the figures stored in its notebook.
    """
    card: dict[str, Mapping[str, Any]] = {}
    for chapter in books.CHAPTERS:
        path = out / f"{chapter}.scorecard.json" if out else None
        if path and path.is_file():
            figures = _of_run(path)
        else:
            figures = books.reported(books.read(books.locate(chapter)))["figures"]
        card |= {figure["key"]: figure for figure in figures}
    return card


def look_up(card: Card, key: str, part: str = "value") -> Any:  # noqa: ANN401
    """Give the value of a key's part; PlaybookError when the scorecard does not have it.

    >>> look_up({"cost.cloud.price": {"value": 12.5}}, "cost.cloud.price")
    12.5
    """
    if key not in card:
        raise PlaybookError(f"no figure {key} is in the scorecard")
    value = card[key].get(part)
    if value is None:
        raise PlaybookError(f"the figure {key} has no {part}")
    return value


def fill(text: str, card: Card) -> str:
    """Replace each reference of `text`; raises PlaybookError for one that is malformed or has no figure.

    >>> card = {"data.cleaning.recall": {"value": 0.965, "textbook": 0, "measured": None}}
    >>> fill("found {data.cleaning.recall:.0%}, before {data.cleaning.recall|textbook}", card)
    'found 96%, before 0'
    """
    return BRACES.sub(lambda found: _filled(found[1], card), text)


def keys(text: str) -> set[str]:
    """Give the keys that a text refers to.

    >>> sorted(keys("{data.cleaning.recall:.0%} of {data.cleaning.copies|textbook}"))
    ['data.cleaning.copies', 'data.cleaning.recall']
    """
    found = (REFERENCE.fullmatch(inner) for inner in BRACES.findall(text))
    return {match["key"] for match in found if match}


def filled(question: Question, card: Card | None = None) -> Question:
    """Give the question with its texts filled from `card` (default: the notebooks' own figures)."""
    return Question.model_validate(_walk(question.model_dump(), reference() if card is None else card))


def _walk(node: Any, card: Card) -> Any:  # noqa: ANN401
    if isinstance(node, str):
        return fill(node, card)
    if isinstance(node, list):
        return [_walk(item, card) for item in node]
    if isinstance(node, dict):
        # patterns and expressions are no texts: who reads them looks their figures up
        return {
            name: item if name in {"accepts", "holds"} else _walk(item, card) for name, item in node.items()
        }
    return node


def _filled(inner: str, card: Card) -> str:
    found = REFERENCE.fullmatch(inner)
    if not found:
        raise PlaybookError(f"{{{inner}}} is no reference such as {{data.cleaning.near_duplicates|textbook}}")
    value = look_up(card, found["key"], found["part"] or "value")
    if not found["format"]:
        return show_number(value)
    if isinstance(value, str):
        raise PlaybookError(f"{{{inner}}} has a format for numbers, and {found['key']} is a text")
    return format(int(value) if found["format"].endswith("d") else value, found["format"])


def _of_run(path: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(path.read_text("utf-8"))["figures"])
    except (ValueError, KeyError, TypeError) as error:
        raise PlaybookError(
            f"{path} is no scorecard ({type(error).__name__}): run the chapter again."
        ) from None
