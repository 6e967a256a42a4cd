"""Gives a table's columns names of their own and one type each, whatever the format it was read from."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count

import pandas as pd

MOST_COLUMNS = 10_000
MOST_CELLS = 200_000_000
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


class UnreadableError(ValueError):
    """Why a file cannot be read: the end of a sentence that begins with the file's name."""


def check_size(columns: int, rows: int = 1) -> None:
    """Raise UnreadableError for a table of more than MOST_COLUMNS columns or MOST_CELLS cells.

    >>> check_size(20_000)
    Traceback (most recent call last):
    playbook.data.columns.UnreadableError: has 20,000 columns, more than 10,000: keep those that you need
    """
    if columns > MOST_COLUMNS:
        raise UnreadableError(
            f"has {columns:,} columns, more than {MOST_COLUMNS:,}: keep those that you need"
        )
    if columns * rows > MOST_CELLS:
        raise UnreadableError(f"has {columns:,} columns in {rows:,} rows: keep those that you need")


def unique_names(fields: Sequence[object]) -> list[str]:
    """Give every column a name of its own: "column 2" where it has none, "text.1" where it is repeated.

    Raises UnreadableError for more than MOST_COLUMNS columns.

    >>> unique_names(["text", None, "text"])
    ['text', 'column 2', 'text.1']
    """
    check_size(len(fields))
    names: dict[str, None] = {}
    tried: dict[str, Iterator[int]] = defaultdict(lambda: count(1))
    for number, field in enumerate(fields, start=1):
        name = base = ("" if field is None else str(field)).strip() or f"column {number}"
        while name in names:
            name = f"{base}.{next(tried[base])}"
        names[name] = None
    return list(names)


def written(column: pd.Series) -> pd.Series:
    """Make a column of texts numeric where that loses nothing: 007 and 1.10 stay text.

    >>> written(pd.Series(["1", None, "2"])).tolist(), written(pd.Series(["007", "1"])).tolist()
    ([1, <NA>, 2], ['007', '1'])
    """
    filled = column.dropna()
    if len(filled) and filled.map(lambda v: bool(_INTEGER.fullmatch(v)) and v != "-0").all():
        return column.astype("Int64" if len(filled) < len(column) else "int64")
    if len(filled) and filled.map(_is_float).all():
        return column.astype(float)
    return column.astype("str")


def uniform(column: pd.Series) -> pd.Series:
    """Give a column of plain values one type: text where they are of several; missing ones stay missing.

    >>> uniform(pd.Series([1, "a", None, True], dtype=object)).tolist()
    ['1', 'a', nan, 'true']
    """
    filled = column.dropna()
    kinds, gaps = {type(value) for value in filled}, len(filled) < len(column)
    if kinds == {bool}:
        return column.astype("boolean" if gaps else bool)
    if kinds == {int} and filled.map(lambda value: abs(value) < 2**63).all():
        return column.astype("Int64" if gaps else "int64")
    exact = filled.map(lambda value: type(value) is float or (type(value) is int and abs(value) < 2**53))
    if kinds in ({float}, {int, float}) and exact.all():
        return column.astype(float)
    return column.map(lambda v: v if isinstance(v, str) else json.dumps(v), na_action="ignore").astype("str")


def flat(value: object) -> object:
    """Turn a list or an object back into JSON text.

    >>> flat(["数据", 1]), flat("数据")
    ('["数据", 1]', '数据')
    """
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


def _is_float(value: str) -> bool:
    """Say whether a number comes back as it was written."""
    try:
        number = float(value)
    except ValueError:
        return False
    same = repr(number) == value or (bool(_INTEGER.fullmatch(value)) and str(int(number)) == value)
    return same and number == number  # "nan" is a text, not a missing number
