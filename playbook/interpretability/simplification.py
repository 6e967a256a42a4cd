"""The price of simplicity: a logistic scorecard and a network, judged on the same applications."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError

Predict = Callable[[ArrayLike], NDArray[np.floating]]
Train = Callable[[NDArray[np.float64], NDArray[np.int_]], Predict]


def train_scorecard(x: ArrayLike, y: ArrayLike) -> Any:  # noqa: ANN401 - a scikit-learn pipeline
    """Fit a logistic regression on standardised features (n, d) and labels (n,): one weight a feature.

    >>> train_scorecard([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]).predict([[5.0]]).tolist()
    [1]
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression()).fit(np.asarray(x), np.asarray(y))


def linear_terms(scorecard: Any, x: ArrayLike, background: ArrayLike) -> NDArray[np.float64]:  # noqa: ANN401
    """Explain a scorecard in closed form, in log-odds (n, d): weight times distance from the mean.

    >>> card = train_scorecard([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    >>> bool(linear_terms(card, [[1.5]], [[1.0], [2.0]]) == 0)
    True
    """
    scale, model = scorecard[0], scorecard[-1]
    return model.coef_[0] / scale.scale_ * (np.asarray(x) - np.asarray(background).mean(axis=0))


def out_of_fold(
    models: Mapping[str, Train], x: ArrayLike, y: ArrayLike, folds: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Predict each row by models trained without it, on the same folds: one column a model, (n, models).

    A model is a function of features (n, d) and labels (n,) that trains and gives a function of features.

    >>> def mean(x, y): return lambda z: np.full(len(z), y.mean())
    >>> out_of_fold({"mean": mean}, np.zeros((4, 1)), [0, 1, 0, 1], folds=2)["mean"].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    from sklearn.model_selection import StratifiedKFold

    x, y = np.asarray(x, dtype=float), np.asarray(y)
    predicted = pd.DataFrame(index=range(len(y)), columns=list(models), dtype=float)
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(x, y):
        for name, fit in models.items():
            predicted.loc[test, name] = fit(x[train], y[train])(x[test])
    return predicted


def auc_with_interval(
    y: ArrayLike, predicted: pd.DataFrame, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Area under the ROC curve of each column, and of the last one less the first, with 95 % intervals.

    Drawn again (bootstrap) are the rows, the same ones for all columns: the interval speaks of other
    applicants, not of another training run.

    >>> auc_with_interval([0, 0, 1, 1], pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]}), draws=9)["AUC"]
    a            1.00
    b            0.75
    b less a    -0.25
    Name: AUC, dtype: float64
    """
    y = np.asarray(y)
    if set(np.unique(y)) != {0, 1}:
        raise PlaybookError("The area under the curve compares two classes: y must hold both 0 and 1.")
    generator, positive, negative = (
        np.random.default_rng(seed),
        np.flatnonzero(y == 1),
        np.flatnonzero(y == 0),
    )
    # drawn within each class, so that no draw lacks one
    again = [
        np.concatenate([generator.choice(c, len(c)) for c in (positive, negative)]) for _ in range(draws)
    ]
    rows = np.vstack([np.concatenate([positive, negative]), *again])
    areas = {name: _areas(predicted[name].to_numpy()[rows], len(positive)) for name in predicted}
    first, last = predicted.columns[0], predicted.columns[-1]
    areas[f"{last} less {first}"] = areas[last] - areas[first]
    spread = {name: [area[0], *np.quantile(area[1:], [0.025, 0.975])] for name, area in areas.items()}
    return pd.DataFrame.from_dict(spread, orient="index", columns=["AUC", "low", "high"])


def _areas(scores: NDArray[np.float64], positives: int) -> NDArray[np.float64]:
    """AUC of each row of scores, positives first, by the rank sum (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    won = rankdata(scores, axis=1)[:, :positives].sum(axis=1) - positives * (positives + 1) / 2
    return won / (positives * (scores.shape[1] - positives))
