"""What sampling costs: Shapley estimates with standard errors, and the error of KernelSHAP by its budget."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import Floats, Predict, fit
from playbook.interpretability.explanation import principal_reasons
from playbook.interpretability.orders import pair_values

BUDGETS = (50, 100, 200, 400, 2072)  # the last is the default for twelve features


class Estimate(NamedTuple):
    """Estimated Shapley values and their standard errors, both (d,) or (n, d), in the unit of predict."""

    values: Floats
    standard_error: Floats


def estimate(
    predict: Predict, x: ArrayLike, background: ArrayLike, pairs: int = 64, seed: int = 0
) -> Estimate:
    """Estimate Shapley values of any number of features from random orders, with their standard errors.

    An order and its reverse are one draw; `pairs` of them are independent, so their spread over the root of
    their number is the standard error, for Student's t of pairs - 1 degrees (Mitchell et al. 2022 for the
    antithetic pairs). It speaks of the orders drawn, not of the background chosen. The values are those of
    `explanation.shapley` beyond 12 features. x: (d,) or (n, d); background: (m, d). Raises PlaybookError
    for fewer than 2 pairs and where something does not fit.

    >>> estimate(lambda z: z[:, 0] * z[:, 1], [1, 1], [[0, 0]], pairs=5)
    Estimate(values=array([0.5, 0.5]), standard_error=array([0., 0.]))
    """
    if pairs < 2:
        raise PlaybookError(f"one pair of orders shows no spread: pairs is {pairs}, give 2 or more.")
    shares = pair_values(predict, *fit(x, background), pairs, seed)
    found = shares.mean(axis=1), shares.std(axis=1, ddof=1) / np.sqrt(pairs)
    return Estimate(*(one[0] if np.ndim(x) == 1 else one for one in found))


def sampled(predict: Predict, pairs: int = 8) -> Callable[[ArrayLike], Callable[[ArrayLike, int], Floats]]:
    """Make explainers that draw: a function of a background (m, d), giving one of rows (n, d) and a seed.

    >>> sampled(lambda z: z[:, 0], pairs=2)([[0, 0]])([[1, 1]], 5).tolist()
    [[1.0, 0.0]]
    """
    return lambda background: lambda x, seed: estimate(predict, x, background, pairs, seed).values


def load_shap() -> Any:  # noqa: ANN401 - a module
    """Import shap without its notice that no progress bar can be drawn here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap
    return shap


def kernel_shap(
    predict: Predict, background: ArrayLike, samples: int | Literal["auto"] = "auto", **options: object
) -> Callable[..., Floats]:
    """Give shap's KernelExplainer as a function of rows (n, d) and a seed, at `samples` coalitions a row.

    The seed is that of numpy's global generator, which is all that KernelExplainer draws from (shap 0.51);
    "auto", its default, is 2 d + 2,048. background: (m, d). Options are those of `shap_values`.
    """
    shap = load_shap()
    explainer = shap.KernelExplainer(predict, np.asarray(background, dtype=float))

    def explain(x: ArrayLike, seed: int = 0) -> Floats:
        np.random.seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its regression complains of budgets that we choose to be small
            return explainer.shap_values(np.asarray(x, dtype=float), nsamples=samples, silent=True, **options)

    return explain


def kernel_curve(
    predict: Predict,
    x: ArrayLike,
    background: ArrayLike,
    truth: ArrayLike,
    budgets: Sequence[int] = BUDGETS,
    runs: int = 3,
) -> pd.DataFrame:
    """Measure KernelSHAP and our estimator against `truth` (n, d) as the evaluations grow: a row a budget.

    Methods: KernelSHAP at its defaults, KernelSHAP with `l1_reg=False`, and `estimate`. Columns: coalitions
    asked a row, predictions a row (times the background's rows), error (largest in a row, as a share of its
    largest value, mean), and the shares of answers with the true first reason and the true set of up to four.
    """
    rows, base = fit(x, background)
    per_pair = 2 * (base.shape[1] - 1)  # coalitions besides none and all, which every method asks once
    table = []
    for budget in budgets:
        explainers = {
            "KernelSHAP, default": kernel_shap(predict, base, budget),
            "KernelSHAP, l1_reg=False": kernel_shap(predict, base, budget, l1_reg=False),
            "antithetic orders": sampled(predict, max(2, budget // per_pair))(base),
        }
        for method, explain in explainers.items():
            answers = [explain(rows, seed) for seed in range(runs)]
            scores = np.mean([_scores(one, np.asarray(truth, dtype=float)) for one in answers], axis=0)
            table.append([method, budget, budget * len(base), *scores])
    columns = ["method", "coalitions", "predictions", "error", "first reason", "four reasons"]
    return pd.DataFrame(table, columns=columns)


def _scores(values: Floats, truth: Floats) -> tuple[float, float, float]:
    """Give the largest deviation, and the shares of rows with the true first reason and set of reasons."""
    names = [str(i) for i in range(truth.shape[1])]
    found, right = principal_reasons(values, names), principal_reasons(truth, names)
    error = (np.abs(values - truth).max(axis=1) / np.abs(truth).max(axis=1)).mean()
    first = np.mean([one[:1] == other[:1] for one, other in zip(found, right, strict=True)])
    four = np.mean([set(one) == set(other) for one, other in zip(found, right, strict=True)])
    return float(error), float(first), float(four)


def evaluations_needed(curve: pd.DataFrame, decision: str, share: float = 0.95) -> pd.Series:
    """Give the fewest coalitions a row from which on each method of `kernel_curve` decides like the truth.

    `decision` is "first reason" or "four reasons"; NA where `share` of the answers is never reached.

    >>> curve = pd.DataFrame({"method": "a", "coalitions": [50, 100, 200], "four reasons": [0.99, 0.9, 0.97]})
    >>> evaluations_needed(curve, "four reasons").to_dict()
    {'a': 200}
    """
    needed = {}
    for method, points in curve.sort_values("coalitions").groupby("method", sort=False):
        # the last failure counts: below it a right answer was luck
        stays = (points[decision] >= share)[::-1].cummin()
        needed[method] = points.loc[stays[stays].index, "coalitions"].min() if stays.any() else pd.NA
    return pd.Series(needed, dtype="Int64", name=decision)


def by_budget(curve: pd.DataFrame) -> pd.DataFrame:
    """Set error and right letters of `kernel_curve` in a row a budget, two columns a method."""
    return curve.pivot(index="coalitions", columns="method", values=["error", "four reasons"])
