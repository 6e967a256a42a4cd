"""Reads a table of the reader's own: whatever its encoding, and without losing a line."""

import gzip
import hashlib
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from playbook.data.lines import Rejected, read_delimited, read_json_lines
from playbook.errors import PlaybookError

_TABS, _LINES = (".tsv", ".tab"), (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Table:
    """A table as read: `frame`, and `rejected` with the `line` number and the `reason` of each bad line."""

    frame: pd.DataFrame
    rejected: pd.DataFrame


def read_table(path: str | os.PathLike[str]) -> Table:
    r"""Read CSV, TSV or JSON lines, plain or gzipped, in UTF-8, UTF-16 or GB18030; no line is lost.

    Every line after the header is part of a row of `frame` or stands in `rejected`; lines of white space
    alone are no data. Fields are never evaluated. In CSV and TSV an empty field is missing, every other one
    stays as it is written ("NA" too), except that a column becomes numeric where turning it back gives the
    same text. In JSON lines a value that is a list or an object stays JSON text. `frame.attrs` has name,
    sha256, rows, licence ("not stated") and encoding.

    Raises PlaybookError for a file that is missing, unreadable, empty, without a row, or of another format.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "my.csv")
    ...     _ = file.write_bytes("文本,stars\n很好,5\n坏行\n".encode("gb18030"))
    ...     table = read_table(file)
    >>> table.frame.values.tolist(), table.rejected.values.tolist()
    ([['很好', 5]], [[3, '1 field where the header has 2']])
    """
    path = Path(path)
    suffix = next((s.lower() for s in reversed(path.suffixes) if s.lower() != ".gz"), "")
    if suffix not in (".csv", *_TABS, *_LINES) and path.is_file():
        raise PlaybookError(
            f"{path} is not of a format that is read: save it as .csv, .tsv or .jsonl (or .gz of these)."
        )
    data = _bytes(path)
    text, encoding = _decode(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rejected: Rejected = []
    if suffix in _LINES:
        frame = read_json_lines(lines, rejected)
    else:
        frame = read_delimited(lines, rejected, "\t" if suffix in _TABS else None)
    if frame.empty:
        first = f"; line {rejected[0][0]}: {rejected[0][1]}" if rejected else ""
        raise PlaybookError(
            f"{path} has no row that can be read{first}: give a header line and at least one row."
        )
    digest = hashlib.sha256(data).hexdigest()
    frame.attrs = {
        "name": path.name,
        "sha256": digest,
        "rows": len(frame),
        "licence": "not stated",
        "encoding": encoding,
    }
    return Table(frame, pd.DataFrame(sorted(rejected), columns=["line", "reason"]))


def _bytes(path: Path) -> bytes:
    """Read the file, unpacked where it is gzipped."""
    try:
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
    except FileNotFoundError:
        raise PlaybookError(f"{path} does not exist: check the name and the folder.") from None
    except IsADirectoryError:
        raise PlaybookError(f"{path} is a folder: name a file in it.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise PlaybookError(f"{path} is not a whole gzip file: fetch it again.") from None
    except OSError as error:
        reason = "is a folder" if path.is_dir() else f"cannot be read ({error.strerror})"
        raise PlaybookError(f"{path} {reason}: name a file that you may read.") from None
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise PlaybookError(f"{path} is empty: give a header line and at least one row.")
    return data


def _decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes; what does not fit the most likely encoding becomes U+FFFD."""
    encoding = _encoding(data)
    return data.decode(encoding, errors="replace").removeprefix("\ufeff"), encoding


def _encoding(data: bytes) -> str:
    """Tell the encoding from the byte order mark, else from the bytes themselves."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    stray = data.count(0) < len(data) / 4 and "\ufffd" not in data.decode("utf-8", errors="replace")
    for encoding in ("utf-16-le", "utf-16-be") if 0 in data and not stray else ():
        text = data.decode(encoding, errors="ignore")
        if "\n" in text and "\0" not in text:
            return encoding
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    utf8 = sum("\ufffd" not in line.decode("utf-8", errors="replace") for line in lines)
    if 2 * utf8 >= len(lines):
        return "utf-8"
    # Latin-1 read as GB18030 gives rare characters: Chinese prose is written in those of GB 2312.
    marks = [c for c in data.decode("gb18030", errors="replace") if not c.isascii()]
    common = len("".join(marks).encode("gb2312", errors="ignore")) / 2
    return "gb18030" if 2 * common >= len(marks) else "utf-8"
