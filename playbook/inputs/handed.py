"""The files that chapters hand to each other: JSON lines beside a datasheet that says what they are."""

import gzip
import hashlib
import json
import os
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs.cache import cache_dir
from playbook.inputs.files import atomic_write, disk_errors


def hand_on(name: str, frame: pd.DataFrame, *, licence: str, **papers: Any) -> Path:  # noqa: ANN401
    """Write `frame` for other chapters as JSON lines, beside a datasheet, `<name>.json`; give its path.

    The datasheet has name, file, sha256 (of the lines before they are packed), rows, columns, `licence` (an
    expression), made (today) and `papers`: anything that JSON can hold, such as origin, parameters or the
    register of sources. Both lie in the folder `handed` of the run's results or, outside a run, of the cache.
    The file is named by its content and the datasheet is written last, so that whoever reads finds either
    the old pair or the new one. The index is not kept. Raises PlaybookError for a name that is no plain word
    and for columns of equal names.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as out, patch.dict(os.environ, PLAYBOOK_OUT=out):
    ...     sheet = hand_on("notes", pd.DataFrame({"text": ["a", "b"]}), licence="MIT", origin="by hand")
    ...     sheet.name, handed_on("notes")["text"].tolist(), handed_on("letters")
    ('notes.json', ['a', 'b'], None)
    """
    if not name.isidentifier():
        raise PlaybookError(f"hand_on: {name!r} is no name for a file: use letters, digits and _.")
    if not frame.columns.is_unique:
        raise PlaybookError(f"hand_on: {name} has two columns of one name: rename one.")
    body = "".join(json.dumps(row, default=_plain) + "\n" for row in _records(frame)).encode()
    digest = hashlib.sha256(body).hexdigest()
    sheet = {
        "name": name,
        "file": f"{name}-{digest[:16]}.jsonl.gz",
        "sha256": digest,
        "rows": len(frame),
        "columns": [str(column) for column in frame],
        "licence": licence,
        "made": date.today().isoformat(),
        **papers,
    }
    folder = _folder()
    with disk_errors(folder):
        with atomic_write(folder / sheet["file"]) as temporary:
            temporary.write_bytes(gzip.compress(body, compresslevel=6, mtime=0))
        with atomic_write(folder / f"{name}.json") as temporary:
            temporary.write_text(json.dumps(sheet, indent=1, default=_plain, ensure_ascii=False), "utf-8")
        for old in set(folder.glob(f"{name}-{'?' * 16}.jsonl.gz")) - {folder / sheet["file"]}:
            old.unlink(missing_ok=True)
    return folder / f"{name}.json"


def handed_on(name: str) -> pd.DataFrame | None:
    """Read what another chapter handed on under this name; None where no chapter did.

    The frame carries name, sha256, rows and licence in `attrs`, as `playbook.uses` wants them. Raises
    PlaybookError when the file is not the one that its datasheet describes.
    """
    sheet = datasheet(name)
    if sheet is None:
        return None
    file = _folder() / sheet["file"]
    try:
        body = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error):
        body = b""
    if hashlib.sha256(body).hexdigest() != sheet["sha256"]:
        raise PlaybookError(
            f"{file} is missing or damaged (its SHA-256 is not that of {name}.json): run the chapter that "
            "made it again."
        )
    frame = pd.DataFrame([json.loads(line) for line in body.splitlines()], columns=sheet["columns"])
    frame.attrs = {key: sheet[key] for key in ("name", "sha256", "rows", "licence")}
    return frame


def datasheet(name: str) -> dict[str, Any] | None:
    """Read the datasheet of what was handed on under this name; None where nothing was."""
    file = _folder() / f"{name}.json"
    try:
        sheet = json.loads(file.read_text("utf-8"))
        missing = {"name", "file", "sha256", "rows", "columns", "licence"} - set(sheet)
        if missing or Path(sheet["file"]).name != sheet["file"]:
            raise ValueError(f"it has no usable {', '.join(sorted(missing)) or 'file'}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise PlaybookError(
            f"{file} is damaged ({error}): run the chapter that made it again, or delete it."
        ) from None
    return sheet


def _folder() -> Path:
    # the runner gives each run a folder of its own, so that two runs never read each other's files
    out = os.environ.get("PLAYBOOK_OUT")
    return (Path(out).absolute() if out else cache_dir()) / "handed"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    values = frame.set_axis([str(column) for column in frame], axis=1).astype(object)
    return values.where(frame.notna().to_numpy(), None).to_dict("records")


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Write numpy's numbers and lists as Python's, and everything else (a date, a path) as its text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
