"""The price of simplicity: models judged on the same folds, the simplest one against each of the others."""

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


def round_up(value: float) -> float:
    """Round what is called "at most" upwards, to two decimals.

    >>> round_up(0.0123), round_up(-0.004)
    (0.02, 0.0)
    """
    return float(np.ceil(100 * value) / 100 + 0.0)


def folds_of(y: ArrayLike, folds: int = 5, seed: int = 0) -> NDArray[np.int_]:
    """Deal rows to folds 0, 1, ... at random, the same share of ones in each; y: (n,) of 0 and 1.

    Raises PlaybookError where a class has fewer rows than there are folds.

    >>> np.bincount(folds_of([0, 1] * 10, folds=2)).tolist()
    [10, 10]
    """
    from sklearn.model_selection import StratifiedKFold

    y = np.asarray(y)
    if set(np.unique(y)) != {0, 1}:
        raise PlaybookError("The area under the curve compares two classes: y must hold both 0 and 1.")
    if min((y == 0).sum(), (y == 1).sum()) < folds:
        raise PlaybookError(f"{folds} folds need {folds} rows or more of each class: add rows, or fold less.")
    dealt = np.empty(len(y), dtype=int)
    for number, (_, test) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y)):
        dealt[test] = number
    return dealt


def out_of_fold(models: Mapping[str, Train], x: ArrayLike, y: ArrayLike, fold: ArrayLike) -> pd.DataFrame:
    """Predict each row by models trained on the other folds: one column a model, (n, models).

    A model is a function of features (n, d) and labels (n,) that trains and gives a function of features.
    Raises PlaybookError where a feature is missing, or a model does not give one finite number a row.

    >>> def mean(x, y): return lambda z: np.full(len(z), y.mean())
    >>> out_of_fold({"mean": mean}, np.zeros((4, 1)), np.array([0, 1, 0, 1]), [0, 0, 1, 1])["mean"].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    x, y, fold = np.asarray(x, dtype=float), np.asarray(y), np.asarray(fold)
    if not np.isfinite(x).all():
        raise PlaybookError(
            "The features hold empty or infinite values: fill them in, or leave the column out."
        )
    predicted = pd.DataFrame(index=range(len(y)), columns=list(models), dtype=float)
    for number in np.unique(fold):
        test = fold == number
        for name, fit in models.items():
            scores = np.asarray(fit(x[~test], y[~test])(x[test]))
            if scores.shape != (test.sum(),) or not np.isfinite(scores).all():
                raise PlaybookError(f"The model {name!r} must give one finite score a row, as scores[:, 1].")
            predicted.loc[test, name] = scores
    return predicted


def price(
    y: ArrayLike, predicted: pd.DataFrame, fold: ArrayLike, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Compare each model with the first one by the mean area under the ROC curve (AUC) over the folds.

    A row a model: `AUC`; `more`, its AUC less the first one's, with two 95 % intervals. `low` and `high`
    speak of other applicants: the tested rows are drawn again, the same ones for all models (bootstrap).
    `retrained low` and `retrained high` speak of models trained again on other rows as well: the t interval
    over the folds, corrected for training sets that overlap (Nadeau and Bengio 2003).

    >>> scores = pd.DataFrame({"a": [1, 3, 2, 4] * 2, "b": [1, 2, 3, 4] * 2})
    >>> price([0, 0, 1, 1] * 2, scores, [0] * 4 + [1] * 4, draws=9).loc["b", ["AUC", "more"]].tolist()
    [1.0, 0.25]
    """
    y, fold = np.asarray(y), np.asarray(fold)
    if any(set(y[fold == number]) != {0, 1} for number in np.unique(fold)):
        raise PlaybookError("The area under the curve compares two classes: y must hold both 0 and 1.")
    areas = _areas_by_fold(y, predicted, fold, draws, seed)
    more = areas - areas[:, :, :1]
    rows = []
    for n in range(predicted.shape[1]):
        drawn = np.quantile(more[:, 1:, n].mean(axis=0), [0.025, 0.975])
        rows.append([areas[:, 0, n].mean(), more[:, 0, n].mean(), *drawn, *corrected_interval(more[:, 0, n])])
    columns = ["AUC", "more", "low", "high", "retrained low", "retrained high"]
    return pd.DataFrame(rows, index=list(predicted), columns=columns)


def corrected_interval(differences: ArrayLike) -> tuple[float, float]:
    """95 % interval of a mean difference over the k folds of one cross-validation, (k,) differences.

    Each fold is tested on 1/(k-1) as many rows as it is trained on, and the variance is enlarged by that
    share (Nadeau and Bengio 2003): the plain t interval is too narrow, since training sets overlap. Raises
    PlaybookError for fewer than two folds.

    >>> [round(end, 3) for end in corrected_interval([0.01, 0.02, 0.03, 0.02, 0.02])]
    [0.007, 0.033]
    """
    from scipy.stats import t

    d = np.asarray(differences, dtype=float)
    if len(d) < 2:
        raise PlaybookError(
            "An interval over folds needs 2 folds or more: deal the rows with folds_of(y, 5)."
        )
    half = t.ppf(0.975, len(d) - 1) * np.sqrt((1 / len(d) + 1 / (len(d) - 1)) * d.var(ddof=1))
    return float(d.mean() - half), float(d.mean() + half)


def _areas_by_fold(
    y: NDArray[np.int_], predicted: pd.DataFrame, fold: NDArray[np.int_], draws: int, seed: int
) -> NDArray[np.float64]:
    # (folds, 1 + draws, models): first as they are, then with rows drawn again within each class, so that no
    # draw lacks one
    generator, areas = np.random.default_rng(seed), []
    for number in np.unique(fold):
        classes = [np.flatnonzero((fold == number) & (y == label)) for label in (1, 0)]
        again = [np.concatenate([generator.choice(c, len(c)) for c in classes]) for _ in range(draws)]
        rows = np.vstack([np.concatenate(classes), *again])
        scores = predicted.to_numpy()
        areas.append([_areas(scores[rows, n], len(classes[0])) for n in range(scores.shape[1])])
    return np.array(areas).transpose(0, 2, 1)


def _areas(scores: NDArray[np.float64], positives: int) -> NDArray[np.float64]:
    """AUC of each row of scores, positives first, by the rank sum (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    won = rankdata(scores, axis=1)[:, :positives].sum(axis=1) - positives * (positives + 1) / 2
    return won / (positives * (scores.shape[1] - positives))
