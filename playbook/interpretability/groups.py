"""Approval and error rates by protected group: with intervals, as ratios, and as differences."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError

MOST_GROUPS = 20
COLUMNS = ("%", "low", "high")


def wilson(yes: int, asked: int) -> tuple[float, float]:
    """Give the 95 % interval of a share `yes / asked` (Wilson 1927); nothing is known of no one: 0 to 1.

    >>> [round(end, 3) for end in wilson(9, 10)], wilson(0, 0)
    ([0.596, 0.982], (0.0, 1.0))
    """
    from scipy.stats import binomtest

    if not asked:
        return 0.0, 1.0
    interval = binomtest(int(yes), int(asked)).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def newcombe(yes: int, asked: int, other_yes: int, other_asked: int) -> tuple[float, float]:
    """Give the 95 % interval of the difference of two shares, first less second (Newcombe 1998, method 10).

    >>> [round(end, 4) for end in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    one, other = yes / asked, other_yes / other_asked
    (low, high), (other_low, other_high) = wilson(yes, asked), wilson(other_yes, other_asked)
    down, up = np.hypot(one - low, other_high - other), np.hypot(high - one, other - other_low)
    return float(one - other - down), float(one - other + up)


def rates(yes: ArrayLike, group: pd.Series) -> pd.DataFrame:
    """Count for each group how many there are and the share of `yes`, in %, with its Wilson interval.

    yes: (rows,) of 0 and 1; group: (rows,), at most 20 different values; a missing value is a group too.
    Sorted by group. Raises PlaybookError for more groups.

    >>> rates([1, 0, 1, 1], pd.Series(["a", "a", "b", "b"])).values.tolist()
    [['a', 2, 50.0, 9.5, 90.5], ['b', 2, 100.0, 34.2, 100.0]]
    """
    rows = [
        [name, asked, *(round(100 * share, 1) for share in (said / asked, *wilson(said, asked)))]
        for name, said, asked in _counts(yes, group)
    ]
    return pd.DataFrame(rows, columns=["group", "of", *COLUMNS])


def against_highest(yes: ArrayLike, group: pd.Series) -> pd.DataFrame:
    """Compare each group's share of `yes` with that of the group that has the highest.

    `ratio` with its interval (Katz et al. 1978), to be held against four fifths, which is a rule of thumb of
    US employment law (29 CFR 1607.4(D)) and not of credit; `difference` in percentage points with
    Newcombe's. Without rows where there is one group only, or nobody has a `yes`.

    >>> against_highest([1, 0, 1, 1], pd.Series(["a", "a", "b", "b"]))[["group", "ratio", "difference"]]
      group  ratio  difference
    0     a    0.5       -50.0
    """
    from scipy.stats.contingency import relative_risk

    counts = _counts(yes, group)
    best, most, whole = max(counts, key=lambda count: count[1] / count[2])
    rows = []
    for name, said, asked in counts:
        if name != best and most:
            risk = relative_risk(said, asked, most, whole)
            ratios = [risk.relative_risk, *risk.confidence_interval()]
            points = [said / asked - most / whole, *newcombe(said, asked, most, whole)]
            rows.append([name, *(round(v, 2) for v in ratios), *(round(100 * v, 1) for v in points)])
    names = ("ratio", "ratio low", "ratio high", "difference", "difference low", "difference high")
    return pd.DataFrame(rows, columns=["group", *names])


def cut_like(scores: ArrayLike, decided: ArrayLike) -> float:
    """Give the score below which as many are refused as `decided` refuses (fewer where scores are equal).

    scores: (rows,); decided: (rows,) of 0 and 1.

    >>> cut_like([0.9, 0.2, 0.5, 0.7], [1, 1, 0, 1])
    0.5
    """
    scores, refused = np.sort(np.asarray(scores, dtype=float)), int((np.asarray(decided) == 0).sum())
    return float(scores[min(refused, len(scores) - 1)])


def judged(decided: ArrayLike, approves: Mapping[str, ArrayLike], group: pd.Series) -> pd.DataFrame:
    """Rates by group of who decided and of each model: approved, and both ways to part from the decision.

    decided: (rows,) of 0 and 1, which for loans is what a bank did and not who paid back; approves: a model's
    own 0 and 1 by its name. "refused, though approved" is counted among those approved, "approved, though
    refused" among those refused (1 less equal opportunity's true positive rate, and the false positive rate;
    Hardt et al. 2016). Columns: by, measure, group, of, %, low, high.

    >>> table = judged([1, 1, 0, 0], {"model": [1, 0, 0, 0]}, pd.Series(list("aaaa")))
    >>> table["measure"].tolist(), table["of"].tolist(), table["%"].tolist()
    (['approved', 'approved', 'refused, though approved', 'approved, though refused'],
     [4, 4, 2, 2], [50.0, 25.0, 50.0, 0.0])
    """
    decided = np.asarray(decided)
    tables = [rates(decided, group).assign(by="decision", measure="approved")]
    for name, said in approves.items():
        said = np.asarray(said)
        measures = {
            "approved": (said, np.ones(len(said), bool)),
            "refused, though approved": (1 - said, decided == 1),
            "approved, though refused": (said, decided == 0),
        }
        for measure, (wrong, among) in measures.items():
            tables.append(rates(wrong[among], group[among]).assign(by=name, measure=measure))
    return pd.concat(tables, ignore_index=True)[["by", "measure", "group", "of", *COLUMNS]]


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out a table of `judged` by group: a row a measure and judge, as "% (low to high)".

    >>> readable(judged([1, 0], {}, pd.Series(["a", "a"]))).values.tolist()
    [['50.0 (9.5 to 90.5)']]
    """
    cells = [f"{row['%']} ({row['low']} to {row['high']})" for _, row in table.iterrows()]
    wide = table.assign(cell=cells).pivot(index=["measure", "by"], columns="group", values="cell")
    rows = [(measure, by) for measure in table["measure"].unique() for by in table["by"].unique()]
    return wide.loc[[row for row in rows if row in wide.index]].fillna("nobody")


def spread(table: pd.DataFrame, by: str, measure: str) -> float | str:
    """Give the largest difference between groups in a table of `judged`, in percentage points.

    "not measured" where there is one group only.

    >>> table = judged([1, 0, 1, 1], {}, pd.Series(list("aabb")))
    >>> spread(table, "decision", "approved"), spread(table.head(1), "decision", "approved")
    (50.0, 'not measured')
    """
    shares = table.loc[(table["by"] == by) & (table["measure"] == measure), "%"]
    return round(float(shares.max() - shares.min()), 1) if len(shares) > 1 else "not measured"


def _counts(yes: ArrayLike, group: pd.Series) -> list[tuple[str, int, int]]:
    """Name of each group, how many have a yes, how many there are; sorted by name."""
    named = group.astype(object).where(group.notna(), "not stated").astype(str)
    if named.nunique() > MOST_GROUPS:
        raise PlaybookError(
            f"{group.name!r} has {named.nunique()} values: group it into {MOST_GROUPS} or fewer."
        )
    said: NDArray[np.int_] = np.asarray(yes).astype(int)
    return [(name, int(said[place].sum()), len(place)) for name, place in sorted(_places(named).items())]


def _places(named: pd.Series) -> dict[str, NDArray[np.int_]]:
    return {str(name): np.flatnonzero(named.to_numpy() == name) for name in named.unique()}
