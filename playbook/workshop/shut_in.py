"""Runs a stranger's code in a forked process that reaches no network, no other file and no other process.

The child is a copy of this process, so that a chapter that took minutes to run is there at once. Before the
stranger's code starts it gets namespaces of its own (network, processes, IPC), Landlock rules that let it
write in one folder only, a filter that lets it start no process, and limits of memory, processor time and
file size. Linux alone has these.
"""

import ctypes
import json
import os
import platform
import resource
import selectors
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError
from playbook.workshop.seccomp import MACHINES, forbid_processes

NEW_USER, NEW_PID, NEW_NET, NEW_IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000  # <linux/sched.h>
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's system calls, the same on every machine
WRITES = 0x3FF2  # all of Landlock's first version but execute, read file and read folder, with refer
NO_NEW_PRIVS, DEATH_SIGNAL = 38, 1  # <linux/prctl.h>
ANSWER_BYTES = 65_536
UNAVAILABLE = (
    "Grading runs other people's code, and only Linux with Landlock and user namespaces can shut it in: use "
    "such a machine (WSL will do), outside of a container that forbids them."
)


@dataclass(frozen=True)
class Limits:
    """What one task may use: seconds, bytes beyond what is in memory already, bytes of each file."""

    seconds: float = 20
    memory_bytes: int = 2 * 2**30
    file_bytes: int = 20 * 2**20


@dataclass(frozen=True)
class Outcome:
    """What came of a task: what it returned, or in `ended` why it did not return."""

    value: Any = None
    ended: str = ""


def available() -> bool:
    """Say whether this machine can shut code in: Linux with Landlock, and with user namespaces allowed."""
    if not sys.platform.startswith("linux") or platform.machine() not in MACHINES:
        return False
    if _libc().syscall(CREATE_RULESET, None, 0, 1) < 2:
        return False
    child = os.fork()
    if not child:
        os._exit(_libc().unshare(NEW_USER | NEW_PID | NEW_NET | NEW_IPC) and 1)
    return os.waitpid(child, 0)[1] == 0


def run(task: Callable[[], Any], folder: Path, limits: Limits = Limits()) -> Outcome:
    """Call `task` in a forked and shut-in process whose working and only writable folder is `folder`.

    `task` gives a value that JSON can hold, at most 64 kB of it; what it prints goes to `<folder>/printed`.
    Whatever it does, this process lives on, and after `limits.seconds` nothing of the other is left.
    Raises PlaybookError where the machine cannot shut code in.
    """
    if not available():
        raise PlaybookError(UNAVAILABLE)
    read, write = os.pipe()
    printed = os.open(folder / "printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    child = os.fork()
    if not child:
        os.close(read)
        _outer(task, folder, limits, (write, printed))
    os.close(write)
    said, late = _listen(read, limits.seconds)
    os.close(read)
    os.kill(child, signal.SIGKILL)  # the first process of the inner namespace dies with it, and all others
    os.waitpid(child, 0)
    size = os.fstat(printed).st_size
    os.close(printed)
    if size >= limits.file_bytes:
        return Outcome(ended="output")
    return _outcome(said, late)


def _listen(read: int, seconds: float) -> tuple[bytes, bool]:
    """Read until the other side closes, says too much, or time is up."""
    said, until = b"", time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(read, selectors.EVENT_READ)
        while len(said) <= ANSWER_BYTES:
            if not selector.select(max(0, until - time.monotonic())):
                return said, True
            part = os.read(read, ANSWER_BYTES)
            if not part:
                return said, False
            said += part
    return said, False


def _outcome(said: bytes, late: bool) -> Outcome:
    if late:
        return Outcome(ended="time")
    if len(said) > ANSWER_BYTES:
        return Outcome(ended="size of the answer")
    try:
        found = json.loads(said)
        return Outcome(value=found["value"]) if "value" in found else Outcome(ended=str(found["ended"])[:80])
    except (ValueError, TypeError, KeyError):
        return Outcome(ended="killed")


def _outer(task: Callable[[], Any], folder: Path, limits: Limits, files: tuple[int, int]) -> None:
    """Make the namespaces, then wait for their first process and say how it ended, if it could not itself."""
    try:
        libc = _libc()
        os.setsid()
        libc.prctl(DEATH_SIGNAL, signal.SIGKILL)
        _must(libc.unshare(NEW_USER | NEW_PID | NEW_NET | NEW_IPC))
        inner = os.fork()
        if not inner:
            _inner(task, folder, limits, files)
        _, status = os.waitpid(inner, 0)
        if os.WIFSIGNALED(status):
            _say(files[0], {"ended": f"signal {os.WTERMSIG(status)}"})
    finally:
        os._exit(0)


def _inner(task: Callable[[], Any], folder: Path, limits: Limits, files: tuple[int, int]) -> None:
    try:
        libc = _libc()
        libc.prctl(DEATH_SIGNAL, signal.SIGKILL)
        os.chdir(folder)
        write, printed = files
        nothing = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, nothing), (1, printed), (2, printed)):
            os.dup2(source, target)
        _only_this_folder(libc, folder)
        _limit(limits)
        forbid_processes()
        try:
            _say(write, {"value": task()})
        except MemoryError:
            _say(write, {"ended": "memory"})
        except BaseException as error:  # a stranger's code may raise anything, SystemExit included
            _say(write, {"ended": type(error).__name__})
    finally:
        os._exit(0)


def _limit(limits: Limits) -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for what, most in (
        (resource.RLIMIT_AS, mapped + limits.memory_bytes),
        (resource.RLIMIT_CPU, int(limits.seconds) + 1),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _only_this_folder(libc: ctypes.CDLL, folder: Path) -> None:
    """Forbid every write but below `folder` (Landlock, Linux 5.19 and later)."""
    handled = ctypes.c_uint64(WRITES)
    rules = libc.syscall(CREATE_RULESET, ctypes.byref(handled), 8, 0)
    _must(rules)
    opened = os.open(folder, os.O_PATH)
    beneath = ctypes.create_string_buffer(
        WRITES.to_bytes(8, sys.byteorder) + opened.to_bytes(4, sys.byteorder)
    )
    _must(libc.syscall(ADD_RULE, rules, 1, beneath, 0))
    _must(libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0))
    _must(libc.syscall(RESTRICT_SELF, rules, 0))


def _say(write: int, what: dict[str, Any]) -> None:
    os.write(write, json.dumps(what).encode()[: 2 * ANSWER_BYTES])


def _must(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
