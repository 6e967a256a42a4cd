"""Model stealing: a copy fitted to what a server answers, by the number of questions that it may ask."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from playbook.security.gate import Buckets
from playbook.security.logistic import predict

Answers = Callable[[np.ndarray], np.ndarray]
DIGITS = 12  # as many as JSON carries without effort


def answers(model: np.ndarray) -> dict[str, Answers]:
    """Give what a server can answer for rows (n, features): probabilities, two decimals of them, yes or no.

    >>> rows = np.array([[0.5], [-3.0]])
    >>> [float(ask(rows)[0]) for ask in answers(np.array([1.0, 0.0])).values()]
    [0.622459331202, 0.62, 1.0]
    """
    return {
        "probability": lambda rows: predict(model, rows).round(DIGITS),
        "two decimals": lambda rows: predict(model, rows).round(2),
        "yes or no": lambda rows: (predict(model, rows) >= 0.5).astype(float),
    }


def steal(ask: Answers, features: int, queries: int, seed: int = 0) -> np.ndarray:
    """Fit a model (features + 1,) to the answers to `queries` made-up rows; the thief has no data.

    Log-odds are linear in the weights, so probabilities are equations: features + 1 of them are enough
    (Tramer et al. 2016). From mere decisions a logistic regression is learnt.
    """
    from sklearn.linear_model import LogisticRegression

    rows = np.random.default_rng(seed).normal(size=(queries, features))
    said = ask(rows)
    if set(np.unique(said)) <= {0.0, 1.0}:
        if len(np.unique(said)) < 2:
            return np.append(np.zeros(features), 2 * said[0] - 1)
        copy = LogisticRegression(C=10.0, max_iter=1000).fit(rows, said)
        return np.append(copy.coef_[0], copy.intercept_[0])
    known = (said > 0.004) & (said < 0.996)  # a rounded 0 or 1 says little
    odds = np.log(said[known] / (1 - said[known]))
    return np.linalg.lstsq(np.c_[rows[known], np.ones(known.sum())], odds, rcond=None)[0]


def agreement(model: np.ndarray, copy: np.ndarray, x: np.ndarray) -> float:
    """Give the share of rows x that the copy decides as the model does, both classes counting the same.

    A copy that approves everybody has one half.
    """
    truth, said = (predict(one, x) >= 0.5 for one in (model, copy))
    return float(np.mean([(said == truth)[truth == side].mean() for side in np.unique(truth)]))


def curve(
    model: np.ndarray, x: np.ndarray, queries: Sequence[int], trials: int = 20, seed: int = 0
) -> pd.DataFrame:
    """Give the mean agreement on rows x by kind of answer (columns) and number of queries (index)."""
    features = x.shape[1]
    table = {
        kind: [
            np.mean([agreement(model, steal(ask, features, n, seed + t), x) for t in range(trials)])
            for n in queries
        ]
        for kind, ask in answers(model).items()
    }
    return pd.DataFrame(table, index=pd.Index(queries, name="queries"))


def passed(requests_a_minute: int, minutes: int) -> int:
    """Count the requests that one user gets through the server's gate in so many minutes, trying each second.

    >>> passed(60, 1), passed(1, 60)
    (60, 60)
    """
    now = [0.0]
    buckets = Buckets(requests_a_minute, clock=lambda: now[0])
    through = 0
    for second in range(60 * minutes):
        now[0] = float(second)
        through += buckets.take("thief")
    return through
