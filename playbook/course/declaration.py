"""How a chapter declares its parameters: read from the source of a cell, without running it.

A declaration is `name: type = default  # [low, high] help`, `# {a, b, c} help` or `# help`, one a line.
"""

import ast
import io
import math
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError

TYPES = {"int": int, "float": float, "str": str, "bool": bool}
_KINDS = {"int": "a whole number", "float": "a number", "str": "a text", "bool": "True or False"}
_LIMITS = re.compile(r"\[\s*([-+.\deE_]+)\s*,\s*([-+.\deE_]+)\s*\]\s*|\{([^}]*)\}\s*")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; `low`/`high` bound a number, `choices` lists the only values allowed."""

    name: str
    type: str
    default: Any
    help: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def limits(self) -> str:
        """What values are allowed, as it is written in the declaration."""
        if self.choices:
            return "{" + ", ".join(self.choices) + "}"
        return "" if self.low is None else f"[{_short(self.low)}, {_short(self.high)}]"

    def read(self, text: str) -> Any:  # noqa: ANN401
        """Turn a text of the command line into a checked value.

        >>> Parameter("rows", "int", 100, low=1, high=1000).read("20")
        20
        """
        try:
            value = _WORDS[text.strip().lower()] if self.type == "bool" else TYPES[self.type](text)
        except (KeyError, ValueError):
            raise self._wrong(text) from None
        return self.check(value)

    def check(self, value: Any) -> Any:  # noqa: ANN401
        """Return `value` in its type; raise PlaybookError when type, range, choice or file is wrong."""
        if self.type == "float" and type(value) is int:
            value = float(value)
        if type(value) is not TYPES[self.type]:
            raise self._wrong(value)
        outside = self.low is not None and not self.low <= value <= self.high
        if outside or (self.choices and str(value) not in self.choices):
            raise self._wrong(value)
        if self.type == "float" and not math.isfinite(value):
            raise self._wrong(value)
        return readable(value) if self.name == "source" and self._is_path(value) else value

    def _is_path(self, value: str) -> bool:
        named = value == self.default or value in self.choices
        return not named and bool(re.search(r"[/\\.~]", value) or Path(value).exists())

    def _wrong(self, value: object) -> PlaybookError:
        wanted = _KINDS[self.type]
        if self.choices:
            wanted = f"one of {', '.join(self.choices)}"
        elif self.low is not None:
            wanted += f" from {_short(self.low)} to {_short(self.high)}"
        return PlaybookError(f"The parameter {self.name} is {value!r}, and has to be {wanted}.")


def readable(path: str) -> str:
    """Return the absolute path of a file that can be read and is not empty, or raise PlaybookError."""
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise PlaybookError(f"The parameter source names {path}, which is not a file: check the path.")
    try:
        with file.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        raise PlaybookError(
            f"The file {path} of the parameter source cannot be read: {error.strerror}."
        ) from None
    if empty:
        raise PlaybookError(f"The file {path} of the parameter source is empty: give one with rows in it.")
    return str(file)


def parse(source: str) -> list[Parameter] | None:
    """Read the declarations of a parameters cell; None when the cell is anything else.

    >>> parse("rows: int = 100  # [1, 1000] how many")
    [Parameter(name='rows', type='int', default=100, help='how many', low=1.0, high=1000.0, choices=())]
    >>> parse("x = 1") is None
    True
    """
    try:
        body = ast.parse(source).body
        comments = {t.start[0]: t.string for t in _tokens(source) if t.type == tokenize.COMMENT}
    except (SyntaxError, tokenize.TokenError):
        return None
    if not body or not all(isinstance(node, ast.AnnAssign) for node in body):
        return None
    return [_declaration(node, comments.get(node.lineno, "#")[1:].strip()) for node in body]


def table(rows: list[tuple[str, ...]]) -> str:
    """Set rows of texts in columns.

    >>> print(table([("name", "value"), ("rows", "100")]))
    name  value
    rows  100
    """
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def unknown_name(name: str, known: list[str]) -> str:
    """Say that a parameter is not known, with the near names.

    >>> unknown_name("row", ["rows", "seed"])
    "There is no parameter 'row': did you mean rows? `playbook parameters` lists them all."
    """
    import difflib

    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    offer = f"did you mean {' or '.join(near)}?" if near else f"the known ones are {', '.join(known)}."
    return f"There is no parameter {name!r}: {offer} `playbook parameters` lists them all."


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(source).readline))


def _declaration(node: ast.AnnAssign, comment: str) -> Parameter:
    name, kind = ast.unparse(node.target), ast.unparse(node.annotation)
    if kind not in TYPES or node.value is None:
        raise PlaybookError(f"The parameter {name} has to be declared as name: int|float|str|bool = default.")
    found = _LIMITS.match(comment)
    limits: dict[str, Any] = {}
    if found and found[3] is not None:
        limits["choices"] = tuple(choice.strip() for choice in found[3].split(","))
    elif found and kind in ("int", "float"):
        limits["low"], limits["high"] = float(found[1]), float(found[2])
    text = comment[found.end() :] if found else comment
    try:
        default = ast.literal_eval(node.value)
    except ValueError:
        raise PlaybookError(f"The default of the parameter {name} has to be a plain value.") from None
    parameter = Parameter(name, kind, float(default) if kind == "float" else default, text, **limits)
    parameter.check(parameter.default)
    return parameter


def _short(number: float) -> str:
    return f"{number:.0f}" if number == int(number) else f"{number:g}"
