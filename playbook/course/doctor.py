"""What is missing on this machine before the course can run, and the command that mends it."""

import importlib.metadata
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from playbook.errors import PlaybookError

MEMORY_GB = 6
DISK_GB = 2

_INSTALL = "run `make run`: it installs what requirements.lock names"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` is empty when it is in order."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at all that the course needs, and change nothing; in about a second.

    >>> [finding.name for finding in examine()]
    ['python', 'packages', 'kernel', 'sources', 'memory', 'disk']
    """
    from playbook.inputs import ROOT, cache_dir

    return [
        python(sys.version_info[:2]),
        packages(ROOT / "requirements.lock"),
        kernel(),
        sources(),
        memory(),
        disk([ROOT, cache_dir()]),
    ]


def classroom() -> list[Finding]:
    """Look at what a laptop of a class needs beyond that: cores, JupyterLab, loopback, a place for progress.

    >>> [finding.name for finding in classroom()]
    ['processors', 'jupyterlab', 'loopback', 'progress']
    """
    return [processors(), jupyterlab(), loopback(), progress()]


def python(version: tuple[int, int]) -> Finding:
    """Check the version of Python, as (major, minor).

    >>> python((3, 14))
    Finding(name='python', ok=False, detail='3.14', remedy='install Python 3.11, 3.12 or 3.13, ...')
    """
    ok = (3, 11) <= version <= (3, 13)
    remedy = "" if ok else "install Python 3.11, 3.12 or 3.13, then run `make run`"
    return Finding("python", ok, ".".join(map(str, version)), remedy)


def packages(lock: Path) -> Finding:
    """Compare the installed packages with the pins of the lock that apply to this platform."""
    if not lock.exists():
        return Finding("packages", False, f"{lock.name} is missing", "restore it with git")
    pins = _pins(lock)
    wrong = [
        f"{name} {have or 'missing'} (not {want})"
        for name, want in pins.items()
        if (have := _have(name)) != want
    ]
    if not wrong:
        return Finding("packages", True, f"{len(pins)} packages as in {lock.name}")
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    return Finding("packages", False, ", ".join(wrong[:5]) + more, _INSTALL)


def kernel() -> Finding:
    """Check that Jupyter finds the kernel that the notebooks name."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = "run `python -m ipykernel install --sys-prefix`"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("kernel", False, "Jupyter has no kernel python3", remedy)
    starts = Path(spec.argv[0])
    if starts.is_absolute() and starts.parent != Path(sys.executable).parent:
        return Finding("kernel", False, f"the kernel python3 starts another Python, {starts}", remedy)
    return Finding("kernel", True, f"python3 in {spec.resource_dir}")


def sources() -> Finding:
    """Check that every data set and model is in the cache and is the file that was checked."""
    from playbook import inputs

    with_file = [name for name, entry in inputs.sources().items() if entry.file]
    wrong = []
    for name in with_file:
        try:
            inputs.path(name)
        except (PlaybookError, OSError) as error:
            wrong.append(str(error))
    if wrong:
        return Finding("sources", False, " ".join(wrong), "run `playbook fetch` with a network")
    return Finding("sources", True, f"{len(with_file)} files, checksums verified")


def memory() -> Finding:
    """Check the memory that is free now: one chapter with the language model open stays below 6 GB."""
    import psutil

    free = psutil.virtual_memory().available / 1e9
    ok = free >= MEMORY_GB
    remedy = "" if ok else f"close other programs: a run takes up to {MEMORY_GB} GB"
    return Finding("memory", ok, f"{free:.1f} GB free", remedy)


def disk(folders: list[Path]) -> Finding:
    """Check the free space of each folder's disk, or of the nearest folder above it that exists."""
    free = {folder: shutil.disk_usage(_existing(folder)).free / 1e9 for folder in folders}
    tightest = min(free, key=lambda folder: free[folder])
    ok = free[tightest] >= DISK_GB
    remedy = "" if ok else f"free {DISK_GB} GB there, or set PLAYBOOK_CACHE to a folder on a larger disk"
    return Finding("disk", ok, f"{free[tightest]:.1f} GB free for {tightest}", remedy)


def processors() -> Finding:
    """Check the processors: the times of the plan were measured with two."""
    have = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    remedy = "" if have >= 2 else "pair this laptop with another: a chapter takes twice as long here"
    return Finding("processors", have >= 2, f"{have} usable", remedy)


def jupyterlab() -> Finding:
    """Check that JupyterLab is there, to read the notebooks in."""
    have = _have("jupyterlab")
    return Finding("jupyterlab", bool(have), have or "missing", "" if have else _INSTALL)


def loopback() -> Finding:
    """Check that a program may listen on this machine, as Jupyter and chapter 4's servers do."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError as error:
        remedy = "let the firewall allow connections to 127.0.0.1"
        return Finding("loopback", False, f"127.0.0.1 cannot be reached: {error}", remedy)
    return Finding("loopback", True, "127.0.0.1 answers")


def progress() -> Finding:
    """Check that what a student solved can be kept."""
    from playbook.course.tries import state_folder

    folder = _existing(state_folder())
    ok = os.access(folder, os.W_OK)
    remedy = "" if ok else "set PLAYBOOK_STATE to a folder that can be written"
    return Finding(
        "progress", ok, f"kept in {state_folder()}" if ok else f"{folder} cannot be written", remedy
    )


def _pins(lock: Path) -> dict[str, str]:
    """Give name and version of each line of the lock whose marker holds here."""
    from packaging.requirements import Requirement

    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pins = {}
    for line in lines:
        text = line.split("#")[0].split(" --hash")[0].strip()
        if not text or text.startswith("-"):
            continue
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate():
            pins[requirement.name] = str(requirement.specifier).removeprefix("==")
    return pins


def _have(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
