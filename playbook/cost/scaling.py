"""Fits the law by which a model's loss falls with parameters and tokens, and reads the best plan off it."""

from dataclasses import astuple, dataclass

import numpy as np

from playbook.cost.checks import positive
from playbook.errors import PlaybookError

# Where the quadratic part of the Huber loss ends: a residual of 0.1 % of the loss (Hoffmann et al.).
DELTA = 1e-3
# Every pair of these exponents is tried; from the best pairs the search goes on.
_EXPONENTS = np.linspace(0.1, 1.2, 12)
_SEARCHES = 12


@dataclass(frozen=True)
class ScalingLaw:
    """L(N, D) = E + A / N**alpha + B / D**beta: loss in nats a token of N parameters after D tokens.

    E: the loss that no size and no data removes. Source: Hoffmann et al., arXiv:2203.15556, section 3.3.
    """

    E: float
    A: float
    B: float
    alpha: float
    beta: float

    def loss(self, params: float, tokens: float) -> float:
        """Predict the loss, in nats a token; both may be arrays of one shape.

        >>> round(EPOCH.loss(70e9, 1.4e12), 2)
        1.97
        """
        return self.E + self.A / params**self.alpha + self.B / tokens**self.beta

    def waste(self, params: float, tokens: float) -> float:
        """Share of the operations of this plan that the best plan for the same loss would not need.

        >>> f"{EPOCH.waste(*PRINTED.optimal(5.76e23)):.0%}"
        '20%'
        """
        from scipy.optimize import brentq

        spent, loss = 6 * params * tokens, self.loss(params, tokens)
        needed = brentq(lambda log: self.loss(*self.optimal(np.exp(log))) - loss, 0, np.log(spent))
        return 1 - float(np.exp(needed)) / spent

    def optimal(self, flops: float) -> tuple[float, float]:
        """Give the parameters and tokens with the least loss for `flops` = 6ND operations.

        Raises PlaybookError unless `flops` is finite and above zero. Source: as above, equation 4.

        >>> params, tokens = EPOCH.optimal(5.76e23)
        >>> f"{params / 1e9:.0f} billion parameters, {tokens / params:.0f} tokens for each"
        '72 billion parameters, 18 tokens for each'
        """
        product = positive("flops", flops) / 6
        both = self.alpha + self.beta
        balance = (self.alpha * self.A / (self.beta * self.B)) ** (1 / both)
        params = balance * product ** (self.beta / both)
        return params, product / params


# As printed in March 2022, and as fitted again in 2024 to the points of that paper's figure 4.
PRINTED = ScalingLaw(E=1.69, A=406.4, B=410.7, alpha=0.34, beta=0.28)
EPOCH = ScalingLaw(E=1.8172, A=482.01, B=2085.43, alpha=0.3478, beta=0.3658)


def fit_scaling_law(params: np.ndarray, tokens: np.ndarray, loss: np.ndarray) -> ScalingLaw:
    """Fit the law to trained models by Chinchilla's third approach: Huber loss on the log of the loss.

    params, tokens, loss (nats a token): a number a trained model. The objective is *summed*, and searched
    with L-BFGS from many starts down to machine precision: averaged instead, it is so flat that the
    search stops early, which is how the printed constants came about.

    Raises PlaybookError for fewer than six models, values that are not finite and above zero, fewer than
    three sizes or token counts, and for sizes and token counts that grow in step: then the two terms cannot
    be told apart. Sources: Hoffmann et al., arXiv:2203.15556, appendix D.3; Besiroglu et al.,
    arXiv:2404.10102.

    >>> n, d = np.repeat([1e8, 1e9, 1e10], 3), np.tile([1e9, 1e10, 1e11], 3)
    >>> law = fit_scaling_law(n, d, EPOCH.loss(n, d))
    >>> round(law.E, 2), round(law.alpha, 2), round(law.beta, 2)
    (1.82, 0.35, 0.37)
    """
    from scipy.optimize import minimize

    n, d, losses = _points(params, tokens, loss)
    x, y = np.log(n), np.log(d)
    middle = np.array([x.mean(), y.mean()])  # centred, the constants and the exponents hardly pull each other
    centred = (x - middle[0], y - middle[1], np.log(losses))
    starts = sorted(_starts(*centred, losses), key=lambda start: _objective(start, *centred)[0])
    found = [
        minimize(
            _objective, start, centred, jac=True, method="L-BFGS-B", options={"ftol": 0, "maxiter": 5_000}
        )
        for start in starts[:_SEARCHES]
    ]
    e, a, b, alpha, beta = min(found, key=lambda result: result.fun).x
    constants = np.exp([e, a + alpha * middle[0], b + beta * middle[1]])
    return ScalingLaw(*map(float, [*constants, alpha, beta]))


