"""Child processes that answer in lines of JSON, end with their parent, and never outlive their time."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from playbook.errors import PlaybookError
from playbook.garbage import collect_seldom


class Children:
    """Processes that each run the same module with a plan of their own; made by `children`."""

    def __init__(self, module: str, plans: Sequence[dict], environment: dict[str, str], log: Path) -> None:
        self.processes: list[subprocess.Popen] = []
        self._said: queue.Queue = queue.Queue()
        self._log = log
        for index, plan in enumerate(plans):
            # -P: a keras.py in the reader's folder is not the keras that is meant
            command = [sys.executable, "-P", "-m", module, json.dumps(plan)]
            with (log / str(index)).open("wb") as errors:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=os.environ | environment,
                )
            self.processes.append(process)
            threading.Thread(target=self._listen, args=(index, process), daemon=True).start()

    def _listen(self, index: int, process: subprocess.Popen) -> None:
        with process.stdout as said:
            for line in said:
                self._said.put((index, json.loads(line)))
        self._said.put((index, None))

    def messages(self, seconds: float) -> Iterator[tuple[int, dict]]:
        """Give what the children say, with the number of the child, until all have ended.

        Raises PlaybookError when a child fails, or when they take longer than `seconds`.
        """
        end, running = time.monotonic() + seconds, len(self.processes)
        while running:
            try:
                index, message = self._said.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise PlaybookError(
                    f"training took longer than {seconds:g} s: close other programs, or give it more seconds."
                ) from None
            if message is not None:
                if "error" in message:
                    raise PlaybookError(message["error"])
                yield index, message
                continue
            running -= 1
            if code := self.processes[index].wait():
                last = (self._log / str(index)).read_text("utf-8", "replace").strip().rpartition("\n")[2]
                raise PlaybookError(
                    f"training process {index} ended with code {code} ({last[:200] or 'it said nothing'}): "
                    "run it again, with more memory free if it was killed."
                )

    def end(self) -> None:
        """Kill what still runs, and wait until it is gone."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
            process.stdin.close()


@contextlib.contextmanager
def children(module: str, plans: Sequence[dict], **environment: str) -> Iterator[Children]:
    """Start one process a plan for the length of a `with` block; none of them is left behind."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as log:
        started = Children(module, plans, {"TF_CPP_MIN_LOG_LEVEL": "3"} | environment, Path(log))
        try:
            yield started
        finally:
            started.end()


def child(work: Callable[[dict, Callable[..., None]], None]) -> None:
    """Be a child process: do `work` with the plan and a function that answers, by keywords, in one line.

    A library that prints does not disturb the answers: standard output is turned into standard error. The
    parent holds the other end of standard input, and when that is gone the process ends at once.
    """
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def end_with_parent() -> None:
        os.read(0, 1)  # not sys.stdin: its lock, held here, would make the interpreter fail at its end
        os._exit(1)

    def say(**message: object) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    threading.Thread(target=end_with_parent, daemon=True).start()
    collect_seldom()
    try:
        work(json.loads(sys.argv[1]), say)
    except PlaybookError as error:
        say(error=str(error))
