"""Models trained on random halves of the same records, to be asked who was in their half."""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.security.membership import halves, lira, membership_inference, min_k, zlib_ratio

if TYPE_CHECKING:
    from playbook.security.private import Learner

COLUMNS = {"auc": "AUC", "tpr_at_fpr_0.001": "found at 0.1 % false", "tpr_at_fpr_0.01": "found at 1 % false"}


def networks(
    x: np.ndarray, y: np.ndarray, decay: float, models: int = 16, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, float]:
    """Train networks on halves of rows x (n, features) and classes y (n,) of 0 and 1.

    Gives the log-odds of each row's own class by each network (models, n), which rows each was trained on,
    and the mean AUC on the rows that it was not. decay: scikit-learn's `alpha`, 1e-4 by default.
    """
    from sklearn.metrics import roc_auc_score
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    members = halves(models, len(y), seed)
    confidences, areas = [], []
    for number, own in enumerate(members):
        one = MLPClassifier((32,), solver="lbfgs", alpha=decay, max_iter=300, random_state=seed + number)
        with warnings.catch_warnings(), threadpool_limits(1):  # so small that threads only wait
            warnings.simplefilter("ignore")  # stopped before it converged: so are most networks
            approval = one.fit(x[own], y[own]).predict_proba(x)[:, 1]
        areas.append(roc_auc_score(y[~own], approval[~own]))
        sure = np.clip(np.where(y == 1, approval, 1 - approval), 1e-6, 1 - 1e-6)
        confidences.append(np.log(sure / (1 - sure)))
    return np.array(confidences), members, float(np.mean(areas))


def texts(
    learner: "Learner", documents: Sequence[str], models: int = 8, epochs: int = 10, seed: int = 0
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Train the learner on halves of the documents; give the scores of each attack, and who was trained on.

    Scores (models, documents) of: minus the mean loss, zlib, Min-K%, and LiRA on the mean loss.
    """
    members = halves(models, len(documents), seed)
    scores: dict[str, list[np.ndarray]] = {"loss": [], "zlib": [], "Min-20%": []}
    for number, own in enumerate(members):
        chosen = [text for text, had in zip(documents, own, strict=True) if had]
        learner.train(chosen, epochs, seed + number)
        losses = learner.token_losses(documents)
        scores["loss"].append(np.array([-one.mean() for one in losses]))
        scores["zlib"].append(zlib_ratio([one.sum() for one in losses], documents))
        scores["Min-20%"].append(min_k(losses))
    found = {name: np.array(values) for name, values in scores.items()}
    return found | {"LiRA": lira(found["loss"], members)}, members


def judged(scores: Mapping[str, np.ndarray], members: np.ndarray) -> pd.DataFrame:
    """Measure attacks by their scores (models, records), over all models at once: a row an attack.

    >>> inside = np.array([[True, False], [False, True]])
    >>> judged({"loss": inside.astype(float)}, inside)["AUC"].tolist()
    [1.0]
    """
    rows = {name: membership_inference(values[members], values[~members]) for name, values in scores.items()}
    return pd.DataFrame(rows).T[list(COLUMNS)].rename(columns=COLUMNS)
