"""How lasting the reasons of a letter are: made again after changes so small that they should not matter."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError
from playbook.interpretability.applications import Applications
from playbook.interpretability.explanation import principal_reasons, shapley
from playbook.interpretability.network import predictor, train_network
from playbook.interpretability.reasons import MOST
from playbook.interpretability.refusals import Refused
from playbook.interpretability.simplification import linear_terms, train_scorecard

Explain = Callable[[pd.DataFrame, pd.DataFrame], NDArray[np.float64]]
Fit = Callable[[pd.DataFrame, NDArray[np.int_], int], Explain]


def fit_scorecard(x: pd.DataFrame, y: ArrayLike, seed: int) -> Explain:
    """Train a scorecard, whose explanation is a closed form in log-odds; the seed moves nothing."""
    card = train_scorecard(x, y)
    return lambda rows, compared: linear_terms(card, rows, compared)


def fit_network(x: pd.DataFrame, y: ArrayLike, seed: int) -> Explain:
    """Train the network, explained by Shapley values in log-odds, exact to 12 features."""
    logit = predictor(train_network(x, y, seed), "logit")
    return lambda rows, compared: shapley(logit, rows, compared)


def nudged(rows: pd.DataFrame, share: float = 0.01, seed: int = 0) -> pd.DataFrame:
    """Change every amount by up to `share` of itself, as rounding or another pay slip would.

    Amounts are columns of more than ten different values; codes and yes/no stay.

    >>> table = pd.DataFrame({"income": np.arange(100.0, 120), "self": [0.0, 1.0] * 10})
    >>> moved = nudged(table) / table.replace(0, 1)
    >>> bool((abs(moved["income"] - 1) <= 0.01).all()), moved["self"].tolist() == table["self"].tolist()
    (True, True)
    """
    generator = np.random.default_rng(seed)
    moved = rows.astype(float)
    for name in rows.columns[rows.nunique() > 10]:
        moved[name] *= generator.uniform(1 - share, 1 + share, len(rows))
    return moved


def changed(before: ArrayLike, again: Sequence[ArrayLike], names: Sequence[str]) -> dict[str, float]:
    """Count letters whose reasons are no longer the same when the explanation is made again.

    before: attributions (n, d); again: the same for each time. Gives, in % of letters: `letters` with another
    set of reasons and `first` with another strongest one (means over the times), and `ever` with another set
    in at least one of them.

    >>> changed([[-2.0, -1.0]], [[[-1.0, -2.0]], [[-2.0, 1.0]]], ["a", "b"])
    {'letters': 50.0, 'first': 50.0, 'ever': 100.0}
    """
    if not again:
        raise PlaybookError("changed compares letters: give attributions of at least one other time.")
    first, *others = (principal_reasons(one, names, MOST) for one in (before, *again))
    sets = np.array([[set(a) != set(b) for a, b in zip(first, other, strict=True)] for other in others])
    heads = [[a[:1] != b[:1] for a, b in zip(first, other, strict=True)] for other in others]
    shares = {"letters": sets.mean(), "first": np.mean(heads), "ever": sets.any(axis=0).mean()}
    return {name: round(100 * float(share), 1) for name, share in shares.items()}


def lasting(
    fit: Fit,
    x: pd.DataFrame,
    y: ArrayLike,
    rows: pd.DataFrame,
    compared: pd.DataFrame,
    draws: int = 1,
    seed: int = 0,
) -> pd.DataFrame:
    """Write the letters of `rows` again, `draws` times after each small change, and count those that change.

    `fit(x, y, seed)` trains on rows (n, d) and labels (n,) and gives `explain(rows, compared)`, attributions.
    The changes: amounts moved by up to 1 %, those compared with drawn again, another training seed, training
    rows drawn again, and all of `x` (as many as `compared`) to compare with. Columns as in `changed`.
    """
    y, several, base = np.asarray(y), range(seed + 1, seed + 1 + draws), fit(x, np.asarray(y), seed)
    drawn = [np.random.default_rng(n).integers(0, len(x), len(x)) for n in several]
    again = {
        "amounts moved by up to 1 %": [base(nudged(rows, seed=n), compared) for n in several],
        "those just above drawn again": [
            base(rows, compared.sample(len(compared), replace=True, random_state=n)) for n in several
        ],
        "another training seed": [fit(x, y, n)(rows, compared) for n in several],
        "training rows drawn again": [
            fit(x.iloc[places], y[places], seed)(rows, compared) for places in drawn
        ],
        "compared with all": [base(rows, x.sample(len(compared), random_state=n)) for n in several],
    }
    before, names = base(rows, compared), list(rows)
    return pd.DataFrame({name: changed(before, times, names) for name, times in again.items()}).T


def both(
    data: Applications, kept: list[str], refused: Refused, draws: int = 1, seed: int = 0
) -> pd.DataFrame:
    """Measure `lasting` for the scorecard on the columns `kept`, and for the network on 20 of its letters.

    The scorecard, which trains in no time, is made again twenty times, the network `draws` times: too few
    letters for more than whether over 40 % of them change.
    """
    x, y, rows, near = data.x_train, data.y_train, refused.rows, refused.compared
    simple = lasting(fit_scorecard, x[kept], y, rows[kept], near[kept], draws=20, seed=seed)
    deep = lasting(fit_network, x, y, rows.head(20), near, draws, seed)
    many = (deep["letters"] > 40).to_frame("over 40 %")
    return pd.concat({"scorecard": simple.round().astype(int), "network, 20 letters": many}, axis=1)
