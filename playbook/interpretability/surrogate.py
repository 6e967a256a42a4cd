"""A small tree that imitates a model, and how true it stays to it: on such rows, and on others."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError

Score = Callable[[ArrayLike], NDArray[np.floating]]


def imitate(predict: Score, x: ArrayLike, leaves: int = 8) -> Score:
    """Fit a regression tree of `leaves` to the predictions of a model on rows (n, d); 10 rows or more a leaf.

    Craven and Shavlik (1996). Raises PlaybookError where there are fewer than 20 rows.

    >>> line = np.linspace(0, 1, 40)[:, None]
    >>> imitate(lambda x: (np.asarray(x)[:, 0] > 0.5) * 1.0, line)([[0.1], [0.9]]).tolist()
    [0.0, 1.0]
    """
    from sklearn.tree import DecisionTreeRegressor

    x = np.asarray(x, dtype=float)
    if len(x) < 20:
        raise PlaybookError(f"A surrogate is fitted to 20 rows or more, and there are {len(x)}: add rows.")
    tree = DecisionTreeRegressor(max_leaf_nodes=leaves, min_samples_leaf=10, random_state=0)
    tree.fit(x, predict(x))
    return lambda z: tree.predict(np.asarray(z, dtype=float))


def imitate_linear(predict: Score, x: ArrayLike) -> Score:
    """Fit a weighted sum of the features to the predictions of a model on rows (n, d), by least squares.

    >>> imitate_linear(lambda x: 3 * np.asarray(x)[:, 0], [[0.0], [1.0]])([[2.0]]).round(6).tolist()
    [6.0]
    """
    from sklearn.linear_model import LinearRegression

    x = np.asarray(x, dtype=float)
    line = LinearRegression().fit(x, predict(x))
    return lambda z: line.predict(np.asarray(z, dtype=float))


def fidelity(predict: Score, surrogate: Score, x: ArrayLike, threshold: float = 0.5) -> dict[str, float]:
    """How well a surrogate imitates a model on rows (n, d).

    `R2`: the share of the variance of the predictions that it reproduces (1: all; below 0: worse than their
    mean). `agreement`: the share of rows that both put on the same side of `threshold`; `no model`: what
    agreement a surrogate reaches that always gives the commoner verdict.

    >>> fidelity(lambda x: np.array([0.1, 0.9, 0.9]), lambda x: np.array([0.3, 0.7, 0.7]), np.zeros((3, 1)))
    {'R2': 0.719, 'agreement': 1.0, 'no model': 0.667}
    """
    wanted, given = np.asarray(predict(x), dtype=float), np.asarray(surrogate(x), dtype=float)
    if wanted.var() == 0:
        raise PlaybookError("The model predicts the same for all rows: there is nothing to imitate.")
    ones = float((wanted > threshold).mean())
    r2 = 1 - ((wanted - given) ** 2).mean() / wanted.var()
    agreement = ((wanted > threshold) == (given > threshold)).mean()
    return {
        "R2": round(float(r2), 3),
        "agreement": round(float(agreement), 3),
        "no model": round(max(ones, 1 - ones), 3),
    }


def shuffled(x: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Give rows that keep each column's values and no relation between columns: each is permuted by itself.

    >>> rows = shuffled(pd.DataFrame({"a": range(9), "b": range(9)}))
    >>> sorted(rows["b"]) == list(range(9)), bool((rows["a"] == rows["b"]).all())
    (True, False)
    """
    generator = np.random.default_rng(seed)
    return pd.DataFrame({name: generator.permutation(values.to_numpy()) for name, values in x.items()})


def trials(predict: Score, x: pd.DataFrame, test: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Measure the `fidelity` of a surrogate tree on rows like those it was fitted to, and on others.

    `as fitted`: the tree is fitted to the rows `x` and asked about `test`; `columns shuffled`: about `test`
    without relations between columns; `NAME above`: fitted to the rows at or below the median of that column,
    and asked about those above it, the worst first. `rows` is how many were asked about. Columns with fewer
    than 50 rows to fit to, or 20 to ask about, are left out.
    """
    tree = imitate(predict, x)
    same = {
        "as fitted": {**fidelity(predict, tree, test), "rows": len(test)},
        "columns shuffled": {**fidelity(predict, tree, shuffled(test, seed)), "rows": len(test)},
    }
    shifted = {}
    for name in x:
        low, above = x[name] <= x[name].median(), test[name] > x[name].median()
        if low.sum() >= 50 and above.sum() >= 20:
            found = fidelity(predict, imitate(predict, x[low]), test[above])
            shifted[f"{name} above"] = {**found, "rows": int(above.sum())}
    worst_first = dict(sorted(shifted.items(), key=lambda item: item[1]["R2"]))
    return pd.DataFrame({**same, **worst_first}).T
