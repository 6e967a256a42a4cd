"""Watches how much memory this process holds while a block of code runs."""

import contextlib
import ctypes
import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass

SECONDS = 0.005  # between two looks: a training step of the smallest model takes several


@dataclass
class Peak:
    """Resident memory in bytes: before a block began, and the most that was seen while it ran."""

    before: int = 0
    highest: int = 0

    @property
    def added(self) -> int:
        """What the block took at its peak, above what the process held before."""
        return self.highest - self.before


@contextlib.contextmanager
def peak_memory() -> Iterator[Peak]:
    """Watch the resident memory of this process inside a `with` block; the figures are there when it ends.

    What earlier code left over is given back to the system first: a block that may use it again would
    seem to need nothing.

    >>> with peak_memory() as peak:
    ...     million = bytearray(50_000_000)
    >>> peak.added > 40_000_000
    True
    """
    import psutil

    process, peak, done = psutil.Process(), Peak(), threading.Event()
    release()
    peak.before = peak.highest = process.memory_info().rss

    def look() -> None:
        peak.highest = max(peak.highest, process.memory_info().rss)

    def watch() -> None:
        while not done.wait(SECONDS):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()
        look()


def release() -> None:
    """Give freed memory back to the operating system, where its allocator can be asked to (glibc)."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
