"""Runs that are interrupted: how often to save, what it costs, and when a cheap hour is a dear one."""

import math
from dataclasses import dataclass

import numpy as np

from playbook.cost.checks import positive, whole
from playbook.errors import PlaybookError

# Llama 3: 419 unexpected interruptions in 54 days on 16,384 devices (arXiv:2407.21783, section 3.3.4).
DEVICE_MTBF = 16_384 * 54 * 24 / 419
RESTART = 0.25  # hours until work goes on: machines found, checkpoint read


@dataclass(frozen=True)
class Interrupted:
    """A run on machines that fail: what it takes, in hours.

    work: without any failure; save, restart: a checkpoint, a new start; between: two interruptions, in the
    mean; every: two checkpoints; hours: the whole run by formula, in the mean; simulated: the same, drawn.
    """

    work: float
    save: float
    restart: float
    between: float
    every: float
    hours: float
    simulated: float

    @property
    def overhead(self) -> float:
        """Hours added by saving, failing and starting again, as a share of the work."""
        return self.hours / self.work - 1


def interrupted(
    work: float, devices: int, save: float, restart: float = RESTART, mtbf: float = DEVICE_MTBF, seed: int = 0
) -> Interrupted:
    """Plan the checkpoints of a run of `work` hours on `devices` devices, each failing every `mtbf` hours.

    save, restart: hours that a checkpoint and a new start take. The interval is Daly's.

    >>> run = interrupted(720, 1024, save=0.05)
    >>> round(run.every, 1), round(run.overhead, 2), abs(run.simulated / run.hours - 1) < 0.01
    (2.2, 0.05, True)
    """
    between = positive("mtbf", mtbf) / whole("devices", devices)
    every = min(daly(save, between), positive("work", work))
    drawn = simulated_hours(work, every, save, between, restart, seed=seed)
    hours = expected_hours(work, every, save, between, restart)
    return Interrupted(work, save, restart, between, every, hours, float(drawn.mean()))


def young(save: float, mtbf: float) -> float:
    """Hours of work between two checkpoints that waste least, to first order: sqrt(2 x save x mtbf).

    save: hours that a checkpoint takes; mtbf: mean hours between interruptions of the *whole cluster*: a
    device's divided by their number. Raises PlaybookError unless both are above zero.
    Source: Young, CACM 17(9), 1974.

    >>> round(young(0.05, 3.1), 3)
    0.557
    """
    return math.sqrt(2 * positive("save", save) * positive("mtbf", mtbf))


def daly(save: float, mtbf: float) -> float:
    """Hours of work between two checkpoints that waste least, to higher order.

    Below Young's where interruptions are frequent, and `mtbf` where saving takes longer than two of them.
    Arguments as of `young`.
    Source: Daly, Future Generation Computer Systems 22(3), 2006, equation 37.

    >>> round(daly(0.05, 3.1), 3)
    0.524
    """
    save, mtbf = positive("save", save), positive("mtbf", mtbf)
    if save >= 2 * mtbf:
        return mtbf
    ratio = save / (2 * mtbf)
    return young(save, mtbf) * (1 + math.sqrt(ratio) / 3 + ratio / 9) - save


def expected_hours(work: float, interval: float, save: float, mtbf: float, restart: float = 0.0) -> float:
    """Mean hours from start to end of a run that is interrupted at random, in closed form.

    Each `interval` hours of work are saved in `save` hours; an interruption loses what was not saved and
    needs `restart` hours before the work goes on, which may be interrupted too. Interruptions come at random
    (exponential). The number of intervals is rounded up to a whole one. Raises PlaybookError for a plan that
    interruptions would never let end (more than e^50 times the work).
    Source: Daly 2006, equation 13.

    >>> round(expected_hours(100, 0.5, 0.05, 3.1, restart=0.1) / 100, 2)
    1.24
    """
    count, segment = _segments(work, interval, save)
    attempt = (segment + positive("restart", restart) if restart else segment) / positive("mtbf", mtbf)
    if attempt > 50:
        raise PlaybookError(
            f"interruptions every {mtbf:g} hours never let {segment:g} hours be saved: save more often."
        )
    return count * mtbf * math.exp(restart / mtbf) * math.expm1(segment / mtbf)


def simulated_hours(
    work: float,
    interval: float,
    save: float,
    mtbf: float,
    restart: float = 0.0,
    runs: int = 500,
    seed: int = 0,
) -> np.ndarray:
    """Draw the hours of `runs` runs (an array of that length) of the process in `expected_hours`.

    All intervals of all runs are tried at once; those that were interrupted are tried again, restart first.

    >>> hours = simulated_hours(100, 0.5, 0.05, 3.1, restart=0.1)
    >>> hours.shape, bool(abs(hours.mean() / expected_hours(100, 0.5, 0.05, 3.1, restart=0.1) - 1) < 0.02)
    ((500,), True)
    """
    expected_hours(work, interval, save, mtbf, restart)  # refuses what would never end
    count, segment = _segments(work, interval, save)
    rng = np.random.default_rng(seed)
    hours = np.zeros(whole("runs", runs))
    pending, attempt = np.repeat(np.arange(runs), count), segment
    while len(pending):
        until = rng.exponential(mtbf, len(pending))
        np.add.at(hours, pending, np.minimum(until, attempt))
        pending, attempt = pending[until < attempt], segment + restart
    return hours


def spot_break_even(calm: Interrupted, discount: float) -> float:
    """Mean hours between interruptions at which spot costs what on-demand does; rarer, and spot is cheaper.

    calm: the run on machines that are not taken away, of `interrupted`; discount: spot price over on-demand
    price. On spot, too, the checkpoints are at Daly's interval. Raises PlaybookError unless the discount is
    between 0 and 1, and where spot would win whatever happens.

    >>> round(spot_break_even(interrupted(720, 64, save=0.05), 1.25 / 2.95), 2)
    0.59
    """
    if not 0 < discount < 1:
        raise PlaybookError(f"discount is {discount!r}: give spot price over on-demand price, below 1.")

    def hours(between: float) -> float:
        every = min(daly(calm.save, between), calm.work)
        return expected_hours(calm.work, every, calm.save, between, calm.restart)

    low, high = (calm.save + calm.restart) / 10, calm.between
    if discount * hours(low) <= calm.hours:
        raise PlaybookError(f"spot is cheaper even if interrupted every {low:g} hours: check the discount.")
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if discount * hours(middle) > calm.hours else (low, middle)
    return high


def _segments(work: float, interval: float, save: float) -> tuple[int, float]:
    """Give the number of intervals, and the hours that one takes with its checkpoint."""
    work = positive("work", work)
    count = max(1, math.ceil(work / positive("interval", interval) - 1e-9))
    return count, work / count + positive("save", save)
