"""Says how well a table hides its people (k, l, t), and coarsens it until nobody stands out."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def anonymity(
    frame: pd.DataFrame, quasi_identifiers: Sequence[str], sensitive: str | Sequence[str]
) -> dict[str, float]:
    """Measure how well `frame` hides its people.

    Rows with equal quasi-identifiers (missing equals missing) form a class. Gives, for the worst class
    (and the worst of several sensitive columns): `k` its rows (Sweeney 2002); `l` different sensitive
    values, `entropy_l` their exponentiated entropy, `recursive_c` the c of (c, l)-diversity, i.e. the
    most frequent value over the values from the l-th on (Machanavajjhala 2007); `t` the earth mover's
    distance to the whole table, ordered for numbers, equal for categories (Li 2007); `alpha` the share of
    the most frequent value; `beta` the largest relative gain (Cao 2012); `delta` the largest |log ratio|
    of the values present (Brickell 2008); and `classes`, `unique` (rows alone in their class). pyCANON
    gives the same (tests hold it to that) but leaves rows with a missing quasi-identifier out, sorts (c,
    l) the wrong way round, and takes minutes where a sensitive number has many values. Raises
    PlaybookError for a missing column, an empty frame, or missing sensitive values.

    >>> table = pd.DataFrame({"zip": [1, 1, 1, 2, 2, 2], "salary": [3, 4, 5, 6, 8, 11]})
    >>> found = anonymity(table, ["zip"], "salary")
    >>> found["k"], found["l"], round(found["t"], 3)
    (3, 3, 0.3)
    """
    columns = [sensitive] if isinstance(sensitive, str) else list(sensitive)
    _check(frame, [*quasi_identifiers, *columns])
    classes = frame.groupby(list(quasi_identifiers), dropna=False, sort=False).ngroup().to_numpy()
    sizes = np.bincount(classes)
    worst = [_measures(classes, frame[column]) for column in columns]
    result: dict[str, float] = {
        "k": int(sizes.min()),
        "classes": len(sizes),
        "unique": int((sizes == 1).sum()),
    }
    for name in worst[0]:
        values = [measures[name] for measures in worst]
        result[name] = min(values) if name in {"l", "entropy_l"} else max(values)
    return result


def _measures(classes: "NDArray[np.int64]", values: pd.Series) -> dict[str, float]:
    codes, names = pd.factorize(values, sort=pd.api.types.is_numeric_dtype(values))
    if (codes < 0).any():
        raise PlaybookError(
            f"Column {values.name!r} has missing values: fill them or set those rows aside first."
        )
    ordered = pd.api.types.is_numeric_dtype(values)
    whole = np.bincount(codes, minlength=len(names)) / len(codes)
    found, counts = [], []
    for rows in _rows_of(classes):
        count = np.bincount(codes[rows], minlength=len(names))
        counts.append(np.sort(count[count > 0])[::-1])
        found.append(_class_measures(count / len(rows), whole, ordered))
    low = {"l", "entropy_l"}
    result = {name: (min if name in low else max)(one[name] for one in found) for name in found[0]}
    l_value = int(result["l"])
    result["recursive_c"] = max(float(count[0] / count[l_value - 1 :].sum()) for count in counts)
    return result


def _class_measures(share: np.ndarray, whole: np.ndarray, ordered: bool) -> dict[str, float]:
    present = share > 0
    gap = share - whole
    distance = np.abs(np.cumsum(gap)).sum() / max(1, len(gap) - 1) if ordered else np.abs(gap).sum() / 2
    return {
        "l": int(present.sum()),
        "entropy_l": float(np.exp(-(share[present] * np.log(share[present])).sum())),
        "t": float(distance),
        "alpha": float(share.max()),
        "beta": float((gap / whole).max()),
        "delta": float(np.abs(np.log(share[present] / whole[present])).max()),
    }


def _rows_of(classes: "NDArray[np.int64]") -> list[np.ndarray]:
    order = np.argsort(classes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(classes[order])) + 1)


def generalise(
    frame: pd.DataFrame, quasi_identifiers: Sequence[str], k: int = 5
) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    """Coarsen the quasi-identifiers until every row shares them with k - 1 others (Mondrian, LeFevre 2006).

    The table is cut at medians, along the column that is widest relative to its whole range, as long as
    both halves keep k rows; then every number becomes its class's mean (so that a model can still use it)
    and every category the list of its class's values ("A | B"). All else stays. Gives the coarsened frame
    and the rows set aside, as a series of reasons by index: rows that have a value missing where fewer
    than k do. len(frame) == len(kept) + len(aside). Raises PlaybookError where k < 2, a column is
    missing, or the frame has fewer than k rows.

    >>> table = pd.DataFrame({"age": [21, 23, 40, 44, 60], "town": list("AABBB"), "ill": [0, 1, 1, 0, 0]})
    >>> kept, aside = generalise(table, ["town", "age"], k=2)
    >>> kept.values.tolist(), len(aside)
    ([[22.0, 'A', 0], [22.0, 'A', 1], [48.0, 'B', 1], [48.0, 'B', 0], [48.0, 'B', 0]], 0)
    """
    names = list(quasi_identifiers)
    _check(frame, names)
    if k < 2 or len(frame) < k:
        raise PlaybookError(f"k = {k} with {len(frame)} rows: choose k from 2 up to the number of rows.")
    codes = np.column_stack([_ordered(frame[name]) for name in names])
    # Missing and known values do not mix: a class is cut first by what is missing.
    patterns = pd.DataFrame(np.isnan(codes)).groupby(list(range(len(names)))).ngroup().to_numpy()
    parts, aside = [], {}
    for rows in _rows_of(patterns):
        if len(rows) >= k:
            parts += list(_mondrian(codes, rows, k))
            continue
        missing = ", ".join(
            name for name, empty in zip(names, np.isnan(codes[rows[0]]), strict=True) if empty
        )
        aside |= dict.fromkeys(rows.tolist(), f"missing: {missing or 'nothing'} (fewer than {k} such rows)")
    classes = np.full(len(frame), -1)
    for number, rows in enumerate(parts):
        classes[rows] = number
    kept = frame[classes >= 0].copy()
    for name in names:
        kept[name] = _summary(kept[name], classes[classes >= 0])
    places = sorted(aside)
    return kept, pd.Series([aside[place] for place in places], frame.index[places], dtype=str, name="reason")


def _mondrian(codes: np.ndarray, rows: np.ndarray, k: int) -> Iterator[np.ndarray]:
    whole = np.ptp(codes[rows], axis=0)
    waiting = [rows]
    while waiting:
        rows = waiting.pop()
        width = np.ptp(codes[rows], axis=0) / np.where(whole > 0, whole, 1)
        halves = None
        for column in np.argsort(-np.nan_to_num(width), kind="stable"):
            halves = _cut(codes[rows, column], k)
            if halves is not None:
                waiting += [rows[~halves], rows[halves]]
                break
        if halves is None:
            yield rows


def _cut(values: np.ndarray, k: int) -> "NDArray[np.bool_] | None":
    middle = np.median(values)
    for low in (values <= middle, values < middle):
        if k <= low.sum() <= len(values) - k:
            return low
    return None


def _ordered(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    codes = pd.factorize(column, sort=True)[0].astype(float)
    return np.where(codes < 0, np.nan, codes)


def _summary(column: pd.Series, classes: np.ndarray) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float).groupby(classes).transform("mean")
    return column.groupby(classes).transform(
        lambda values: " | ".join(sorted(map(str, values.dropna().unique()))) or None
    )


def _check(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise PlaybookError(
            f"The table has no column {absent[0]!r}: choose from {', '.join(map(str, frame.columns[:8]))}."
        )
    if frame.empty:
        raise PlaybookError("The table has no rows: nothing can be said about its anonymity.")
