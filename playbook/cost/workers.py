"""Trains one model with several worker processes on this machine, and kills one to see what follows."""

import contextlib
import socket
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from playbook.cost.backends import SHAPE, cut
from playbook.cost.checks import whole
from playbook.cost.processes import Children, children
from playbook.errors import PlaybookError

PATIENCE = 3.0  # seconds that a worker is watched after another was killed


@dataclass(frozen=True)
class Fleet:
    """A training over `workers` processes: its losses, what a step takes, what a killed worker did to it."""

    workers: int
    losses: np.ndarray  # nats a token, one a step, of the whole batch
    wall_seconds: float  # of a step, the median
    processor_seconds: float  # of a step, the median, summed over the workers
    killed_after: int | None = None  # steps
    resumed_after: int | None = None  # steps, of the checkpoint
    others: str | None = None  # what the other workers did meanwhile: "waited" or "ended"


def train(
    ids: np.ndarray,
    workers: int = 2,
    *,
    vocabulary: int,
    steps: int = 12,
    batch: int = 32,
    sequence: int = 64,
    checkpoint_every: int = 6,
    kill_after: int | None = None,
    learning_rate: float = 3e-3,
    seed: int = 0,
    ports: Sequence[int] | None = None,
    seconds: float = 300,
) -> Fleet:
    """Train a small Llama under MultiWorkerMirroredStrategy, one processor a worker, on 127.0.0.1.

    Each worker takes its share of every batch. kill_after: the last worker is killed when it has done so many
    steps; all are then started again and go on from the last checkpoint. ports: one a worker, or None for
    any free ones. seconds: the time that one start may take. Whatever address they are given, TensorFlow's
    workers listen on all interfaces of the machine and ask nobody who they are: that is for a firewall.

    Raises PlaybookError for a batch that does not split, fewer tokens than the steps need, a port that is
    taken, and for workers that fail or take too long.
    """
    batches = cut(ids, steps, batch, sequence, vocabulary)
    if batch % whole("workers", workers):
        raise PlaybookError(f"a batch of {batch} does not split over {workers} workers: take a multiple.")
    if kill_after is not None and not checkpoint_every <= kill_after < steps:
        raise PlaybookError(
            f"kill_after is {kill_after}: give {checkpoint_every} (the first checkpoint) to {steps - 1}."
        )
    plan = dict(shape=SHAPE, vocabulary=vocabulary, sequence=sequence, learning_rate=learning_rate, seed=seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plan |= {"batches": str(Path(folder) / "batches.npy"), "checkpoint": str(Path(folder) / "last.npz")}
        np.save(plan["batches"], batches)
        plan["every"] = checkpoint_every
        said, others = _start(plan, ports or free_ports(workers), kill_after, seconds)
        if kill_after is None:
            return _fleet(workers, said)
        again, _ = _start(plan, ports or free_ports(workers), None, seconds)
    whole_run = _fleet(workers, said + again)
    return replace(
        whole_run,
        killed_after=kill_after,
        resumed_after=min(line["step"] for line in again) - 1,
        others=others,
    )


def _start(
    plan: dict, ports: Sequence[int], kill_after: int | None, seconds: float
) -> tuple[list[dict], str | None]:
    for port in ports:
        _refuse_taken(port)
    plans = [plan | {"index": index, "ports": list(ports)} for index in range(len(ports))]
    said = []
    with children("playbook.cost.multi_worker", plans, KERAS_BACKEND="tensorflow") as started:
        for index, line in started.messages(seconds):
            said.append(line | {"worker": index})
            if kill_after is not None and index == len(ports) - 1 and line["step"] == kill_after:
                started.processes[index].kill()
                return said, _what_the_others_do(started)
    return said, None


def _what_the_others_do(started: Children) -> str:
    end = time.monotonic() + PATIENCE
    *others, killed = started.processes
    killed.wait()
    while time.monotonic() < end and all(other.poll() is None for other in others):
        time.sleep(0.1)
    return "waited" if all(other.poll() is None for other in others) else "ended"


def _fleet(workers: int, said: list[dict]) -> Fleet:
    # a step that was done twice, before and after a restart, counts as it was done last
    losses = {line["step"]: line["loss"] for line in said if line["worker"] == 0}
    wall, processor = (
        [
            _median_step([line for line in said if line["worker"] == worker], clock)
            for worker in range(workers)
        ]
        for clock in ("wall", "processor")
    )
    return Fleet(workers, np.array([losses[step] for step in sorted(losses)]), max(wall), sum(processor))


def _median_step(lines: list[dict], clock: str) -> float:
    # between two lines of one start; the first step of each start, which compiles, has no line before it
    taken = [b[clock] - a[clock] for a, b in pairwise(lines) if b["step"] == a["step"] + 1]
    return float(np.median(taken))


def efficiency(one: Fleet, many: Fleet) -> tuple[float, float]:
    """Scaling efficiency by two clocks: the share of each worker's work that is not lost to working together.

    By the wall clock: seconds of a step on one worker / (workers x seconds on all of them). By processor
    seconds, which other programs do not change: those of one / those of all. 1 is perfect.

    >>> one, two = Fleet(1, np.zeros(2), 0.10, 0.10), Fleet(2, np.zeros(2), 0.0625, 0.125)
    >>> efficiency(one, two)
    (0.8, 0.8)
    """
    return (
        one.wall_seconds / (many.workers * many.wall_seconds),
        one.processor_seconds / many.processor_seconds,
    )


def free_ports(count: int) -> list[int]:
    """Give so many ports of the loopback interface that nobody listens on, all different.

    >>> len(set(free_ports(2)))
    2
    """
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def _refuse_taken(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        raise PlaybookError(
            f"port {port} cannot be used ({error}): name a free one, or leave ports out."
        ) from None
