"""Membership inference: whether a score tells who was trained on, and how surely at few false alarms."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError

FALSE_POSITIVES = (0.001, 0.01)


def membership_inference(member_scores: ArrayLike, other_scores: ArrayLike) -> dict[str, float]:
    """Measure an attack by its scores: higher must mean "was trained on".

    member_scores: (members,), other_scores: (others,), finite. Gives `auc`; `tpr_at_fpr_0.001` and
    `tpr_at_fpr_0.01`, the share of members found when at most that share of others is accused; `advantage`,
    the largest difference of the two shares (Yeom et al. 2018). The AUC alone misleads: an attack that is
    sure of a few people harms them, and hardly moves it (Carlini et al. 2022, arXiv:2112.03570). With fewer
    than 1,000 others the first rate means "no false alarm at all". Raises PlaybookError where there are no
    scores or they are not finite.

    >>> membership_inference([3.0, 2.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0])["tpr_at_fpr_0.001"]
    0.5
    """
    members, others = (_scores(name, s) for name, s in (("member", member_scores), ("other", other_scores)))
    from sklearn.metrics import roc_auc_score, roc_curve

    truth = np.r_[np.ones(len(members)), np.zeros(len(others))]
    scores = np.r_[members, others]
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    rates = {f"tpr_at_fpr_{limit:g}": float(true[false <= limit].max()) for limit in FALSE_POSITIVES}
    return {
        "auc": float(roc_auc_score(truth, scores)),
        **rates,
        "advantage": float((true - false).max()),
    }


def zlib_ratio(losses: ArrayLike, texts: Sequence[str]) -> np.ndarray:
    """Score (texts,): minus a text's summed loss, in nats, for each byte that zlib needs for it.

    A text that is easy for everybody compresses well; one that is easy for the model alone was probably
    seen (Carlini et al. 2021, "Extracting training data from large language models").

    >>> zlib_ratio([16.0], ["a" * 100]).tolist()
    [-1.3333333333333333]
    """
    packed = np.array([len(zlib.compress(text.encode())) for text in texts])
    return -np.asarray(losses, float) / packed


def min_k(token_losses: Sequence[ArrayLike], k: float = 0.2) -> np.ndarray:
    """Score (texts,): minus the mean loss of each text's `k` least likely tokens (Min-K%, Shi et al. 2024).

    token_losses: for each text the losses (tokens - 1,) in nats.

    >>> min_k([[0.0, 0.0, 0.0, 0.0, 5.0]]).tolist()
    [-5.0]
    """
    if not 0 < k <= 1:
        raise PlaybookError(f"k is {k!r}: give a share of the tokens, above 0 and up to 1.")
    hardest = [np.sort(np.asarray(one, float))[::-1] for one in token_losses]
    return np.array([-one[: max(1, round(k * len(one)))].mean() for one in hardest])


def halves(models: int, records: int, seed: int = 0) -> np.ndarray:
    """Say which records each model is trained on (models, records): by pairs, one has what the other has not.

    >>> halves(4, 3).sum(axis=0).tolist()
    [2, 2, 2]
    """
    if models < 4 or models % 2:
        raise PlaybookError(
            f"{models} models cannot be shadows of one another: take an even number from 4 on."
        )
    first = np.random.default_rng(seed).random((models // 2, records)) < 0.5
    return np.stack([first, ~first], axis=1).reshape(models, records)


def lira(confidences: ArrayLike, members: ArrayLike) -> np.ndarray:
    """Score (models, records) by the likelihood ratio attack, each model attacked with the others as shadows.

    confidences: what each model gives each record, such as the log-odds of its label or minus its loss;
    members: which records it was trained on, as `halves` gives them. A record's confidence is compared with
    two normal distributions, those of models that had it and of models that did not, with one variance each
    for all records, as few shadows allow no more (Carlini et al. 2022, arXiv:2112.03570). A model and its
    other half are left out of its own shadows, so that both sides always count alike. Raises PlaybookError
    for members that are no such pairs.

    >>> lira([[5.0], [1.0], [5.1], [1.2]], [[True], [False], [True], [False]]).ravel() > 0
    array([ True, False,  True, False])
    """
    values, inside = np.asarray(confidences, float), np.asarray(members, bool)
    if values.shape != inside.shape or len(inside) < 4 or (inside[::2] == inside[1::2]).any():
        raise PlaybookError(
            "lira needs four models or more in pairs of opposite halves, as halves() gives them."
        )
    had, had_not = (_distance(values, side.astype(float)) for side in (inside, ~inside))
    return had_not - had


def _distance(values: np.ndarray, side: np.ndarray) -> np.ndarray:
    # minus the log density, but for what is the same everywhere, of each value among the other pairs' models
    total, counted = (side * values).sum(axis=0), len(values) // 2
    variance = (side * (values - total / counted) ** 2).sum() / ((counted - 1) * values.shape[1])
    own = (side * values).reshape(counted, 2, -1).sum(axis=1).repeat(2, axis=0)
    return (values - (total - own) / (counted - 1)) ** 2 / (2 * max(variance, 1e-12))


def _scores(name: str, scores: ArrayLike) -> np.ndarray:
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise PlaybookError(f"{name}_scores must be a list of finite numbers, one a record, and not empty.")
    return values
