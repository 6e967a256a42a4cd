"""One source from the package index to the cache: pip downloads and verifies, one file is taken out."""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from playbook.errors import PlaybookError
from playbook.inputs.catalogue import Source
from playbook.inputs.files import atomic_write, sha256_file

_UNREACHABLE = ("connection broken", "Max retries exceeded", "NameResolution", "timed out", "ProxyError")


def download(entry: Source, target: Path) -> None:
    """Put the file of `entry` at `target`, whole or not at all; the caller holds the lock of its folder.

    Work goes on in hidden folders beside `target`. A killed run leaves them behind; the next one uses an
    archive that was complete, by its checksum, and clears the rest.
    """
    left = list(target.parent.glob(".download-*"))
    archive = next((file for folder in left for file in folder.glob("*") if _is_archive(entry, file)), None)
    for half in target.parent.glob(f".{target.stem}-*.part*"):
        half.unlink(missing_ok=True)
    try:
        _take_out(entry, archive or _pip(entry, target.parent), target)
    finally:
        for folder in target.parent.glob(".download-*"):
            shutil.rmtree(folder, ignore_errors=True)


def _is_archive(entry: Source, file: Path) -> bool:
    return (
        file.is_file()
        and file.stat().st_size == entry.archive_bytes
        and sha256_file(file) == entry.archive_sha256
    )


def _pip(entry: Source, folder: Path) -> Path:
    """Let pip download the archive and compare its checksum, before anything in it is opened or run."""
    work = Path(tempfile.mkdtemp(prefix=".download-", dir=folder))
    temporary = work / "pip"
    temporary.mkdir()
    wanted = work / "requirements.txt"
    wanted.write_text(
        f"{entry.package}=={entry.version} --hash=sha256:{entry.archive_sha256}\n", encoding="utf-8"
    )
    # pip asks a source archive for its metadata: with the build tools of the lock, not with fresh ones
    kind = (
        ["--only-binary", ":all:"]
        if entry.archive == "wheel"
        else ["--no-binary", ":all:", "--no-build-isolation"]
    )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--no-input", *kind]
    command += ["--disable-pip-version-check", "--resume-retries", "5", "--progress-bar", "raw"]
    command += ["--dest", str(work), "--requirement", str(wanted)]
    # pip's half-done files stay in the cache folder, where the next run clears them
    said = _run(entry, command, os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)))
    archive = next((file for file in work.glob("*") if _is_archive(entry, file)), None)
    if archive is None:
        raise PlaybookError(_reason(entry, folder, said))
    return archive


def _run(entry: Source, command: list[str], environment: dict[str, str]) -> str:
    """Run pip behind a progress bar on stderr; give what else it said."""
    said = []
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with (
        Progress(*columns, console=Console(stderr=True)) as progress,
        _process(command, environment) as lines,
    ):
        bar = progress.add_task(f"fetching {entry.name}", total=entry.archive_bytes)
        for line in lines:
            words = line.split()
            if len(words) == 4 and words[0] == "Progress" and words[1].isdigit():
                progress.update(bar, completed=int(words[1]))
            else:
                said.append(line)
    return "".join(said)


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[IO[str]]:
    """Start a child whose output is read line by line, and which does not outlive the block."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None
    try:
        yield process.stdout
        process.wait()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _reason(entry: Source, folder: Path, said: str) -> str:
    """Give the one sentence that pip's many lines come to."""
    what = f"{entry.package} {entry.version}"
    if "DO NOT MATCH THE HASHES" in said:
        return (
            f"The {what} that the package index gave is not the file that was checked for {entry.name} "
            "(SHA-256 differs), so it was thrown away: use the official index, or report this."
        )
    if "No space left on device" in said:
        return f"The disk that holds {folder} is full: free some space and run `playbook fetch` again."
    if any(sign in said for sign in _UNREACHABLE):
        return (
            f"{entry.title} ({entry.name}) is not in the cache and the package index cannot be reached: "
            "run `playbook fetch` with a network."
        )
    lines = [line for line in said.splitlines() if line.strip()] or ["it gave no reason"]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    last = errors[-1].removeprefix("ERROR:").strip()
    return f"pip could not download {what} for {entry.name} ({last}): mend that, then run `playbook fetch`."


def _take_out(entry: Source, archive: Path, target: Path) -> None:
    """Copy the one named file out of the archive as a stream; nothing else is unpacked."""
    with atomic_write(target) as temporary:
        try:
            with _member(archive, entry.file) as stream, temporary.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
        except KeyError as error:
            raise PlaybookError(
                f"{archive.name} holds no {entry.file}: correct {entry.name} in sources.toml."
            ) from error
        if sha256_file(temporary) != entry.sha256:
            raise PlaybookError(
                f"{entry.file} in {archive.name} does not have the SHA-256 of {entry.name} in sources.toml: "
                "find out which of the two is right, then correct the entry."
            )


@contextmanager
def _member(archive: Path, name: str) -> Iterator[IO[bytes]]:
    if name == archive.name:  # the archive itself is wanted
        with archive.open("rb") as stream:
            yield stream
    elif zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel, wheel.open(name) as stream:
            yield stream
    else:
        with tarfile.open(archive) as tar:
            stream = tar.extractfile(name)
            if stream is None:
                raise KeyError(name)
            with stream:
                yield stream
