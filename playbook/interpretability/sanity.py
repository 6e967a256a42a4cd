"""Explanations held against known truth: re-drawn weights, correlated Gaussians, a synthetic task."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError
from playbook.interpretability import tokens
from playbook.interpretability.coalitions import Floats, Predict, coalition_values, enumerate_coalitions, fit
from playbook.interpretability.estimators import kernel_shap
from playbook.interpretability.explanation import EXACT, rank_agreement, shapley
from playbook.interpretability.lime_runs import lime_explainer

Explain = Callable[[Predict, Floats], ArrayLike]


def randomisation(explain: Explain, predict: Predict, redrawn: Iterable[Predict], x: ArrayLike) -> float:
    """Test by parameter randomisation (Adebayo et al. 2018) whether an explanation changes with the model.

    Mean Kendall's tau-b between the attributions of `predict` and of each model with re-drawn weights, all
    explained at x (n, d). About 0: it speaks of what was learnt. Near 1: it would say the same of any model.

    >>> randomisation(lambda f, x: abs(x), np.sum, [np.max], np.array([[1.0, 3.0, 2.0]]))
    1.0
    """
    rows, _ = fit(x, x)
    trained = explain(predict, rows)
    return float(np.mean([rank_agreement(trained, explain(other, rows)) for other in redrawn]))


def gaussian_values(
    weights: ArrayLike,
    covariance: ArrayLike,
    x: ArrayLike,
    kind: Literal["interventional", "conditional"] = "interventional",
) -> Floats:
    """Shapley values of the linear model z @ weights at x (d,), for features Gaussian around 0: analytic.

    Interventional: an absent feature is drawn apart from the others: weights * x (Janzing et al. 2020).
    Conditional: it is what the present ones let expect (Aas et al. 2021). Raises PlaybookError on shapes.

    >>> gaussian_values([1, 0], [[1, 0.8], [0.8, 1]], [2, 1], "conditional").round(6).tolist()
    [1.6, 0.4]
    """
    w, cov, row = (np.asarray(one, dtype=float) for one in (weights, covariance, x))
    features = len(row)
    if w.shape != row.shape or cov.shape != (features, features) or features > EXACT:
        raise PlaybookError(
            f"weights {w.shape}, covariance {cov.shape} and x {row.shape} do not fit in 12 features or fewer."
        )
    if kind == "interventional":
        return w * row
    masks, shares = enumerate_coalitions(features)
    # cov[:, mask] @ cov[mask, mask]^-1 @ x[mask]: the known features themselves, and what they let expect
    known = [w @ cov[:, mask] @ np.linalg.solve(cov[np.ix_(mask, mask)], row[mask]) for mask in masks]
    return np.array(known) @ shares


def unused_twin(correlations: Sequence[float] = (0.0, 0.5, 0.9)) -> pd.DataFrame:
    """Credit two Gaussian features at (1, 1), of which a linear model uses only the first, by correlation.

    Columns: the unused one's credit in % of the prediction, interventional and conditional; analytic.

    >>> unused_twin()["conditional"].tolist()
    [0.0, 25.0, 45.0]
    """
    kinds = ("interventional", "conditional")
    rows = [
        [100 * gaussian_values([1, 0], [[1, r], [r, 1]], [1, 1], kind)[1] for kind in kinds]
        for r in correlations
    ]
    return pd.DataFrame(rows, pd.Index(correlations, name="correlation"), kinds).round(6)


@dataclass(frozen=True)
class Task:
    """A function of independent Gaussian features whose Shapley values are known in closed form.

    f(z) = z @ weights + sum of c * z_i * z_j over `products` (i, j, c); x: (n, d); background: (m, d).
    """

    weights: Floats
    products: list[tuple[int, int, float]]
    x: Floats
    background: Floats

    def predict(self, z: Floats) -> Floats:
        """Give f for rows (n, d): (n,)."""
        return z @ self.weights + sum(c * z[:, i] * z[:, j] for i, j, c in self.products)

    def truth(self) -> Floats:
        """Give the Shapley values (n, d): a product is split evenly, (x_i - b_i)(x_j + b_j) / 2 over b."""
        values = self.weights * (self.x - self.background.mean(axis=0))
        for i, j, c in self.products:
            for one, other in ((i, j), (j, i)):
                left = self.x[:, None, one] - self.background[None, :, one]
                values[:, one] += (
                    c / 2 * (left * (self.x[:, None, other] + self.background[:, other])).mean(1)
                )
        return values


def synthetic(features: int = 12, rows: int = 30, background: int = 100, seed: int = 567) -> Task:
    """Draw a task as OpenXAI's generator does (Agarwal et al. 2022), with products added; nothing is real.

    Weights are uniform in [-1, 1], about half of them masked to 0; the first two and the last two features
    also act as products. Masked features outside the products are ignored by f: their truth is 0.

    >>> task = synthetic()
    >>> task.x.shape, bool(np.allclose(shapley(task.predict, task.x, task.background), task.truth()))
    ((30, 12), True)
    """
    generator = np.random.default_rng(seed)
    weights = generator.uniform(-1, 1, features) * (generator.random(features) < 0.5)
    products = [(0, 1, 1.0), (features - 2, features - 1, 1.0)]
    x, base = generator.normal(size=(rows, features)), generator.normal(size=(background, features))
    return Task(weights, products, x, base)


def gradient(predict: Predict, x: Floats, step: float = 1e-4) -> Floats:
    """Give the gradient of a smooth predict at rows (n, d) by central differences.

    >>> gradient(lambda z: z[:, 0] ** 2, np.array([[3.0, 1.0]])).round(6).tolist()
    [[6.0, 0.0]]
    """
    moves = step * np.eye(x.shape[1])
    up, down = ((x[:, None] + sign * moves).reshape(-1, x.shape[1]) for sign in (1, -1))
    ends = [np.asarray(predict(one), dtype=float).reshape(x.shape) for one in (up, down)]
    return (ends[0] - ends[1]) / (2 * step)


def integrated_gradients(predict: Predict, x: Floats, baseline: Floats, steps: int = 20) -> Floats:
    """Average the gradient on the way from `baseline` (d,) to x (n, d), times the way (Sundararajan 2017).

    >>> integrated_gradients(lambda z: z[:, 0] * z[:, 1], np.ones((1, 2)), np.zeros(2)).round(6).tolist()
    [[0.5, 0.5]]
    """
    return tokens.integrated_gradients(
        lambda path: np.array([gradient(predict, point) for point in path]),
        x,
        np.broadcast_to(baseline, x.shape),
        steps,
    )


def left_out(predict: Predict, x: ArrayLike, background: ArrayLike) -> Floats:
    """Credit each feature (n, d) with what is lost when it alone takes the background's values.

    >>> left_out(lambda z: z[:, 0] * z[:, 1], [[1, 1]], [[0, 0]]).tolist()
    [[1.0, 1.0]]
    """
    rows, base = fit(x, background)
    masks = np.vstack([np.ones(base.shape[1]), 1 - np.eye(base.shape[1])]).astype(bool)
    values = coalition_values(predict, rows, base, masks)
    return values[:, :1] - values[:, 1:]


def against_truth(task: Task, seed: int = 0) -> pd.DataFrame:
    """Hold seven explainers against the analytic truth of `task`: a row a method.

    Columns: rank agreement (tau-b of absolute values), first four (share of the true four largest found),
    sign (share right among features with a part), ignored (share of all credit for features without one).
    """
    f, x, base = task.predict, task.x, task.background
    answers = {
        "Shapley, exact": shapley(f, x, base),
        "KernelSHAP, default": kernel_shap(f, base)(x, seed),
        "KernelSHAP, 100 coalitions": kernel_shap(f, base, 100)(x, seed),
        "integrated gradients": integrated_gradients(f, x, base.mean(axis=0)),
        "gradient x input": gradient(f, x) * x,
        "one feature permuted": left_out(f, x, base),
        "LIME": lime_explainer(f, base, seed)(x),
    }
    return pd.DataFrame({name: _against(one, task) for name, one in answers.items()}).T


def _against(values: Floats, task: Task) -> dict[str, float]:
    """Score one method's attributions (n, d) against the truth of the task."""
    values, truth = values.round(9), task.truth()  # so that floating-point dust is not ranked
    size = np.abs(values)
    acts = (task.weights != 0) | np.isin(np.arange(len(task.weights)), [p[:2] for p in task.products])
    first, right = (np.argsort(-np.abs(one), axis=1)[:, :4] for one in (values, truth))
    found = [len(set(one) & set(other)) / 4 for one, other in zip(first, right, strict=True)]
    return {
        "rank agreement": rank_agreement(values, truth),
        "first four": float(np.mean(found)),
        "sign": float((np.sign(values) == np.sign(truth))[:, acts].mean()),
        "ignored": float(size[:, ~acts].sum() / size.sum()),
    }
