"""Finds labels that are probably wrong, by confident learning, and plants wrong ones to be found."""

import warnings
from collections.abc import Sequence

import numpy as np

from playbook.errors import PlaybookError


def label_issues(labels: Sequence[object], pred_probs: np.ndarray) -> np.ndarray:
    """Say which labels are probably wrong: an array of bool, one an item.

    `pred_probs` (items x classes) are probabilities of a model that has not seen the item, by
    cross-validation; its columns are in the order of the classes: 0, 1, ... for whole numbers, sorted for
    names. A flag is a suspicion: of those on ten well-known test sets people confirmed 51 % (Northcutt et
    al. 2021, arXiv 2103.14749), so a person must look at each before a label is changed.

    Source: Northcutt, Jiang, Chuang, JAIR 70, 2021, as in cleanlab. Raises PlaybookError for shapes that do
    not fit, probabilities that do not add up to 1, and labels without a column.

    >>> probs = np.array([[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 5)
    >>> label_issues([0, 0, 0, 0, 1, 1, 1, 1, 1, 1], probs).nonzero()[0].tolist()
    [4]
    """
    given, probs = np.asarray(labels), np.asarray(pred_probs, dtype=float)
    if given.ndim != 1 or probs.ndim != 2 or len(given) != len(probs) or not len(given):
        raise PlaybookError(
            f"label_issues: labels are {given.shape}, pred_probs {probs.shape}: give a row of them a label."
        )
    if not (np.isfinite(probs).all() and (probs >= 0).all() and np.allclose(probs.sum(axis=1), 1, atol=1e-3)):
        raise PlaybookError("label_issues: pred_probs must be probabilities: every row adds up to 1.")
    names = given.dtype.kind not in "iu"
    codes = np.unique(given, return_inverse=True)[1] if names else given
    classes = codes.max() + 1
    if codes.min() < 0 or classes > probs.shape[1] or (names and classes < probs.shape[1]):
        raise PlaybookError(
            f"label_issues: pred_probs have {probs.shape[1]} columns, which do not fit the "
            f"{len(np.unique(given))} classes of the labels: give a column a class, in order, numbers from 0."
        )
    with warnings.catch_warnings(action="ignore"):  # tqdm, in a notebook, misses a widget that nothing shows
        from cleanlab.filter import find_label_issues

    return np.asarray(find_label_issues(codes, probs, n_jobs=1), dtype=bool)


def plant_flips(labels: Sequence[int], rate: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Give a share of the labels another class, drawn evenly: (labels, which are flipped).

    Raises PlaybookError for a rate outside 0 to 1, or labels of one class alone.

    >>> labels, flipped = plant_flips([0, 1, 2, 0, 1, 2, 0, 1, 2, 0], rate=0.3)
    >>> int(flipped.sum()), int((labels != [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]).sum())
    (3, 3)
    """
    given = np.asarray(labels)
    classes, codes = np.unique(given, return_inverse=True)
    if not 0 <= rate <= 1 or len(classes) < 2:
        raise PlaybookError("plant_flips: give a rate from 0 to 1, and labels of two classes or more.")
    rng = np.random.default_rng(seed)
    flipped = np.zeros(len(given), dtype=bool)
    flipped[rng.permutation(len(given))[: round(rate * len(given))]] = True
    others = (codes + rng.integers(1, len(classes), len(given))) % len(classes)
    return np.where(flipped, classes[others], given), flipped
