"""Five models for one table, from the one a bank can print to the network, each trained by one call."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.interpretability.network import predictor, train_network
from playbook.interpretability.simplification import Predict, Train, train_scorecard


def trainers(seed: int = 0) -> dict[str, Train]:
    """Give the five models by name, the simplest first: functions of features (n, d) and labels (n,).

    Each trains and gives a function of features (n, d) that returns scores (n,), the higher the likelier.
    The settings are ours, fixed after a look at a few others on the mortgages, boosting at the kindest of
    those; a search might find better ones for any of them.

    >>> list(trainers())
    ['scorecard', 'shallow tree', 'EBM', 'boosting', 'network']
    """
    return {
        "scorecard": lambda x, y: train_scorecard(x, y).decision_function,
        "shallow tree": lambda x, y: train_tree(x, y, seed),
        "EBM": lambda x, y: train_ebm(x, y, seed),
        "boosting": lambda x, y: train_boosting(x, y, seed),
        "network": lambda x, y: predictor(train_network(x, y, seed)),
    }


def train_tree(x: ArrayLike, y: ArrayLike, seed: int = 0, depth: int = 3) -> Predict:
    """Fit a classification tree of `depth` questions (at most 8 leaves for 3), 20 rows or more in a leaf.

    >>> x = np.arange(80.0)[:, None]
    >>> train_tree(x, x[:, 0] > 39)([[10], [70]]).tolist()
    [0.0, 1.0]
    """
    from sklearn.tree import DecisionTreeClassifier

    return _chance(DecisionTreeClassifier(max_depth=depth, min_samples_leaf=20, random_state=seed), x, y)


def train_ebm(x: ArrayLike, y: ArrayLike, seed: int = 0) -> Predict:
    """Fit an explainable boosting machine: one curve a feature, added up (Lou et al. 2012, InterpretML).

    Eight bags, and no pairs of features: a sum of curves that can each be drawn. With pairs it takes ten
    times as long, and reads less easily.
    """
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(interactions=0, outer_bags=8, n_jobs=1, random_state=seed)
    return _chance(model, x, y)


def train_boosting(x: ArrayLike, y: ArrayLike, seed: int = 0) -> Predict:
    """Fit 100 boosted trees of depth 3 at rate .05, each on half of the rows (Friedman 2002)."""
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(learning_rate=0.05, subsample=0.5, random_state=seed)
    return _chance(model, x, y)


def _chance(model: "object", x: ArrayLike, y: ArrayLike) -> Callable[[ArrayLike], NDArray[np.float64]]:
    model.fit(np.asarray(x, dtype=float), np.asarray(y))
    return lambda z: model.predict_proba(np.asarray(z, dtype=float))[:, 1]
