"""What would have had to differ for a yes: few changes, possible ones only, each checked with the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.errors import PlaybookError
from playbook.interpretability.changeable import Follow, Rule
from playbook.interpretability.coalitions import Predict, ask
from playbook.interpretability.refusals import Refused

STEPS = 20  # candidate values of a feature: twentieths of the observed values


@dataclass(frozen=True)
class Counterfactual:
    """Feature -> (old, new) value for a yes, what it costs, and the score that the model gives it.

    `cost`: percentage points of the observed applicants passed on the way, added over the changes. A feature
    with values of its own (yes or no) counts as a change and costs nothing.
    """

    changes: dict[str, tuple[float, float]]
    cost: float
    score: float


def counterfactuals(
    predict: Predict,
    rows: pd.DataFrame,
    cut: float,
    rules: Mapping[str, Rule],
    observed: pd.DataFrame,
    most: int = 2,
    follow: Follow | None = None,
    reach: float = np.inf,
) -> list[Counterfactual | None]:
    """Find for each row of `rows` (n, d) the fewest and then cheapest changes with predict(...) >= cut.

    Tried are all combinations of at most `most` features of `rules`, with values that `observed` (m, d) has:
    twentieths of its columns, in the direction allowed (the percentile shift as cost: Ustun et al. 2019).
    `reach`: no amount moves by more than this share of itself; rules with values of their own are exempt.
    `follow` makes a changed row consistent. Every candidate is asked of the model, and nothing is drawn at
    random. None where no candidate passes.

    >>> rows, seen = pd.DataFrame({"debts": [50.0], "age": [20.0]}), pd.DataFrame({"debts": [10.0, 30.0]})
    >>> found = counterfactuals(lambda x: 40 - x[:, 0], rows, 0, {"debts": Rule("down")}, seen)
    >>> found[0].changes, found[0].score
    ({'debts': (50.0, 30.0)}, 10.0)
    """
    if strange := [
        name for name in rules if name not in rows or (rules[name].values is None and name not in observed)
    ]:
        raise PlaybookError(f"A rule is for {strange[0]!r}, which the model does not see: leave it out.")
    steps = {name: _steps(observed[name]) for name, rule in rules.items() if rule.values is None}
    found = []
    for _, row in rows.iterrows():
        choices = {name: _allowed(row[name], rule, steps.get(name), reach) for name, rule in rules.items()}
        found.append(_cheapest(predict, row, cut, choices, observed[list(steps)], most, follow))
    return found


def breaches(found: Counterfactual, rules: Mapping[str, Rule]) -> list[str]:
    """Name the changes that a person cannot make: features without a rule, or in the wrong direction.

    >>> breaches(Counterfactual({"age": (60.0, 30.0), "debts": (5.0, 9.0)}, 0, 1), {"debts": Rule("down")})
    ['age', 'debts']
    """
    wrong = []
    for name, (old, new) in found.changes.items():
        rule = rules.get(name)
        way = "up" if new > old else "down"
        if rule is None or rule.direction not in {way, "either"} or (rule.values and new not in rule.values):
            wrong.append(name)
    return wrong


def advice(found: list[Counterfactual | None], rules: Mapping[str, Rule]) -> dict[str, int | float]:
    """Say in % how many have a counterfactual, how many of these ask the impossible; and the median cost.

    >>> advice([Counterfactual({"age": (60.0, 30.0)}, 8.0, 1), None], {"debts": Rule("down")})
    {'found': 50, 'impossible': 100, 'cost': 8.0}
    """
    some = [one for one in found if one]
    impossible = sum(bool(breaches(one, rules)) for one in some)
    return {
        "found": round(100 * len(some) / max(len(found), 1)),
        "impossible": round(100 * impossible / max(len(some), 1)),
        "cost": round(float(np.median([one.cost for one in some])), 1) if some else 0.0,
    }


def summary(found: list[Counterfactual | None]) -> pd.DataFrame:
    """Say which features would have had to differ: for how many, and the medians of old and new value.

    >>> summary([Counterfactual({"debts": (50.0, 30.0)}, 10, 1), None])
      feature  applicants  from    to
    0   debts           1  50.0  30.0
    """
    changes = [(name, *values) for one in found if one for name, values in one.changes.items()]
    frame = pd.DataFrame(changes, columns=["feature", "from", "to"])
    counted = frame.groupby("feature").agg(
        applicants=("to", "size"), **{n: (n, "median") for n in ("from", "to")}
    )
    return counted.sort_values(
        ["applicants", "feature"], ascending=[False, True], kind="stable"
    ).reset_index()


def _steps(column: pd.Series) -> NDArray[np.float64]:
    """Observed values at the twentieths of a column, without its outermost twentieth on either side."""
    return np.unique(np.quantile(column, np.arange(1, STEPS) / STEPS, method="inverted_cdf"))


def _cheapest(
    predict: Predict,
    row: pd.Series,
    cut: float,
    choices: Mapping[str, list[float]],
    observed: pd.DataFrame,
    most: int,
    follow: Follow | None,
) -> Counterfactual | None:
    shift = {n: {new: _passed(observed[n], row[n], new) for new in choices[n]} for n in observed}
    for size in range(1, most + 1):
        tried = [
            dict(zip(names, values, strict=True))
            for names in combinations(choices, size)
            for values in product(*(choices[name] for name in names))
        ]
        if not tried:
            continue
        candidates = pd.DataFrame([row] * len(tried)).reset_index(drop=True).astype(float)
        for name in choices:
            candidates[name] = [change.get(name, row[name]) for change in tried]
        candidates = follow(row, candidates) if follow else candidates
        scores = ask(predict, candidates.to_numpy())
        costs = [sum(shift[name][new] for name, new in change.items() if name in shift) for change in tried]
        passing = np.flatnonzero(scores >= cut)
        if len(passing):
            best = min(passing, key=lambda place: (round(costs[place], 6), place))
            changes = {name: (float(row[name]), float(new)) for name, new in tried[best].items()}
            return Counterfactual(changes, round(costs[best], 1), float(scores[best]))
    return None


def _allowed(old: float, rule: Rule, steps: NDArray[np.float64] | None, reach: float) -> list[float]:
    if rule.values is None:
        # 0 times infinity is no number
        values = steps if np.isinf(reach) else steps[np.abs(steps - old) <= reach * abs(old)]
    else:
        values = np.asarray(rule.values, dtype=float)
    keep = values != old
    if rule.direction != "either":
        keep &= values > old if rule.direction == "up" else values < old
    return sorted(values[keep].tolist())


def _passed(column: pd.Series, old: float, new: float) -> float:
    """Percentage points of the observed values between old and new."""
    low, high = sorted((old, new))
    return 100 * float(((column > low) & (column <= high)).mean())


def three_ways(
    rules: Mapping[str, Rule], refused: Refused, observed: pd.DataFrame, follow: Follow | None = None
) -> list[list[Counterfactual | None]]:
    """Search for all refused: free in all columns, by `rules`, and by rules within a quarter of a value."""
    anything = {name: Rule("either") for name in observed}
    search = partial(counterfactuals, refused.score, refused.rows, refused.cut)
    free = search(anything, observed=observed)
    return [free, *(search(rules, observed=observed, follow=follow, reach=r) for r in (np.inf, 0.25))]
