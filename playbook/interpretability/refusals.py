"""Whom a scorecard refuses and what it tells them: as usual, and so that every reason is a true sentence."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.interpretability.applications import Applications
from playbook.interpretability.coalitions import Predict
from playbook.interpretability.groups import cut_like
from playbook.interpretability.reasons import Reason, just_above, letters, truthful
from playbook.interpretability.simplification import (
    folds_of,
    linear_terms,
    out_of_fold,
    price,
    train_scorecard,
)


@dataclass(frozen=True)
class Refused:
    """Refused test rows (n, d) with their letters; `score` takes rows of all d features, and passes at `cut`.

    `compared` (m, d): the training rows that the reasons compare with.
    """

    score: Predict
    cut: float
    rows: pd.DataFrame
    compared: pd.DataFrame
    letters: list[list[Reason]]

    @property
    def untrue(self) -> float:
        """Share of letters, in %, with a reason whose own sentence would be false of the applicant."""
        told = [any(reason.contradicts for reason in letter) for letter in self.letters]
        return round(100 * float(np.mean(told)), 1) if told else 0.0


def train_truthful(x: ArrayLike, y: ArrayLike, names: list[str], known: bool = True) -> Predict:
    """Train a scorecard on the features that `reasons.truthful` keeps of x (n, d); it takes rows (n, d).

    >>> x = np.c_[np.arange(40.0), np.arange(40.0) % 3]
    >>> score = train_truthful(x, x[:, 0] < 20, ["obrat", "unem"])
    >>> bool(score(x[:1])[0] > score(x[-1:])[0])
    True
    """
    table = pd.DataFrame(np.asarray(x), columns=names)
    return _score(table, y, truthful(table, y, known))


def price_of_truth(
    x: pd.DataFrame, y: ArrayLike, known: bool = True, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predict x (n, d) out of fold by the truthful scorecard and by the one on all features; compare them.

    Gives the scores (n, 2), columns "truthful" and "all features", and the table of `simplification.price`:
    its row "all features" says what truth costs. Features are chosen again in each fold.
    """
    trains = {"truthful": known, "all features": False}
    models = {name: partial(train_truthful, names=list(x), known=only) for name, only in trains.items()}
    fold = folds_of(y, seed=seed)
    scores = out_of_fold(models, x, y, fold)
    return scores, price(y, scores, fold, seed=seed)


def refuse(
    data: Applications, columns: list[str], known: bool = True, count: int = 100, everybody: bool = False
) -> Refused:
    """Refuse test rows by a scorecard on `columns`, at the cut that refuses the share the decision refused.

    The reasons compare with the `count` training rows that pass by the least, or with `everybody`: the two
    ways that comment 9(b)(2)-5 on 12 CFR 1002.9 names. `known`: the columns are those of the mortgages.
    """
    x, y = data.x_train, data.y_train
    score = _score(x, y, columns)
    scores = score(x.to_numpy())
    cut = cut_like(scores, y)
    rows = data.x_test[score(data.x_test.to_numpy()) < cut]
    compared = x if everybody else just_above(x, scores, cut, count)
    card = train_scorecard(x[columns], y)
    terms = linear_terms(card, rows[columns], compared[columns])
    return Refused(score, cut, rows, compared, letters(terms, rows[columns], compared[columns], known=known))


def _score(x: pd.DataFrame, y: ArrayLike, columns: list[str]) -> Predict:
    card, places = train_scorecard(x[columns], y), [x.columns.get_loc(name) for name in columns]

    def score(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return card.decision_function(np.asarray(rows)[:, places])

    return score


def with_untrue(data: Applications, kept: list[str], known: bool) -> tuple[Refused, dict[str, float]]:
    """Refuse on the features `kept`; beside it, the share of untrue letters where all features are used.

    In %: "textbook" compares with everybody, "measured" with those who pass by the least.
    """
    names = list(data.x_train)
    untrue = {"textbook": refuse(data, names, known, everybody=True), "measured": refuse(data, names, known)}
    return refuse(data, kept, known), {name: one.untrue for name, one in untrue.items()}


def print_letter(refused: Refused, left_out: list[str]) -> None:
    """Print how many are refused, the features left out, and the reasons of the first letter."""
    print(f"{len(refused.rows)} refused; features left out: {', '.join(left_out) or 'none'}")
    if refused.letters:
        print("One letter:", *(reason.sentence for reason in refused.letters[0]), sep="\n- ")
