"""Breaks an explainer on purpose in three ways, and says whether the chapter's own checks notice."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.interpretability.coalitions import Floats, Predict, ask, fit
from playbook.interpretability.explanation import faithfulness, shapley
from playbook.interpretability.network import build_network, predictor
from playbook.interpretability.sanity import randomisation

Explain = Callable[[Floats, int], Floats]  # rows (n, d) and a seed: attributions (n, d)

ORDERS = 39  # random orders to beat: chance alone beats them all once in 40


def sum_gap(predict: Predict, x: ArrayLike, attributions: ArrayLike, background: ArrayLike) -> float:
    """Give the largest distance between the sum of a row's values and f(x) minus the mean over `background`.

    >>> sum_gap(lambda z: z.sum(axis=1), [[1, 2]], [[1, 2]], [[0, 0]])
    0.0
    """
    rows, base = fit(x, background)
    owed = ask(predict, rows) - ask(predict, base).mean()
    return float(np.abs(np.sum(np.atleast_2d(attributions), axis=1) - owed).max())


def silenced(attributions: ArrayLike, x: ArrayLike, background: ArrayLike) -> int:
    """Count the features that are given exactly 0 in every row's explanation, at least: the fewest of a row.

    A feature on which a row and all of the background agree is owed 0 and does not count.

    >>> silenced([[0.0, 0, 1]], [[1, 1, 1]], [[0, 1, 0]])
    1
    """
    rows, base = fit(x, background)
    differs = (rows[:, None] != base).any(axis=1)
    return int(((np.atleast_2d(attributions) == 0) & differs).sum(axis=1).min())


def over_chance(
    predict: Predict, x: ArrayLike, attributions: ArrayLike, background: ArrayLike, seed: int = 0
) -> dict[str, float]:
    """Compare deletion and insertion by `attributions` (n, d) with 39 random orders of the features.

    deletion, insertion: the areas gained over the mean random order, in the unit of predict, above 0 where
    the explanation is better. p: the share of the 40 orders that are as good as ours in either, itself among
    them; 0.025 where it beats them all.
    """
    ours = faithfulness(predict, x, attributions, background)
    generator, shape = np.random.default_rng(seed), np.shape(attributions)
    drawn = [faithfulness(predict, x, generator.normal(size=shape), background) for _ in range(ORDERS)]
    chance = pd.DataFrame(drawn)
    as_good = (chance["deletion"] <= ours["deletion"]) | (chance["insertion"] >= ours["insertion"])
    return {
        "deletion": float(chance["deletion"].mean() - ours["deletion"]),
        "insertion": float(ours["insertion"] - chance["insertion"].mean()),
        "p": float((1 + as_good.sum()) / (1 + ORDERS)),
    }


def deletion_gains(
    predict: Predict, x: ArrayLike, answers: Sequence[ArrayLike], background: ArrayLike, rows: int = 20
) -> list[float]:
    """Give what each of several attributions (n, d) gains in deletion (`over_chance`), on the first rows."""
    return [round(over_chance(predict, x[:rows], one[:rows], background)["deletion"], 1) for one in answers]


def checks(
    explain: Explain, predict: Predict, x: ArrayLike, background: ArrayLike, tolerance: float = 1e-3
) -> dict[str, bool]:
    """Run the three checks that need no ground truth on a sampling explainer, for rows x (n, d).

    The sum fits the background that was named; the order beats chance; another seed gives another draw
    (an explainer that ignores its seed looks stable and is not). True: passed.
    """
    rows, _ = fit(x, background)
    values, again = explain(rows, 0), explain(rows, 1)
    return {
        "sum fits": sum_gap(predict, rows, values, background) <= tolerance,
        "order beats chance": over_chance(predict, rows, values, background)["p"] <= 1 / (1 + ORDERS),
        "seed is drawn anew": not np.array_equal(values, again),
    }


def mutations(
    make: Callable[[Floats], Explain],
    predict: Predict,
    x: ArrayLike,
    background: ArrayLike,
    another: ArrayLike,
) -> pd.DataFrame:
    """Check an explainer as it is, and broken in three ways: a row each, a column a check, and `caught`.

    `make(background)` gives the explainer. It is broken by `another` background, by shuffling each row's
    values among the features, and by a seed that is always the same. x: (n, d); backgrounds: (m, d).
    """
    rows, base = fit(x, background)
    whole, swapped = make(base), make(fit(x, another)[1])

    def shuffled(z: Floats, seed: int) -> Floats:
        return np.random.default_rng(seed).permuted(whole(z, seed), axis=1)

    mutants = {
        "as it should be": whole,
        "background swapped": swapped,
        "attributions shuffled": shuffled,
        "seed reused": lambda z, seed: whole(z, 0),
    }
    table = pd.DataFrame({name: checks(one, predict, rows, base) for name, one in mutants.items()}).T
    return table.assign(caught=~table.all(axis=1))


def on_blank_networks(
    predict: Predict, train: ArrayLike, x: ArrayLike, background: ArrayLike, networks: int = 3
) -> tuple[float, float]:
    """Compare explanations at x (n, d) of `predict` with those of networks that learnt nothing: two tau-b.

    `sanity.randomisation` of exact values, and for comparison of what looks at the input alone: its distance
    from the mean. The networks are those of `build_network` for `train` (m, d), as they are drawn.
    """
    blank = [predictor(build_network(train, number)) for number in range(1, networks + 1)]
    ways = (lambda f, z: shapley(f, z, background), lambda f, z: z - z.mean(axis=0))
    return tuple(round(randomisation(one, predict, blank, x), 1) for one in ways)
