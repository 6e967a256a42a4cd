"""Reads a table of the reader's own: whatever its format and encoding, and without losing a line."""

import gzip
import hashlib
import io
import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from playbook.data.binary import read_parquet, read_workbook
from playbook.data.columns import UnreadableError
from playbook.data.decoding import decode
from playbook.data.lines import Rejected, json_object, read_delimited, read_json_lines, split_lines
from playbook.errors import PlaybookError

LARGEST = 2**30
# A packed file may unpack to _RATIO times its size, and a small one to _SMALL bytes.
_RATIO, _SMALL = 200, 2**24
_TABS, _JSON = (".tsv", ".tab"), (".jsonl", ".ndjson", ".json")
_TEXTS = ("", ".csv", ".txt", *_TABS, *_JSON)
_NOT_TABLES = {
    b"\x1f\x8b": "is packed twice: unpack it once",
    b"\xd0\xcf\x11\xe0": "is an old or encrypted Office file: save it as .xlsx without a password",
    b"BZh91AY&SY": "is packed with bzip2: unpack it, or pack it with gzip",
    b"\xfd7zXZ\0": "is packed with xz: unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "is packed with zstd: unpack it, or pack it with gzip",
    b"%PDF-": "is a PDF: save its table as .csv",
    b"SQLite format 3\0": "is a SQLite database: save one of its tables as .csv",
}


@dataclass(frozen=True)
class Table:
    """A table as read: `frame`, and `rejected` with the `line` number and the `reason` of each bad line."""

    frame: pd.DataFrame
    rejected: pd.DataFrame


def read_table(path: str | os.PathLike[str]) -> Table:
    r"""Read CSV, TSV, JSON lines, Parquet or XLSX, plain or gzipped; no line is lost.

    What a file is shows in its first bytes; its suffix only tells TSV and JSON lines from CSV (comma,
    semicolon, tab or bar). Text may be UTF-8, UTF-16, UTF-32 or GB18030. Every line after the header is part
    of a row of `frame` or stands in `rejected`, by number and reason and never by its content; blank lines
    are no data. No cell is evaluated: one that begins with = + - or @ is text, and of an XLSX formula it is
    the formula's text. In CSV and TSV an empty field is missing, every other one stays as it is written ("NA"
    too), except that a column becomes numeric where turning it back gives the same text. Elsewhere a list or
    an object becomes JSON text, and so does a column of mixed types. `frame.attrs` has name, sha256 (of the
    unpacked bytes), rows, licence ("not stated") and encoding.

    Raises PlaybookError for a file that is missing, unreadable, empty, damaged, without a row, of another
    format, of more than 1 GiB or 10,000 columns, or packed so tightly that it may be a bomb.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "my.csv")
    ...     _ = file.write_bytes("文本,stars\n很好,5\n坏行\n".encode("gb18030"))
    ...     table = read_table(file)
    >>> table.frame.values.tolist(), table.rejected.values.tolist()
    ([['很好', 5]], [[3, '1 field where the header has 2']])
    """
    path = Path(path)
    rejected: Rejected = []
    try:
        data = _bytes(path)
        frame, encoding = _read(data, path, rejected)
        if frame.empty:
            first = f" (line {rejected[0][0]}: {rejected[0][1]})" if rejected else ""
            raise UnreadableError(
                f"has no row that can be read{first}: give a header line and at least one row"
            )
    except UnreadableError as error:
        shown = "".join(letter if letter.isprintable() else "?" for letter in str(path))
        raise PlaybookError(f"{shown} {error}.") from None
    frame.attrs = {
        "name": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "rows": len(frame),
        "licence": "not stated",
        "encoding": encoding,
    }
    return Table(frame, pd.DataFrame(sorted(rejected), columns=["line", "reason"]))


def _read(data: bytes, path: Path, rejected: Rejected) -> tuple[pd.DataFrame, str]:
    """Read the unpacked bytes by what they are: the frame, and the encoding or format."""
    suffix = next((s.lower() for s in reversed(path.suffixes) if s.lower() != ".gz"), "")
    if data.startswith((b"PAR1", b"PARE")):
        return read_parquet(data, LARGEST), "Parquet"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_workbook(data, _most(data), rejected), "XLSX"
    for magic, problem in _NOT_TABLES.items():
        if data.startswith(magic):
            raise UnreadableError(problem)
    if suffix not in _TEXTS:
        raise UnreadableError(
            "is not of a format that is read: save it as .csv, .tsv, .jsonl, .parquet or .xlsx"
        )
    text, encoding = decode(data)
    lines = split_lines(text)
    first = next((line for line in lines if line.strip()), "")
    if suffix in _JSON or isinstance(json_object(first), dict):
        return read_json_lines(lines, rejected), encoding
    return read_delimited(lines, rejected, "\t" if suffix in _TABS else None), encoding


def _bytes(path: Path) -> bytes:
    """Read the file, unpacked where it is gzipped."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError("is a folder: name a file in it")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("is a pipe, a device or a socket: save what it gives as a file")
        if status.st_size > LARGEST:
            raise UnreadableError(f"has more than {LARGEST:,} bytes: split it")
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = _unpacked(data)
    except UnreadableError:
        raise
    except FileNotFoundError:
        raise UnreadableError("does not exist: check the name and the folder") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UnreadableError("is not a whole gzip file: fetch it again") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror}): name a file that you may read") from None
    except ValueError:
        raise UnreadableError("is no name of a file: check it") from None
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise UnreadableError("is empty: give a header line and at least one row")
    return data


def _most(packed: bytes) -> int:
    """Say how many bytes a packed file may unpack to."""
    return min(LARGEST, max(_SMALL, _RATIO * len(packed)))


def _unpacked(data: bytes) -> bytes:
    """Unpack gzip, and no more of it than a table needs."""
    most = _most(data)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        unpacked = file.read(most + 1)
    if len(unpacked) > most:
        raise UnreadableError(
            f"unpacks to more than {most:,} bytes, suspiciously many: unpack it if you trust it"
        )
    return unpacked
