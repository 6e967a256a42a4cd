"""Takes the lines of a text apart, as delimited values or as JSON; a line that cannot be read is noted."""

import csv
import json
import re
from collections.abc import Iterator

import pandas as pd

from playbook.data.columns import check_size, flat, uniform, unique_names, written
from playbook.data.decoding import UNDECODED

DELIMITERS = ",;\t|"
NOT_TEXT = "bytes that are not text in the file's encoding"
# What is read again after quotes that do not match, in lengths of the file; after that a row is one line.
_PATIENCE = 20
_SAMPLE = 100
_LARGEST_FIELD = 2**31 - 1
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
Rejected = list[tuple[int, str]]


def split_lines(text: str) -> list[str]:
    r"""Split a text at line ends of any kind, and keep them: a quoted field may hold one.

    >>> split_lines("a\r\nb\rc\n\nd")
    ['a\r\n', 'b\r', 'c\n', '\n', 'd']
    """
    return _LINE.findall(text)


def read_delimited(lines: list[str], rejected: Rejected, delimiter: str | None = None) -> pd.DataFrame:
    """Read delimited lines, the first of which is the header, and add to `rejected` what cannot be read.

    Without a delimiter it is the one of comma, semicolon, tab and bar that makes most of the first lines as
    wide as the header. A header that cannot be read leaves an empty frame. Raises UnreadableError for
    too many columns.

    >>> rejected = []
    >>> read_delimited(["id;text", "007;to be", "008"], rejected).values.tolist(), rejected
    ([['007', 'to be']], [(3, '1 field where the header has 2')])
    """
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if delimiter is None:
        sample = lines[start : start + _SAMPLE]
        delimiter = max(DELIMITERS, key=lambda one: _fit(sample, one))
    header: list[str] = []
    rows: list[list[str | None]] = []
    for number, fields in _records(lines, start, delimiter):
        if isinstance(fields, str):
            rejected.append((number, fields))
            if not header:
                return pd.DataFrame()
        elif not header:
            header = unique_names(fields)
        else:
            rows.append([field or None for field in fields])
    check_size(len(header), len(rows))
    return pd.DataFrame(rows, columns=header, dtype=object).apply(written)


def read_json_lines(lines: list[str], rejected: Rejected) -> pd.DataFrame:
    """Read one JSON object a line; a value that is a list or an object stays JSON text.

    A column of mixed types becomes text. Raises UnreadableError where there are too many columns.

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
        row = json_object(line)
        if isinstance(row, str):
            rejected.append((number, row))
        else:
            rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    check_size(len(names), len(rows))
    return pd.DataFrame(rows, columns=names, dtype=object).apply(uniform)


def json_object(line: str) -> dict[str, object] | str:
    """Read a line as a JSON object of plain values, or say why it is none.

    >>> json_object('{"n": 1, "tags": ["a"]}'), json_object("[1]")
    ({'n': 1, 'tags': '["a"]'}, 'not a JSON object')
    """
    if UNDECODED in line:
        return NOT_TEXT
    try:
        value = json.loads(line)
        if not isinstance(value, dict):
            return "not a JSON object"
        if "\\ud" in line.lower():
            json.dumps(value, ensure_ascii=False).encode()
        return {name: flat(one) for name, one in value.items()}
    except UnicodeEncodeError:
        return "half a surrogate pair, which is no character"
    except (ValueError, RecursionError) as error:
        message = getattr(error, "msg", "nested too deep or a number too long")
        return f"not JSON ({message.split(':')[0]})"


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield (line number, fields) of the header and of rows as wide, or (line number, reason)."""
    limit = csv.field_size_limit(_LARGEST_FIELD)
    width, patience = 0, _PATIENCE * len(lines)
    try:
        while start < len(lines):
            base, stop = start, min(start + max(patience, 1), len(lines))
            reader = csv.reader((lines[i] for i in range(base, stop)), delimiter=delimiter, strict=True)
            try:
                for fields in reader:
                    record = lines[start : base + reader.line_num]
                    result = _row(record, fields, width)
                    if result:
                        width = width or len(fields)
                        yield start + 1, result
                    start = base + reader.line_num
            except csv.Error as error:
                # Only the line where the record begins is given up: a quote left open must not eat the file.
                yield start + 1, f"quotes that do not match ({error})"
                patience -= base + reader.line_num - start
                start += 1
    finally:
        csv.field_size_limit(limit)


def _row(record: list[str], fields: list[str], width: int) -> list[str] | str | None:
    """Give a record's fields, or why it cannot be a row, or None where it is a blank line."""
    fits = width in (0, len(fields))
    problem = "" if fits else f"{len(fields)} field{'s' * (len(fields) > 1)} where the header has {width}"
    if problem and len(record) > 1:
        raise csv.Error(problem)
    if any(UNDECODED in line for line in record):
        return NOT_TEXT
    if problem and len(fields) < 2 and not record[0].strip():
        return None
    return problem or fields


def _fit(sample: list[str], delimiter: str) -> tuple[int, int]:
    """Count the rows of a sample that a delimiter makes as wide as the header, and that width."""
    records = [fields for _, fields in _records(sample, 0, delimiter) if not isinstance(fields, str)]
    width = len(records[0]) if records else 0
    return (len(records) - 1, width) if width > 1 and len(records) > 1 else (0, 0)