def power_law(params: np.ndarray, loss: np.ndarray, at: float) -> float:
    """Extend a straight line through log loss over log parameters to size `at`: a law without a floor.

    Source: Kaplan et al., arXiv:2001.08361, equation 1.1.

    >>> round(power_law([1e6, 1e7, 1e8], [4, 3.2, 2.56], at=1e9), 3)
    2.048
    """
    line = np.polynomial.Polynomial.fit(np.log(params), np.log(loss), 1)
    return float(np.exp(line(np.log(positive("at", at)))))


def recovery_error(law: ScalingLaw, models: int = 60, seed: int = 0) -> float:
    """Worst error of a constant, in percent, when `law` is fitted to what it says of random models.

    10 million to 10 billion parameters, on 0.3 to 300 billion tokens: a fit that cannot find a law that is
    there has nothing to say of one that may not be.

    >>> recovery_error(EPOCH) < 0.1
    True
    """
    rng = np.random.default_rng(seed)
    params, tokens = 10 ** rng.uniform(7, 10, models), 10 ** rng.uniform(8.5, 11.5, models)
    found = fit_scaling_law(params, tokens, law.loss(params, tokens))
    pairs = zip(astuple(found), astuple(law), strict=True)
    return 100 * max(abs(value / true - 1) for value, true in pairs)


def _points(params: np.ndarray, tokens: np.ndarray, loss: np.ndarray) -> list[np.ndarray]:
    columns = [np.asarray(column, float).ravel() for column in (params, tokens, loss)]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1 or min(lengths) < 6:
        raise PlaybookError(
            "a scaling law has five constants: give params, tokens and loss of six trained models or more, "
            f"got {', '.join(str(len(column)) for column in columns)}."
        )
    for name, column in zip(("params", "tokens", "loss"), columns, strict=True):
        bad = np.flatnonzero(~(np.isfinite(column) & (column > 0)))
        if len(bad):
            raise PlaybookError(
                f"{name} of model {bad[0]} is {column[bad[0]]:g}: give finite numbers above zero."
            )
    for name, column in (("sizes", columns[0]), ("token counts", columns[1])):
        if len(set(column)) < 3:
            raise PlaybookError(
                f"the models have {len(set(column))} different {name}: a curve in them needs three or more."
            )
    x, y = (np.log(column) for column in columns[:2])
    line = np.polynomial.Polynomial.fit(x, y, 1)
    if np.abs(y - line(x)).max() < 0.02:
        raise PlaybookError(
            "params and tokens grow in step in all models: what each is worth cannot be told apart, so train "
            "some models on more tokens and some on fewer."
        )
    return columns


def _starts(x: np.ndarray, y: np.ndarray, z: np.ndarray, losses: np.ndarray) -> list[np.ndarray]:
    # with the exponents given, the rest is linear, and non-negative least squares finds it at once
    from scipy.optimize import nnls

    starts = []
    for alpha in _EXPONENTS:
        for beta in _EXPONENTS:
            terms = np.stack([np.ones_like(x), np.exp(-alpha * x), np.exp(-beta * y)], axis=1)
            constants, _ = nnls(terms / losses[:, None], np.ones_like(x))
            starts.append(np.array([*np.log(np.maximum(constants, 1e-3 * losses.min())), alpha, beta]))
    return starts


def _objective(theta: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> tuple[float, np.ndarray]:
    """Huber loss of the log of the loss, summed, in units of DELTA squared; and its gradient."""
    e, a, b, alpha, beta = theta
    terms = np.stack([np.full_like(x, e), a - alpha * x, b - beta * y])
    top = terms.max(axis=0)
    weights = np.exp(terms - top)
    total = weights.sum(axis=0)
    residual = (top + np.log(total) - z) / DELTA
    size = np.abs(residual)
    value = np.where(size <= 1, residual**2 / 2, size - 0.5).sum()
    pull = np.clip(residual, -1, 1) / DELTA * weights / total
    gradient = [*pull.sum(axis=1), -(pull[1] * x).sum(), -(pull[2] * y).sum()]
    return float(value), np.array(gradient)
