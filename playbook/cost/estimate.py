"""Hours, money, energy and carbon of a run not yet begun, with an interval learned from published runs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from playbook.cost.accelerators import ACCELERATORS, accelerator
from playbook.cost.checks import positive
from playbook.cost.prices import AVERAGE, grid, price_of, watts
from playbook.cost.runs import dense_runs, factor_error, gpu_hours, published_runs
from playbook.errors import PlaybookError

LEVEL = 0.9


@dataclass(frozen=True)
class Estimate:
    """What a run takes: accelerator-hours with a 90 % interval, and the rest for the hours in the middle.

    usd, kwh, co2_t: None where no dated price, or no power, of the accelerator is known.
    """

    gpu_hours: float
    low: float
    high: float
    utilisation: float
    usd: float | None
    kwh: float | None
    co2_t: float | None


@dataclass(frozen=True)
class Learned:
    """What published runs teach: log of the whole-run utilisation by generation, and how far it errs.

    `overall` serves a generation that nobody has published a run of; `width` is half the 90 % interval, in
    log units: exp(width) is the factor by which nine in ten new laboratories stay near the estimate.
    """

    overall: float
    generations: dict[str, float]
    width: float

    def utilisation(self, name: str) -> float:
        """Give the share of its peak that a whole run is expected to reach on this accelerator."""
        return math.exp(self.generations.get(accelerator(name).generation, self.overall))


def estimate_run(
    params: float,
    tokens: float,
    accelerator: str,
    utilisation: float | None = None,
    price: float | None = None,
    region: str = AVERAGE,
) -> Estimate:
    """Estimate a dense training run from published ones: hours with a 90 % interval, money, energy, carbon.

    params, tokens: as in `training_flops` (active parameters of a mixture of experts). utilisation: share of
    the peak over the *whole* run, if you know yours: the interval is then a point. price: USD an
    accelerator-hour, else the median on-demand price of data/prices.toml. region: of the same file.
    Raises PlaybookError for a plan that is none, an unknown accelerator or region.

    >>> run = estimate_run(6.7e9, 1e12, "A100-80GB", price=2)  # LLaMA-7B took 82,432 hours
    >>> run.low < 82432 < run.high
    True
    """
    learned = learned_from_published()
    width = learned.width if utilisation is None else 0.0
    reached = learned.utilisation(accelerator) if utilisation is None else utilisation
    hours = gpu_hours(params, tokens, accelerator, reached)
    rate = price_of(accelerator) if price is None else positive("price", price)
    place, draw = grid(region), watts(accelerator)
    kwh = None if draw is None else energy_kwh(hours, draw, place.pue)
    return Estimate(
        hours,
        hours / math.exp(width),
        hours * math.exp(width),
        reached,
        None if rate is None else hours * rate,
        kwh,
        None if kwh is None else carbon_t(kwh, place.kg_per_kwh),
    )


def energy_kwh(hours: float, watts: float, pue: float = 1.1) -> float:
    """Energy of accelerator-hours at `watts` a board, with the data centre's overhead, in kWh.

    Source: Touvron et al., LLaMA, arXiv:2302.13971, section 6: MWh = hours x 400 W x 1.1.

    >>> round(energy_kwh(82432, 400))  # LLaMA-7B: 36 MWh
    36270
    """
    return hours * watts * pue / 1000


def carbon_t(kwh: float, kg_per_kwh: float = 0.385) -> float:
    """Tonnes of CO2 equivalent that the grid emits for this energy.

    >>> round(carbon_t(36_000))  # LLaMA-7B: 14 t
    14
    """
    return kwh * kg_per_kwh / 1000


def learn(dense: pd.DataFrame) -> Learned:
    """Learn utilisation by accelerator generation from dense runs (`dense_runs`), one vote a laboratory.

    A generation's value is the mean over its laboratories of their mean log utilisation, and the overall mean
    votes as one laboratory more: who has one run behind it is pulled half-way to all. The interval is
    hierarchical conformal (Lee, Barber, Willett 2023, arXiv:2306.06342): errors of each laboratory, predicted
    from the others, and it is meant for a laboratory not seen. Raises PlaybookError for fewer than three.

    >>> runs = pd.DataFrame({"laboratory": list("abc"), "accelerator": "H100", "utilisation": [0.2] * 3})
    >>> round(learn(runs).utilisation("H100"), 3)
    0.2
    """
    if dense["laboratory"].nunique() < 3:
        raise PlaybookError("learn() leaves laboratories out one at a time: give runs of three or more.")
    return Learned(*_centre(dense), _width(dense))


def held_out(dense: pd.DataFrame) -> pd.DataFrame:
    """Predict each run from the other laboratories alone, interval included.

    New columns: predicted (utilisation), factor (error of the hours, at least 1), spread (half the interval,
    as a factor) and inside (whether the hours lie in the interval).
    """
    parts = []
    for theirs, others in _splits(dense):
        learned = learn(others)
        predicted = theirs["accelerator"].map(learned.utilisation)
        factor = factor_error(predicted, theirs["utilisation"])
        spread = math.exp(learned.width)
        found = {"predicted": predicted, "factor": factor, "spread": spread, "inside": factor <= spread}
        parts.append(theirs.assign(**found))
    return pd.concat(parts).loc[dense.index]


@cache
def learned_from_published() -> Learned:
    """Learn from data/training_runs.csv, once."""
    return learn(dense_runs(published_runs()))


def _splits(dense: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield the runs of each laboratory, and those of all others."""
    for laboratory in sorted(dense["laboratory"].unique()):
        own = dense["laboratory"] == laboratory
        yield dense[own], dense[~own]


def _centre(dense: pd.DataFrame) -> tuple[float, dict[str, float]]:
    """Give the mean log utilisation, and that of each generation, shrunk to it by one vote."""
    logs = np.log(dense["utilisation"])
    generation = dense["accelerator"].map(lambda name: ACCELERATORS[name].generation)
    overall = float(logs.groupby(dense["laboratory"]).mean().mean())
    votes = logs.groupby([generation.to_numpy(), dense["laboratory"].to_numpy()]).mean()
    by_generation = votes.groupby(level=0).agg(["sum", "size"])
    shrunk = (by_generation["sum"] + overall) / (by_generation["size"] + 1)
    return overall, shrunk.to_dict()


def _width(dense: pd.DataFrame) -> float:
    """Half the interval in log units: a weighted quantile, each laboratory weighs the same, one is unseen."""
    errors, weights = [], []
    laboratories = dense["laboratory"].nunique()
    for theirs, others in _splits(dense):
        learned = Learned(*_centre(others), 0.0)
        predicted = theirs["accelerator"].map(learned.utilisation)
        errors.extend(np.log(factor_error(predicted, theirs["utilisation"])))
        weights.extend([1 / len(theirs) / (laboratories + 1)] * len(theirs))
    order = np.argsort(errors)
    reached = np.cumsum(np.array(weights)[order])
    place = min(int(np.searchsorted(reached, LEVEL - 1e-9)), len(order) - 1)
    return float(np.array(errors)[order][place])
