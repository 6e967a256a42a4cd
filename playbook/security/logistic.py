"""The model of the chapter: a logistic regression, trained by gradient descent, small enough to see through.

A model is one vector: a weight for each feature, and the bias at the end.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import expit

Share = tuple[np.ndarray, np.ndarray]  # the rows of one client: x (rows, features) and y (rows,)
Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # of (model, x, y), shaped like model


def predict(model: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give the probability of class 1 for each row of `x` (rows, features).

    >>> predict(np.array([1.0, 0.0]), np.array([[0.0], [np.log(3)]])).round(2)
    array([0.5 , 0.75])
    """
    return expit(x @ model[:-1] + model[-1])


def gradient(model: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the gradient of the mean cross-entropy: the mean of (prediction - truth) times (row, 1).

    >>> gradient(np.zeros(3), np.array([[2.0, 4.0]]), np.array([1]))
    array([-1. , -2. , -0.5])
    """
    error = predict(model, x) - y
    return np.append(error @ x, error.sum()) / len(y)


def train(
    model: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    steps: int,
    learning_rate: float,
    *,
    proximal: float = 0.0,
    slope: Gradient = gradient,
) -> np.ndarray:
    """Take `steps` full-batch steps of gradient descent from `model`, and give the new model.

    `proximal` pulls each step back to the model that training began with: mu of FedProx (Li et al. 2020).
    `slope` gives the gradient; another one trains another model.

    >>> train(np.zeros(2), np.array([[1.0], [-1.0]]), np.array([1, 0]), steps=2, learning_rate=1.0).round(3)
    array([0.878, 0.   ])
    """
    start = model
    for _ in range(steps):
        model = model - learning_rate * (slope(model, x, y) + proximal * (model - start))
    return model


def safe_rate(features: int) -> float:
    """Give a learning rate that cannot diverge on standardised features.

    The mean cross-entropy curves by at most a quarter of the largest eigenvalue of the rows' second moments,
    which for standardised features and a bias is at most their number plus one (the trace).

    >>> safe_rate(19)
    0.2
    """
    return 4 / (features + 1)
