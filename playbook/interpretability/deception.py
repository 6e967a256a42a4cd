"""When explanations lie: a model that discriminates, and a wrapper that hides it from LIME and SHAP.

After Slack et al. 2020, Fooling LIME and SHAP. The decisions are invented: nobody's mortgage was decided so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.interpretability.coalitions import Floats, Masks, Predict, fit
from playbook.interpretability.estimators import kernel_shap
from playbook.interpretability.lime_runs import few_values, lime_explainer

YES, NO = 0.9, 0.1  # probabilities of approval, not labels


@dataclass(frozen=True)
class Rule:
    """Approve, with probability 0.9, the rows whose `column` is `value`, the others with 0.1.

    >>> Rule(0, 1.0)(np.array([[1.0, 5.0], [0.0, 5.0]])).tolist()
    [0.9, 0.1]
    """

    column: int
    value: float

    def __call__(self, z: Floats) -> Floats:
        """Decide on rows (n, d)."""
        return np.where(np.isclose(np.asarray(z)[:, self.column], self.value, atol=0.5), YES, NO)


@dataclass(frozen=True)
class Wrapped:
    """Decide by `hidden` on rows that look real, by `shown` on those that look like an explainer's."""

    detector: Any  # a scikit-learn classifier
    see: Callable[[Floats], Floats]
    threshold: float
    hidden: Predict
    shown: Predict

    def real(self, z: Floats) -> Masks:
        """Say of rows (n, d) which ones look real to the detector."""
        return self.detector.predict_proba(self.see(np.asarray(z, dtype=float)))[:, 1] >= self.threshold

    def __call__(self, z: Floats) -> Floats:
        """Decide on rows (n, d)."""
        return np.where(self.real(z), self.hidden(z), self.shown(z))


def questions(explain: Callable[[Predict], Callable], x: ArrayLike, most: int, seed: int) -> Floats:
    """Run an explainer on rows x (n, d) and keep what it asks of the model: at most `most` rows, (q, d).

    `explain(predict)` gives the explainer. Rows that are those of x are not kept: an explainer asks them too.
    """
    rows, _ = fit(x, x)
    asked: list[Floats] = []

    def overhear(z: Floats) -> Floats:
        asked.append(np.array(z, dtype=float))
        return np.full(len(z), 0.5)

    explain(overhear)(rows)
    heard = np.vstack(asked)
    heard = heard[np.random.default_rng(seed).permutation(len(heard))[: 2 * most]]
    return heard[~(heard[:, None] == rows[None]).all(axis=2).any(axis=1)][:most]


def explainers(
    train: ArrayLike, background: ArrayLike, seed: int = 0
) -> dict[str, Callable[[Predict], Callable]]:
    """Give LIME, told which columns are categories, and KernelSHAP at its defaults: functions of a model.

    train: (m, d), which LIME draws from; background: (b, d), which KernelSHAP mixes with.
    """
    flags = few_values(train)
    return {
        "LIME": lambda predict: lime_explainer(predict, train, seed, categories=flags),
        "SHAP": lambda predict: kernel_shap(predict, background),
    }


def wrap(
    hidden: Predict,
    shown: Predict,
    real: ArrayLike,
    see: Callable[[Floats], Floats] = np.asarray,
    passed: float = 0.9,
    seed: int = 0,
) -> Wrapped:
    """Train the detector on half of the real rows (n, d) and on what LIME and SHAP ask; set its threshold.

    The threshold lets the share `passed` of the other half through: so often `hidden` decides in earnest.
    `see` adds columns that help to tell: (n, d) to (n, more).
    """
    from sklearn.ensemble import RandomForestClassifier

    rows, _ = fit(real, real)
    rows = np.random.default_rng(seed).permutation(rows)
    train, held = np.array_split(rows, 2)
    makers = explainers(train, train[:10], seed).values()
    fake = np.vstack([questions(explain, train[-20:], 3 * len(train), seed) for explain in makers])
    forest = RandomForestClassifier(30, min_samples_leaf=2, class_weight="balanced", random_state=seed)
    forest.fit(see(np.vstack([train, fake])), np.r_[np.ones(len(train)), np.zeros(len(fake))])
    threshold = float(np.quantile(forest.predict_proba(see(held))[:, 1], 1 - passed))
    return Wrapped(forest, see, threshold, hidden, shown)


def first_reasons(
    models: Mapping[str, Predict],
    x: ArrayLike,
    train: ArrayLike,
    background: ArrayLike,
    protected: int,
    seed: int = 0,
) -> pd.DataFrame:
    """Count how often LIME and SHAP name the 0/1 column `protected` first, by the group that a row is of.

    A row a model and explainer: the share of rows (n, d) with 0 and with 1 there in which that column has the
    largest absolute value, and the column that is first most often.
    """
    rows, base = fit(x, background)
    names = list(getattr(x, "columns", range(rows.shape[1])))
    group, counted = rows[:, protected] >= 0.5, []
    for model, predict in models.items():
        for explainer, explain in explainers(train, base, seed).items():
            first = np.abs(explain(predict)(rows)).argmax(axis=1)
            named = [float((first[one] == protected).mean()) for one in (~group, group)]
            counted.append([model, explainer, *named, names[np.bincount(first).argmax()]])
    of = names[protected]
    columns = ["model", "explainer", f"named first, {of} = 0", f"{of} = 1", "most often first"]
    return pd.DataFrame(counted, columns=columns)
