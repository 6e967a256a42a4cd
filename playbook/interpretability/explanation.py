"""Explaining single predictions: exact Shapley values, and measures of whether to believe an explanation."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import (
    Floats,
    Predict,
    ask,
    coalition_values,
    enumerate_coalitions,
    fit,
    prefixes,
    unseen,
)
from playbook.interpretability.orders import pair_values

EXACT = 12  # features up to which every coalition is asked: 4,096 at most


def shapley(predict: Predict, x: ArrayLike, background: ArrayLike, pairs: int = 64, seed: int = 0) -> Floats:
    """Shapley values of `predict` at `x`: what each feature adds, averaged over all orders of adding it.

    A feature that is left out takes the values of the background rows (interventional expectation; Lundberg
    and Lee 2017, Janzing et al. 2020). Up to 12 features the values are exact: every coalition is asked.
    Beyond, they are estimated from `pairs` random orders, each walked forwards and backwards (Mitchell et al.
    2022); `estimators.estimate` gives their standard errors too. Either way they sum to f(x) minus the mean
    of f over the background.

    x: one row (d,) or rows (n, d); background: (m, d). Gives (d,) or (n, d) in the unit of `predict`, which
    takes (rows, d) and returns one float a row. Raises PlaybookError where something does not fit.

    >>> shapley(lambda x: 2 * x[:, 0] * x[:, 1] + x[:, 2], [1, 1, 3], [[0, 0, 1]]).round(6).tolist()
    [1.0, 1.0, 2.0]
    """
    rows, base = fit(x, background)
    if set(ask(predict, base)) == {0.0, 1.0}:
        warnings.warn(
            "predict returned only 0.0 and 1.0: if these are labels, give probabilities.", stacklevel=2
        )
    if base.shape[1] <= EXACT:
        masks, weights = enumerate_coalitions(base.shape[1])
        values = coalition_values(predict, rows, base, masks) @ weights
    else:
        values = pair_values(predict, rows, base, pairs, seed).mean(axis=1)
    return values[0] if np.ndim(x) == 1 else values


def caption(x: ArrayLike, background: ArrayLike, output: str, seed: int) -> str:
    """Write what belongs under every plot of `shapley`: method, background, output, seed, and what is unseen.

    >>> print(caption([[1.0, 2.0]], [[1.0, 2.0], [3.0, 1.0]], "log-odds", seed=7))
    exact Shapley values; background: 2 rows, drawn with seed 7; output: log-odds
    """
    _, base = fit(x, background)
    method = "exact" if base.shape[1] <= EXACT else "estimated"
    first = f"{method} Shapley values; background: {len(base)} rows, drawn with seed {seed}; output: {output}"
    return "\n".join([first, *unseen(x, background)])


def stability(explain: Callable[[ArrayLike], ArrayLike], x: ArrayLike, runs: int = 10) -> float:
    """Mean rank agreement of repeated explanations: Kendall's tau-b over all pairs of runs.

    `explain(x)` gives attributions (d,) or (n, d) and is called `runs` times: let it draw a new seed each
    time, or it agrees with itself for no reason. Ranked are absolute values; 1: always the same order, about
    0: the order is chance.

    >>> stability(lambda x: [3.0, -2.0, 1.0], [0, 0, 0], runs=3)
    1.0
    """
    if runs < 2:
        raise PlaybookError(f"stability compares runs with each other: runs is {runs}, give 2 or more.")
    repeated = [np.asarray(explain(x), dtype=float) for _ in range(runs)]
    if len({one.shape for one in repeated}) > 1 or not all(np.isfinite(one).all() for one in repeated):
        raise PlaybookError("explain(x) must give finite attributions of the same shape in every run.")
    return float(np.mean([rank_agreement(one, other) for one, other in combinations(repeated, 2)]))


def rank_agreement(one: ArrayLike, other: ArrayLike) -> float:
    """Kendall's tau-b between the absolute values of two attributions (d,), or its mean over rows (n, d).

    >>> round(rank_agreement([1.0, -2.0, 3.0], [1.0, 3.0, 2.0]), 3)
    0.333
    """
    from scipy.stats import kendalltau

    one, other = (np.abs(np.atleast_2d(np.asarray(side, dtype=float))) for side in (one, other))
    if one.shape != other.shape:
        raise PlaybookError(f"attributions of shape {one.shape} and {other.shape} cannot be compared.")
    taus = [
        1.0 if np.array_equal(a, b) else kendalltau(a, b).statistic for a, b in zip(one, other, strict=True)
    ]
    # tau is undefined where one side ranks nothing, all being tied: that shows no agreement
    return float(np.nan_to_num(taus).mean())


def compared(reference: ArrayLike, answers: Mapping[str, ArrayLike], names: Sequence[str]) -> pd.DataFrame:
    """Hold other answers against reference attributions (n, d) of the same rows: a row an answer.

    Columns: rank agreement (tau-b of absolute values), same first (share of rows whose largest absolute value
    is of the same feature), letters changed (rows with another set of `principal_reasons`).

    >>> compared([[-2, -1, 0]], {"turned": [[-1, -2, 0]]}, ["a", "b", "c"]).values.round(2).tolist()
    [[0.33, 0.0, 0.0]]
    """
    first, letters = (
        np.abs(reference).argmax(axis=1),
        [set(one) for one in principal_reasons(reference, names)],
    )
    rows = {}
    for name, answer in answers.items():
        others = [set(one) for one in principal_reasons(answer, names)]
        rows[name] = {
            "rank agreement": rank_agreement(reference, answer),
            "same first": float((np.abs(answer).argmax(axis=1) == first).mean()),
            "letters changed": sum(map(set.__ne__, letters, others)),
        }
    return pd.DataFrame(rows).T


def faithfulness(
    predict: Predict, x: ArrayLike, attributions: ArrayLike, background: ArrayLike
) -> dict[str, float]:
    """Areas under the deletion and the insertion curve (Petsiuk et al. 2018), means over the rows of `x`.

    Features are taken out of `x` (deletion) or put into it (insertion) from the largest attribution to the
    smallest; what is out takes the background's values. Low deletion and high insertion are good. The scale
    is that of `predict`: compare with a random order. x and attributions: (d,) or (n, d); background: (m, d).

    >>> faithfulness(lambda x: x[:, 0] + 3 * x[:, 1], [1, 1], [1, 3], [[0, 0]])
    {'deletion': 1.5, 'insertion': 2.5}
    """
    rows, base = fit(x, background)
    given = np.atleast_2d(np.asarray(attributions, dtype=float))
    if given.shape != rows.shape or not np.isfinite(given).all():
        raise PlaybookError(f"attributions {given.shape} must be finite and of the shape of x {rows.shape}.")
    areas = []
    for row, attribution in zip(rows, given, strict=True):
        inserted = prefixes(np.argsort(-attribution, kind="stable"))
        curves = coalition_values(predict, row[None], base, np.vstack([~inserted, inserted])).reshape(2, -1)
        areas.append(np.trapezoid(curves, dx=1 / len(row), axis=1))
    deletion, insertion = np.mean(areas, axis=0)
    return {"deletion": float(deletion), "insertion": float(insertion)}


def principal_reasons(attributions: ArrayLike, names: Sequence[str], count: int = 4) -> list[tuple[str, ...]]:
    """Name for each row (n, d) the features that speak most against it, the strongest first.

    At most `count`, and only what lowers the prediction. Four, since the commentary on US Regulation B
    (12 CFR 1002.9) holds that more would not help the applicant.

    >>> principal_reasons([[0.1, -0.2, -0.3]], ["income", "debts", "history"])
    [('history', 'debts')]
    """
    rows = np.atleast_2d(np.asarray(attributions, dtype=float))
    if rows.shape[1] != len(names):
        raise PlaybookError(
            f"attributions {rows.shape} need {rows.shape[1]} names, and there are {len(names)}."
        )
    order = np.argsort(rows, axis=1, kind="stable")[:, :count]
    return [tuple(names[i] for i in chosen if row[i] < 0) for row, chosen in zip(rows, order, strict=True)]
