"""Files that appear whole or not at all, their fingerprints, and what a disk may refuse."""

import errno
import hashlib
import os
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to; it becomes `path` when the block ends well, and vanishes when not.

    The temporary file keeps the suffix of `path` and lies in the same folder, since a rename is atomic only
    inside one file system. Folders that are missing are made.

    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_write(folder / "note.txt") as temporary:
    ...     _ = temporary.write_text("whole")
    >>> [file.name for file in folder.iterdir()]
    ['note.txt']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # pid and random part: two processes, or two threads, that write the same file never share a temporary one
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem}-{os.getpid()}-", suffix=f".part{path.suffix}", dir=path.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes files that only their owner reads; what is shared should have the usual rights
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sha256_file(path: str | Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits (98 MB take about 0.1 s).

    >>> with atomic_write(Path(tempfile.mkdtemp()) / "empty") as temporary:
    ...     sha256_file(temporary)[:12]
    'e3b0c44298fc'
    """
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_toml(file: Path) -> dict[str, Any]:
    """Read a file of the repository's data/; PlaybookError where it is missing, or is not TOML in UTF-8.

    >>> from playbook.inputs import ROOT
    >>> read_toml(ROOT / "pyproject.toml")["project"]["name"]
    'playbook'
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlaybookError(f"{file} cannot be read ({error}): restore it with git.") from error


@contextmanager
def disk_errors(folder: str | Path) -> Iterator[None]:
    """Say in one sentence what a disk refused while something was written below `folder`.

    >>> with disk_errors("/models"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: The disk that holds /models is full: free some space and run it again.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise PlaybookError(
                f"The disk that holds {folder} is full: free some space and run it again."
            ) from error
        if error.errno in _REFUSED:
            raise PlaybookError(
                f"Nothing can be written to {folder} ({error.strerror}): mend its permissions, "
                "or choose another folder."
            ) from error
        raise


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
