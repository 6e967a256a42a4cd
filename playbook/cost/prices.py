"""Reads data/prices.toml: dated prices of an hour, power of a board, and how clean a region's grid is."""

import datetime
import math
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from playbook.cost.accelerators import accelerator
from playbook.cost.checks import positive, share
from playbook.errors import PlaybookError

KINDS = ("on-demand", "spot", "reserved", "assumed")
AVERAGE = "us-average"
HOURS_A_MONTH = 730


@dataclass(frozen=True)
class Grid:
    """Where a run draws its power: energy of the data centre over that of its machines, and CO2 a kWh."""

    pue: float
    kg_per_kwh: float
    source: str


def prices(path: Path | None = None) -> pd.DataFrame:
    """Read the price table: a row a price, in USD an accelerator-hour.

    Columns: accelerator, cloud, region, kind (one of KINDS), usd, date, source. path: another file in the
    form of data/prices.toml. Raises PlaybookError for a price without a date or a source, of an unknown kind
    or accelerator, or that is not positive.

    >>> sorted(prices()["kind"].unique())
    ['assumed', 'on-demand', 'reserved', 'spot']
    """
    rows = _read(path).get("price", [])
    for number, row in enumerate(rows, start=1):
        where = f"price {number} ({row.get('accelerator', '?')} at {row.get('cloud', '?')})"
        _dated(where, row)
        if row.get("kind") not in KINDS:
            raise PlaybookError(f"{where} is of no known kind: write one of {', '.join(KINDS)}.")
        positive(f"{where}: usd", row.get("usd"))
        accelerator(row.get("accelerator", ""))
    return pd.DataFrame(rows, columns=["accelerator", "cloud", "region", "kind", "usd", "date", "source"])


def price_of(name: str, kind: str = "on-demand") -> float | None:
    """Give the median price of this kind for an accelerator, in USD an hour; None where none is listed.

    >>> price_of("H100", "spot"), price_of("TPUv4")
    (1.25, None)
    """
    table = prices()
    listed = table.loc[(table["accelerator"] == accelerator(name).name) & (table["kind"] == kind), "usd"]
    return None if listed.empty else float(listed.median())


def watts(name: str) -> float | None:
    """Give the most that a board of this accelerator draws, in W; None where no source says.

    >>> watts("A100-80GB")
    400.0
    """
    entry = _read().get("watts", {}).get(accelerator(name).name)
    return None if entry is None else positive(f"watts of {name}", _dated(f"watts of {name}", entry)["watts"])


def purchase(name: str) -> tuple[float, float]:
    """Give what one accelerator costs to own: USD once, and USD a month for housing it.

    Raises PlaybookError where the table has no dated purchase price.

    >>> purchase("H100")
    (43750.0, 365.0)
    """
    entry = _read().get("purchase", {}).get(accelerator(name).name)
    if entry is None:
        raise PlaybookError(
            f"data/prices.toml has no purchase price of {name}: add [purchase.{name}] with a date."
        )
    _dated(f"purchase of {name}", entry)
    return positive("purchase: usd", entry["usd"]), positive("purchase: usd_a_month", entry["usd_a_month"])


def break_even_month(name: str, price: float, used: float = 1.0) -> float:
    """Month from which owning an accelerator is cheaper than renting one; inf for never.

    price: of renting, USD an hour; used: share of the hours that you would rent, while an owned device costs
    the same when idle. The purchase and its housing are of data/prices.toml; resale and interest are left
    out. Raises PlaybookError where no purchase price is listed.

    >>> round(break_even_month("H100", 2.95)), break_even_month("H100", 2.95, used=0.15)
    (24, inf)
    """
    once, monthly = purchase(name)
    saved = positive("price", price) * HOURS_A_MONTH * share("used", used) - monthly
    return once / saved if saved > 0 else math.inf


def grid(region: str = AVERAGE) -> Grid:
    """Look a region up; raises PlaybookError with near names where it is not listed.

    >>> grid().kg_per_kwh, grid("europe-north1").kg_per_kwh
    (0.385, 0.039)
    """
    regions = _read().get("grid", {})
    if region not in regions:
        near = get_close_matches(str(region), regions, n=2, cutoff=0.4) or sorted(regions)
        raise PlaybookError(f"there is no region {region!r} in data/prices.toml: take {' or '.join(near)}.")
    entry = _dated(f"grid {region}", regions[region])
    return Grid(positive("pue", entry["pue"]), positive("kg_per_kwh", entry["kg_per_kwh"]), entry["source"])


def _read(path: Path | None = None) -> dict[str, Any]:
    from playbook.inputs import ROOT

    return _parsed(path or ROOT / "data" / "prices.toml")


@cache
def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PlaybookError(f"{path.name} cannot be read ({error}): mend it, or check out data/.") from None


def _dated(where: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Refuse what nobody can look up again: an entry without its day and its source."""
    if not isinstance(entry.get("date"), datetime.date):
        raise PlaybookError(f"{where} has no date: write the day it was read, as in date = 2026-11-23.")
    if not entry.get("source"):
        raise PlaybookError(f"{where} has no source: write where it was read.")
    return entry
