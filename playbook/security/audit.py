"""An audit log that shows what was done to it: entries are chained by a keyed hash, and the end is sealed."""

import hashlib
import hmac
import json
import os
import threading
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write, disk_errors

START = "0" * 64


class AuditLog:
    """Appends entries to a file of JSON lines; each carries the HMAC-SHA256 of itself and of the one before.

    Beside it `<file>.seal` holds the number of entries and the last hash, so that entries cut off at the end
    are missed too. Without the key nobody can write a chain that fits; with it, keep copies elsewhere
    (Schneier and Kelsey 1999). An entry should hold no secret and no text of a user: the log does not look.
    Raises PlaybookError when a file that is there does not verify: it is not appended to.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     log = AuditLog(Path(folder, "audit.jsonl"), key=bytes(32))
    ...     log.append(user="ana", action="POST /v1/mortgage", status=200)
    ...     verify(log.path, bytes(32)), log.entries()[0]["user"]
    (None, 'ana')
    """

    def __init__(self, path: str | Path, key: bytes) -> None:
        self.path, self._key, self._lock = Path(path), key, threading.Lock()
        problem = verify(self.path, key)
        if problem:
            raise PlaybookError(f"{self.path.name} was tampered with: {problem}; keep it, and start another.")
        lines = _lines(self.path)
        self._count, self._last = len(lines), json.loads(lines[-1])["hash"] if lines else START

    def append(self, **entry: Any) -> None:  # noqa: ANN401
        """Write one entry of plain values, and seal the end anew."""
        with self._lock, disk_errors(self.path.parent):
            body = {"number": self._count + 1, **entry}
            digest = _digest(self._key, self._last, body)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab", buffering=0) as file:
                file.write(json.dumps(body | {"hash": digest}).encode() + b"\n")
            self._count, self._last = self._count + 1, digest
            with atomic_write(_seal(self.path)) as temporary:
                temporary.write_text(_sealed(self._key, digest, self._count))

    def entries(self, last: int = 100) -> list[dict[str, Any]]:
        """Give the last entries, oldest first."""
        with self._lock:
            return [json.loads(line) for line in _lines(self.path)[-last:]]


def verify(path: str | Path, key: bytes) -> str | None:
    """Say what is wrong with a log, with the first line that does not fit; None when it is whole."""
    previous, count, seals = START, 0, [_sealed(key, START, 0)]
    for count, line in enumerate(_lines(Path(path)), start=1):
        try:
            body = json.loads(line)
            written = body.pop("hash")
        except (ValueError, KeyError, AttributeError, TypeError):
            return f"line {count} is no entry"
        expected = _digest(key, previous, body)
        if body.get("number") != count or not hmac.compare_digest(str(written), expected):
            return f"line {count} was changed, moved or follows a removed one"
        previous = expected
        seals.append(_sealed(key, previous, count))
    try:
        written = _seal(Path(path)).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return "the seal of its end is missing" if count > 1 else None
    # a server that was killed may have written one entry more than it sealed
    return None if written in seals[-2:] else f"entries after line {count} were removed"


def _sealed(key: bytes, last: str, count: int) -> str:
    return f"{count} {_digest(key, last, count)}"


def _digest(key: bytes, previous: str, body: object) -> str:
    message = previous.encode() + json.dumps(body, sort_keys=True).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _seal(path: Path) -> Path:
    return path.with_name(path.name + os.extsep + "seal")
