"""Says what a random sample proves about a corpus: so many bad of so many drawn bound the true rate."""

import numpy as np

from playbook.errors import PlaybookError


def upper_bound(bad: int, sampled: int, confidence: float = 0.95) -> float:
    """Give the rate that the true share of bad items is below, with this confidence: exact, one-sided.

    Items are drawn at random from a corpus much larger than the sample; from a smaller one the bound is
    cautious. Source: C. J. Clopper and E. S. Pearson, Biometrika 26(4), 1934. Raises PlaybookError for counts
    or a confidence that cannot be.

    >>> round(upper_bound(160, 4000), 4)
    0.0455
    """
    from scipy.stats import beta

    _check(sampled, confidence, bad=bad)
    return 1.0 if bad == sampled else float(beta.ppf(confidence, bad + 1, sampled - bad))


def largest_bad(sampled: int, rate: float, confidence: float = 0.95) -> int:
    """Give the most bad items a sample may hold and still prove the true share to be below `rate`.

    Raises PlaybookError where the sample is so small that even no bad item proves nothing.

    >>> largest_bad(4000, 0.04)
    139
    """
    from scipy.stats import binom

    _check(sampled, confidence, rate)
    allowed = int(binom.ppf(1 - confidence, sampled, rate))
    allowed -= int(binom.cdf(allowed, sampled, rate) > 1 - confidence)
    if allowed < 0:
        raise PlaybookError(
            f"largest_bad: a sample of {sampled} cannot prove a share below {rate:g}: "
            f"draw at least {plan(rate, confidence)}."
        )
    return allowed


def plan(rate: float, confidence: float = 0.95, tolerated: int = 0) -> int:
    """Give the smallest sample that proves the true share below `rate` with `tolerated` bad items in it.

    >>> plan(0.04), plan(0.04, tolerated=139)
    (74, 3990)
    """
    from scipy.stats import binom

    _check(max(tolerated, 1), confidence, rate, bad=tolerated)
    low, high = tolerated, tolerated + 1
    while binom.cdf(tolerated, high, rate) > 1 - confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        proves = binom.cdf(tolerated, middle, rate) <= 1 - confidence
        low, high = (low, middle) if proves else (middle, high)
    return high


def accept_probability(sampled: int, allowed: int, rate: float | np.ndarray) -> float | np.ndarray:
    """Give the probability that a corpus with this true share of bad items passes: the plan's characteristic.

    It passes with at most `allowed` bad items in the sample. `rate` may be an array, for the curve.

    >>> round(accept_probability(4000, 160, 0.0455), 2)
    0.05
    """
    from scipy.stats import binom

    rates = np.asarray(rate, dtype=float)
    if not (0 <= allowed <= sampled and ((rates >= 0) & (rates <= 1)).all()):
        raise PlaybookError("accept_probability: allow 0 to `sampled` bad items, at rates from 0 to 1.")
    passed = binom.cdf(allowed, sampled, rates)
    return float(passed) if rates.ndim == 0 else passed


def _check(sampled: int, confidence: float, rate: float = 0.5, bad: int = 0) -> None:
    """Refuse counts and shares that cannot be."""
    if sampled < 1 or not 0 <= bad <= sampled:
        raise PlaybookError(f"{bad} bad of {sampled} sampled cannot be: count 0 to all of at least one item.")
    if not (0 < confidence < 1 and 0 < rate < 1):
        raise PlaybookError(f"Rate {rate:g}, confidence {confidence:g}: give both between 0 and 1.")
