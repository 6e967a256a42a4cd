"""Keeps the log lines of native libraries out of a notebook's outputs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def quiet() -> Iterator[None]:
    """Send file descriptor 2 to nowhere inside the block: TensorFlow and llama.cpp log there from C++.

    Python's own errors still reach the reader, since they are raised and not printed.

    >>> with quiet():
    ...     _ = os.write(2, b"a log line with the time of day in it")
    """
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
