"""The audit that unmasks a model which lies to explainers: it asks about real rows and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.interpretability.coalitions import Floats, Predict, ask, fit
from playbook.interpretability.deception import Rule, explainers, first_reasons, questions, wrap
from playbook.interpretability.estimators import sampled
from playbook.interpretability.mutations import checks

# Eleven facts of the bank's file; with the protected column twelve, which is what can be enumerated.
FACTS = ["loanamt", "price", "loanprc", "hexp", "atotinc", "cototinc", "hrat", "obrat", "cons"]
FACTS += ["chist", "pubrec"]


def file_of_the_bank() -> tuple[pd.DataFrame, np.ndarray]:
    """Read the mortgages again: eleven columns, of which some add up, `minority` last, and approvals (n,).

    >>> x, approved = file_of_the_bank()
    >>> x.shape, x.columns[-1], int(approved.sum())
    ((1989, 12), 'minority', 1745)
    """
    whole = mortgages()
    minority = (whole["black"] + whole["hispan"] > 0).astype(float)
    return whole[FACTS].astype(float).assign(minority=minority), whole["approve"].to_numpy(dtype=int)


def books(z: Floats) -> Floats:
    """Add to rows (n, 12) of the file by how much two of its sums do not come out, (n, 14).

    The loan's share of the price, and housing costs in % of both incomes: in a file they agree, in rows that
    an explainer has mixed from two files they seldom do.
    """
    loan, price, share, housing, one, other, ratio = np.asarray(z, dtype=float).T[:7]
    income = np.maximum(one + other, 1)
    return np.column_stack([z, loan / np.maximum(price, 1) - share, 100 * housing / income - ratio])


def flipped(predict: Predict, real: ArrayLike, protected: int) -> float:
    """Give the share of decisions on real rows (n, d) that change when only the 0/1 column `protected` does.

    A decision is a prediction of one half or more. Raises PlaybookError where the column is not of 0 and 1.

    >>> flipped(lambda z: z[:, 0] * z[:, 1], [[1, 0], [1, 1], [0, 1], [0, 0]], protected=1)
    0.5
    """
    rows, _ = fit(real, real)
    if set(rows[:, protected]) != {0.0, 1.0}:
        raise PlaybookError(
            f"column {protected} must hold both 0 and 1 and nothing else, to be flipped: recode it."
        )
    other = rows.copy()
    other[:, protected] = 1 - other[:, protected]
    return float(np.mean((ask(predict, rows) >= 0.5) != (ask(predict, other) >= 0.5)))


def audit(predict: Predict, real: ArrayLike, protected: int, seed: int = 0) -> dict[str, float]:
    """Compare what the model decides on real rows (n, d) with what it tells explainers, in three shares.

    flipped: of decisions that change with nothing but the 0/1 column `protected`. gap: approved of the rows
    with 0 there, less that of the rows with 1. unlike: of decisions that a forest gets wrong which learnt
    the model from LIME's questions only; it knows of no protected column.
    """
    from sklearn.ensemble import RandomForestClassifier

    rows, _ = fit(real, real)
    changed, decided, group = (
        flipped(predict, rows, protected),
        ask(predict, rows) >= 0.5,
        rows[:, protected] == 1,
    )
    asked = questions(explainers(rows, rows, seed)["LIME"], rows[:20], 4 * len(rows), seed)
    forest = RandomForestClassifier(30, random_state=seed).fit(asked, ask(predict, asked) >= 0.5)
    return {
        "flipped": changed,
        "gap": float(decided[~group].mean() - decided[group].mean()),
        "unlike": float((forest.predict(rows) != decided).mean()),
    }


def unmasked(models: Iterable[Predict], real: ArrayLike, protected: int, limit: float = 0.05) -> float:
    """Give the share of models of which more than `limit` of the decisions are flipped: caught, or falsely.

    >>> unmasked([Rule(0, 1.0), Rule(1, 1.0)], [[0, 1], [1, 0], [1, 1]], protected=0)
    0.5
    """
    return float(np.mean([flipped(one, real, protected) > limit for one in models]))


@dataclass(frozen=True)
class Trial:
    """What explainers are told, the checks of an explanation that a liar passes, audits, and who is caught.

    told: of `first_reasons`; passed: of `mutations.checks`; caught and false_alarms: shares of models.
    """

    told: pd.DataFrame
    passed: dict[str, bool]
    audits: pd.DataFrame
    caught: float
    false_alarms: float


def trial(rows: int = 20, models: int = 5, seed: int = 0) -> Trial:
    """Let wrappers lie about the mortgages, and audit them beside forests that never saw `minority`.

    Explained are `rows` test rows of each group; caught and accused are shares of `models` models each. Open
    and wrapped decide by `minority`, which is invented; the forests learnt the banks' own decisions.
    """
    from sklearn.model_selection import train_test_split

    x, approved = file_of_the_bank()
    train, test, y, _ = train_test_split(
        x, approved, test_size=0.3, random_state=seed, stratify=x["minority"]
    )
    last, history = len(FACTS), FACTS.index("chist")
    plain, shown = Rule(last, 0.0), Rule(history, 1.0)
    liars = [wrap(plain, shown, train, books, seed=seed + n) for n in range(models)]
    fair = [forest(train, y, seed + n) for n in range(models)]
    groups = pd.concat([test[test["minority"] == group].head(rows) for group in (0, 1)])
    told = first_reasons(
        {"open": plain, "wrapped": liars[0]}, groups, train, train.sample(20, random_state=seed), last, seed
    )
    whole = {"open": plain, "wrapped": liars[0], "rule for show": shown, "forest without it": fair[0]}
    few, base = test.head(4), train.head(10)
    passed = checks(sampled(liars[0])(base), liars[0], few, base)
    audits = pd.DataFrame({name: audit(one, test, last, seed) for name, one in whole.items()}).T
    return Trial(told, passed, audits, unmasked(liars, test, last), unmasked(fair, test, last))


def forest(x: ArrayLike, approved: np.ndarray, seed: int) -> Predict:
    """Train a forest on all columns of x (n, d) but the last one; it takes rows (m, d) and gives (m,)."""
    from sklearn.ensemble import RandomForestClassifier

    rows, _ = fit(x, x)
    grown = RandomForestClassifier(30, min_samples_leaf=5, random_state=seed).fit(rows[:, :-1], approved)
    return lambda z: grown.predict_proba(np.asarray(z)[:, :-1])[:, 1]
