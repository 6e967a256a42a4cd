"""Reads tables that are not text: Parquet and XLSX, within bounds of memory."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from playbook.data.columns import UnreadableError, check_size, flat, uniform, unique_names
from playbook.data.lines import Rejected

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from pyarrow import ChunkedArray

_BATCH = 1000


def read_parquet(data: bytes, largest: int) -> pd.DataFrame:
    r"""Read a Parquet file; lists and objects become JSON text, bytes text (\xff where not UTF-8).

    Raises UnreadableError for a file that is damaged or encrypted, or of more than `largest` bytes unpacked.

    >>> frame = pd.DataFrame({"text": ["to be"], "n": [1]})
    >>> read_parquet(frame.to_parquet(), 10**6).values.tolist()
    [['to be', 1]]
    """
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data))
        check_size(file.metadata.num_columns, file.metadata.num_rows)
        batches, size = [], 0
        for batch in file.iter_batches(_BATCH):
            size += batch.nbytes
            if size > largest:
                raise UnreadableError(f"unpacks to more than {largest:,} bytes: split it")
            batches.append(batch)
        table = pyarrow.Table.from_batches(batches, file.schema_arrow)
        table.validate(full=True)
        names = unique_names(table.column_names)
        return pd.DataFrame({name: _series(table.column(i)) for i, name in enumerate(names)})
    except (pyarrow.ArrowException, OSError):
        raise UnreadableError("is not a whole Parquet file, or an encrypted one: write it again") from None


def _series(column: "ChunkedArray") -> pd.Series:
    """Turn a column into what a text file would give: plain values."""
    from pyarrow import types

    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    if types.is_nested(kind):
        return pd.Series([flat(value) for value in column.to_pylist()], dtype=object).astype("str")
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        values = [v if v is None else v.decode(errors="backslashreplace") for v in column.to_pylist()]
        return pd.Series(values, dtype="str")
    if types.is_boolean(kind) or types.is_integer(kind):
        return uniform(pd.Series(column.to_pylist(), dtype=object))
    return column.cast(kind).to_pandas() if kind is not column.type else column.to_pandas()


def read_workbook(data: bytes, largest: int, rejected: Rejected) -> pd.DataFrame:
    """Read the first sheet of an XLSX file, and add to `rejected` the rows that are too wide or elsewhere.

    A formula is the text that the file has for it, never its value; a date is its ISO text; a column of mixed
    types is text. Raises UnreadableError for a ZIP that is no workbook, is damaged, or too large.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            size = sum(member.file_size for member in archive.infolist())
        if "xl/workbook.xml" not in names:
            raise UnreadableError("is a ZIP archive and no XLSX workbook: unpack it and name a file in it")
        if size > largest:
            raise UnreadableError(f"unpacks to {size:,} bytes, suspiciously many: save it as .csv")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        return _rows(book.worksheets, rejected)
    except UnreadableError:
        raise
    except Exception:  # openpyxl raises whatever its parsers meet in a damaged file
        raise UnreadableError("is not a whole XLSX workbook: save it again, or as .csv") from None


def _rows(sheets: Iterable["ReadOnlyWorksheet"], rejected: Rejected) -> pd.DataFrame:
    """Read the first sheet, whose first row that is not empty is the header; note the others' rows."""
    header: list[str] = []
    rows = []
    for position, sheet in enumerate(sheets, start=1):
        sheet.reset_dimensions()  # what a file says of its size is not to be trusted
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            width = max((i for i, cell in enumerate(cells, start=1) if cell is not None), default=0)
            if position > 1 and width:
                rejected.append((number, f"on sheet {position}: only the first sheet is read"))
            elif width and not header:
                header = unique_names(cells[:width])
            elif width > len(header):
                rejected.append((number, f"{width} fields where the header has {len(header)}"))
            elif width:
                rows.append([_plain(cell) for cell in cells[:width]] + [None] * (len(header) - width))
    check_size(len(header), len(rows))
    return pd.DataFrame(rows, columns=header, dtype=object).apply(uniform)


def _plain(cell: object) -> object:
    """Turn a cell into a text, a number, a truth value or None."""
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell if isinstance(cell, timedelta) else getattr(cell, "text", cell))
