"""Takes the lines of a text apart, as delimited values or as JSON; a line that cannot be read is noted."""

import csv
import json
import re
from collections.abc import Iterator

import pandas as pd

DELIMITERS = ",;\t|"
NOT_TEXT = "bytes that are not text in the file's encoding"
_LARGEST_FIELD = 2**31 - 1
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
Rejected = list[tuple[int, str]]


def read_delimited(lines: list[str], rejected: Rejected, delimiter: str | None = None) -> pd.DataFrame:
    """Read delimited lines, the first of which is the header, and add to `rejected` what cannot be read.

    Without a delimiter it is the one of comma, semicolon, tab and bar that the header has most of. A header
    that cannot be read leaves an empty frame.

    >>> rejected = []
    >>> read_delimited(["id;text", "007;to be", "008"], rejected).values.tolist(), rejected
    ([['007', 'to be']], [(3, '1 field where the header has 2')])
    """
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines):
        return pd.DataFrame()
    delimiter = delimiter or max(DELIMITERS, key=lambda d: (lines[start].count(d), d == ","))
    header: list[str] = []
    rows = []
    for number, fields in _records(lines, start, delimiter):
        if isinstance(fields, str):
            rejected.append((number, fields))
            if not header:
                return pd.DataFrame()
        elif not header:
            header = _names(fields)
        elif len(fields) != len(header):
            plural = "" if len(fields) == 1 else "s"
            rejected.append((number, f"{len(fields)} field{plural} where the header has {len(header)}"))
        else:
            rows.append([field or None for field in fields])
    return pd.DataFrame(rows, columns=header, dtype=object).apply(_typed)


def read_json_lines(lines: list[str], rejected: Rejected) -> pd.DataFrame:
    """Read one JSON object a line; a value that is a list or an object stays JSON text.

    >>> rejected = []
    >>> read_json_lines(['{"text": "to be", "tags": ["a"]}', "{oops", "[1]"], rejected).values.tolist()
    [['to be', '["a"]']]
    >>> rejected
    [(2, 'not JSON (Expecting property name enclosed in double quotes)'), (3, 'not a JSON object')]
    """
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = NOT_TEXT if "\ufffd" in line else json.loads(line)
        except (ValueError, RecursionError) as error:
            rejected.append(
                (number, f"not JSON ({getattr(error, 'msg', 'nested too deep or a number too long')})")
            )
            continue
        if isinstance(value, dict):
            rows.append({name: _flat(one) for name, one in value.items()})
        else:
            rejected.append((number, NOT_TEXT if value is NOT_TEXT else "not a JSON object"))
    return pd.DataFrame(rows)


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield (line number, fields), or (line number, reason) for a line that cannot be read."""
    limit = csv.field_size_limit(_LARGEST_FIELD)
    try:
        while start < len(lines):
            rest = (lines[i] + "\n" for i in range(start, len(lines)))
            reader = csv.reader(rest, delimiter=delimiter, strict=True)
            done = 0
            try:
                for fields in reader:
                    record = lines[start + done : start + reader.line_num]
                    if any("\ufffd" in line for line in record):
                        yield start + done + 1, NOT_TEXT
                    elif any(line.strip() for line in record):
                        yield start + done + 1, fields
                    done = reader.line_num
                return
            except csv.Error as error:
                # Only the line where the record begins is given up: a quote left open must not eat the file.
                yield start + done + 1, f"quotes that do not match ({error})"
                start += done + 1
    finally:
        csv.field_size_limit(limit)


def _names(fields: list[str]) -> list[str]:
    """Give every column a name of its own: "column 2" where it has none, "text.1" where it is repeated."""
    names: list[str] = []
    for number, field in enumerate(fields, start=1):
        base = field.strip() or f"column {number}"
        tries = (base if i == 0 else f"{base}.{i}" for i in range(len(fields) + 1))
        names.append(next(name for name in tries if name not in names))
    return names


def _typed(column: pd.Series) -> pd.Series:
    """Make a column numeric where that loses nothing: 007 and 1.10 stay text."""
    written = column.dropna()
    if len(written) and written.map(lambda v: bool(_INTEGER.fullmatch(v)) and v != "-0").all():
        return column.astype("Int64" if len(written) < len(column) else "int64")
    if len(written) and written.map(_is_float).all():
        return column.astype(float)
    return column.astype("str")


def _is_float(value: str) -> bool:
    """Say whether a number comes back as it was written."""
    try:
        return repr(float(value)) == value or (
            bool(_INTEGER.fullmatch(value)) and str(int(float(value))) == value
        )
    except ValueError:
        return False


def _flat(value: object) -> object:
    """Turn a list or an object back into JSON text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
