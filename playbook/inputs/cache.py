"""The cache of data sets and models: what is in it is whole, and is the file that was checked."""

import importlib.metadata
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import platformdirs
from filelock import FileLock

from playbook.errors import PlaybookError
from playbook.inputs.catalogue import Source, source, sources
from playbook.inputs.files import disk_errors, sha256_file

# what this process has verified: path -> (bytes, time of change), so that only the first use pays
_verified: dict[Path, tuple[int, int]] = {}


def cache_dir() -> Path:
    """Give the user's cache folder of the course, or `$PLAYBOOK_CACHE`; it need not exist yet."""
    chosen = os.environ.get("PLAYBOOK_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("playbook"))


def fetch(names: Sequence[str] | None = None) -> dict[str, Path]:
    """Bring the sources `names` (without names: all that have a file) into the cache; give each one's path.

    What is there and verified is kept: a fetch that was interrupted goes on with the source it was at. A
    damaged file is removed and fetched again. Of two processes the second waits for the first. Raises
    PlaybookError when the network, the disk, or a checksum stands in the way.

    >>> fetch(["digits"])["digits"].name
    'digits.csv.gz'
    """
    chosen = (
        [source(name) for name in names] if names is not None else [s for s in sources().values() if s.file]
    )
    return {entry.name: _bring(entry) if entry.fetched else path(entry.name) for entry in chosen}


def path(name: str) -> Path:
    """Give the file of a source, its checksum verified at the first use in this process.

    Raises PlaybookError when it is not there or is damaged.

    >>> path("breast_cancer").stat().st_size
    119913
    """
    entry = source(name)
    file = _location(entry)
    if not file.exists():
        remedy = "run `playbook fetch` with a network" if entry.fetched else f"install {entry.package} again"
        raise PlaybookError(f"{entry.title} ({name}) is not in {file.parent}: {remedy}.")
    if not verified(entry, file):
        remedy = "run `playbook fetch`" if entry.fetched else f"install {entry.package} {entry.version} again"
        raise PlaybookError(
            f"{file} is damaged (its SHA-256 is not that of {name} in sources.toml): {remedy}."
        )
    return file


def verified(entry: Source, file: Path) -> bool:
    """Whether `file` is, byte for byte, the file of `entry`; remembered as long as it does not change."""
    state = file.stat()
    stamp = (state.st_size, state.st_mtime_ns)
    if _verified.get(file) == stamp:
        return True
    if state.st_size != entry.bytes or sha256_file(file) != entry.sha256:
        return False
    _verified[file] = stamp
    return True


def _location(entry: Source) -> Path:
    if not entry.file:
        raise PlaybookError(f"{entry.name} is no single file: read it with playbook.inputs.{entry.name}().")
    if entry.fetched:
        return cache_dir() / "sources" / entry.name / Path(entry.file).name
    try:
        return Path(str(importlib.metadata.distribution(entry.package).locate_file(entry.file)))
    except importlib.metadata.PackageNotFoundError as error:
        raise PlaybookError(f"{entry.package} is not installed: run `make run` again.") from error


def _bring(entry: Source) -> Path:
    """Fetch one source unless it is there already: one process at a time."""
    file = _location(entry)
    with disk_errors(file.parent):
        if file.exists() and verified(entry, file):
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.parent / ".lock"):
            if file.exists() and verified(entry, file):
                return file
            file.unlink(missing_ok=True)
            _room(entry, file.parent)
            from playbook.inputs.download import (
                download,
            )  # rich takes a moment, and mostly nothing is downloaded

            download(entry, file)
    _verified.pop(file, None)
    return path(entry.name)


def _room(entry: Source, folder: Path) -> None:
    """Stop before a download that cannot end well: pip holds the archive twice while it copies it."""
    needed = 2 * entry.archive_bytes + entry.bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PlaybookError(
            f"{entry.name} needs {needed / 1e6:,.0f} MB of disk while it is fetched and {folder} has "
            f"{free / 1e6:,.0f} MB: free some space, or set PLAYBOOK_CACHE to a folder on a larger disk."
        )
