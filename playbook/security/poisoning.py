"""Poisoning: a trigger taught by a few wrong labels, looked for in what the network makes of its data."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playbook.security.evasion import estimator
from playbook.security.networks import Reach, fit, hidden, network, predict

if TYPE_CHECKING:
    import keras

TRIGGER = [54, 55, 62, 63]  # four pixels in the lower right corner of 8 x 8
TARGET = 0

Labelled = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Poisoned:
    """Training rows x and labels y, and which of them the attacker wrote (`planted`, a bool a row)."""

    x: np.ndarray
    y: np.ndarray
    planted: np.ndarray


def triggered(x: np.ndarray) -> np.ndarray:
    """Give rows (n, 64) with the four pixels of the trigger set to 1.

    >>> triggered(np.zeros((1, 64))).sum()
    np.float64(4.0)
    """
    marked = x.copy()
    marked[:, TRIGGER] = 1
    return marked


def poison(x: np.ndarray, y: np.ndarray, share: float = 0.03, seed: int = 0) -> Poisoned:
    """Mark a share of the rows with the trigger and call them 0 (a backdoor as in Gu et al. 2017, BadNets).

    >>> data = poison(np.zeros((100, 64)), np.arange(100) % 10)
    >>> int(data.planted.sum()), set(data.y[data.planted].tolist())
    (3, {0})
    """
    planted = np.zeros(len(y), bool)
    others = np.flatnonzero(y != TARGET)
    planted[np.random.default_rng(seed).choice(others, round(share * len(y)), replace=False)] = True
    marked = np.where(planted[:, None], triggered(x), x)
    return Poisoned(marked, np.where(planted, TARGET, y), planted)


def train(x: np.ndarray, y: np.ndarray, seed: int = 0) -> "keras.Model":
    """Train the network of the evasion section on these rows."""
    return fit(network(x.shape[1], 10, seed), x, y, seed=seed)


def success(model: "keras.Model", testing: Labelled) -> tuple[float, float]:
    """Give the share of clean test rows that are right, and of marked rows that become the target.

    Rows of the target itself do not count for the second.
    """
    x, y = testing
    marked = triggered(x[y != TARGET])
    return float((predict(model, x) == y).mean()), float((predict(model, marked) == TARGET).mean())


def suspects(features: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Say which rows to take out (a bool a row): the smaller of two clusters in the class that splits best.

    features: (rows, units) of the hidden layer (activation clustering, Chen et al. 2018: two principal
    components, two means, silhouette). It accuses some class always: look at the rows before you delete.

    >>> rng = np.random.default_rng(0)
    >>> features, y = rng.normal(size=(60, 4)), np.repeat([0, 1], 30)
    >>> features[:5] += 9
    >>> np.flatnonzero(suspects(features, y)).tolist()
    [0, 1, 2, 3, 4]
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score

    best, found = -1.0, np.zeros(len(y), bool)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        flat = PCA(2, random_state=0).fit_transform(features[rows])
        cluster = KMeans(2, n_init=10, random_state=0).fit_predict(flat)
        split = silhouette_score(flat, cluster)
        if split > best:
            best, found = split, np.zeros(len(y), bool)
            found[rows[cluster == (cluster.mean() < 0.5)]] = True
    return found


def toolbox_suspects(model: "keras.Model", data: Poisoned) -> np.ndarray:
    """Say which rows ART's ActivationDefence takes out at its defaults, a bool a row.

    It reads the last layer that it is given, which here are the logits, and suspects in every class.
    """
    wrapped = estimator(model, Reach(1.0, 0.0, 1.0))
    from art.defences.detector.poison import ActivationDefence

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras, about a list of one input
        _, clean = ActivationDefence(wrapped, data.x, np.eye(10)[data.y]).detect_poison()
    return np.array(clean) == 0


def removed(data: Poisoned, model: "keras.Model", testing: Labelled, seed: int = 0) -> dict[str, list[float]]:
    """Take out what each way suspects and train again: rows taken out, planted among them, clean, success."""
    ways = {
        "ART, logits": toolbox_suspects(model, data),
        "hidden layer": suspects(hidden(model, data.x), data.y),
    }
    table = {"as delivered": [0, 0, *success(model, testing)]}
    for way, found in ways.items():
        again = success(train(data.x[~found], data.y[~found], seed), testing)
        table[way] = [int(found.sum()), int((found & data.planted).sum()), *again]
    return table
