"""LIME, run again: what its seed, its kernel width and the order of questions do to the answer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.interpretability.coalitions import CATEGORIES, Floats, Predict, ask, fit
from playbook.interpretability.explanation import rank_agreement

SAMPLES = 5000  # lime's own default
WIDTHS = (0.25, 0.5, 2.0)  # times the default width, 0.75 times the root of the features' number


def lime_explainer(
    predict: Predict,
    train: ArrayLike,
    seed: int,
    width: float = 1.0,
    samples: int = SAMPLES,
    categories: Sequence[int] = (),
) -> Callable[[ArrayLike], Floats]:
    """Construct LIME (Ribeiro et al. 2016; lime 0.2.0.1) as a function of rows (n, d) giving weights (n, d).

    The seed is set here, at construction: each call goes on where the one before it stopped drawing. `width`
    multiplies lime's default kernel width; `categories` are the numbers of columns to compare by equality,
    the others are cut at their quartiles. `predict` gives one probability a row. train: (m, d), x: (n, d).
    """
    from lime.lime_tabular import LimeTabularExplainer

    # lime 0.2.0.1 indexes a pandas row by position, which pandas 3 refuses: it gets plain arrays
    table, _ = fit(train, train)
    kernel = width * 0.75 * np.sqrt(table.shape[1])
    explainer = LimeTabularExplainer(
        table, kernel_width=kernel, random_state=seed, categorical_features=list(categories)
    )

    return lambda x: _weights(explainer, predict, fit(x, table)[0], samples)


def _weights(explainer: Any, predict: Predict, rows: Floats, samples: int) -> Floats:  # noqa: ANN401
    """Give the weights (n, d) of LIME's explanations of class 1, in the order of the columns."""

    def both(z: Floats) -> Floats:
        positive = ask(predict, z)
        return np.column_stack([1 - positive, positive])

    weights = np.zeros(rows.shape)
    for row, weight in zip(rows, weights, strict=True):
        found = explainer.explain_instance(row, both, num_features=len(row), num_samples=samples)
        for feature, value in found.as_map()[1]:
            weight[feature] = value
    return weights


def few_values(train: ArrayLike) -> list[int]:
    """Give the numbers of columns of at most three values: categories, which LIME must be told of.

    train: (m, d).

    >>> few_values([[0, 0.1], [1, 0.2], [0, 0.3], [1, 0.4]])
    [0]
    """
    table, _ = fit(train, train)
    return [i for i, column in enumerate(table.T) if len(set(column)) <= CATEGORIES]


def blind_spots(train: ArrayLike) -> list[int]:
    """Give the numbers of the columns of train (m, d) that LIME at its defaults cannot see.

    It cuts a column at its quartiles. Where the first quartile is the largest value, as in a 0/1 column that
    is mostly 1, all rows fall into one bin, the bin never changes, and no weight can be learnt.

    >>> blind_spots([[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]])
    [0]
    """
    table, _ = fit(train, train)
    return np.flatnonzero(np.percentile(table, 25, axis=0) == table.max(axis=0)).tolist()


def lime_reruns(
    predict: Predict, train: ArrayLike, x: ArrayLike, seed: int = 0, samples: int = SAMPLES
) -> pd.DataFrame:
    """Ask LIME twice about the same rows in four ways, and say how often it agrees with itself.

    Columns: rank agreement (mean Kendall's tau-b of absolute weights), same first feature and same four
    (shares of rows). The third way is the trap: it repeats itself because the seed does.
    """
    rows, _ = fit(x, train)
    first = lime_explainer(predict, train, seed, samples=samples)
    once, twice = first(rows), first(rows)
    backwards = lime_explainer(predict, train, seed, samples=samples)(rows[::-1])[::-1]
    again = lime_explainer(predict, train, seed, samples=samples)(rows)
    other = lime_explainer(predict, train, seed + 1, samples=samples)(rows)
    ways = {
        "same explainer, asked again": twice,
        "same seed, applicants in reverse": backwards,
        "same seed, built anew (the trap)": again,
        "another seed": other,
    }
    return pd.DataFrame({way: _agreement(once, answer) for way, answer in ways.items()}).T


def lime_widths(
    predict: Predict, train: ArrayLike, x: ArrayLike, widths: Sequence[float] = WIDTHS, seed: int = 0
) -> pd.DataFrame:
    """Compare LIME at several kernel widths with its default width: a row a width, columns as `lime_reruns`.

    The rows x (n, d) and the seed are the same; widths are multiples of the default.
    """
    default = lime_explainer(predict, train, seed)(x)
    answers = {f"kernel width x {w:g}": lime_explainer(predict, train, seed, w)(x) for w in widths}
    return pd.DataFrame({way: _agreement(default, answer) for way, answer in answers.items()}).T


def lime_again(predict: Predict, train: ArrayLike, x: ArrayLike, seed: int = 0) -> pd.DataFrame:
    """Ask LIME about rows x (n, d) in every way that should change nothing: both tables in one."""
    return pd.concat([lime_reruns(predict, train, x, seed), lime_widths(predict, train, x, seed=seed)])


def _agreement(one: Floats, other: Floats) -> dict[str, float]:
    """Rank agreement, and the shares of rows with the same first and the same four features."""
    order, second = np.argsort(-np.abs(one), axis=1), np.argsort(-np.abs(other), axis=1)
    four = [set(a) == set(b) for a, b in zip(order[:, :4], second[:, :4], strict=True)]
    return {
        "rank agreement": rank_agreement(one, other),
        "same first": float((order[:, 0] == second[:, 0]).mean()),
        "same four": float(np.mean(four)),
    }
