"""How much privacy a training spends: epsilon of the subsampled Gaussian mechanism, and the noise needed."""

import logging
import math

from playbook.errors import PlaybookError

ACCOUNTANTS = ("rdp", "pld")


def epsilon(
    noise_multiplier: float, sample_rate: float, steps: int, delta: float, accountant: str = "rdp"
) -> float:
    """Give the epsilon, at this delta, of `steps` steps of differentially private training (DP-SGD).

    noise_multiplier: standard deviation of the noise / clipping norm; 0 gives infinity. sample_rate: the
    chance of a record to be in a step (Poisson sampling; a shuffled batch of fixed size is something else).
    Neighbouring data sets differ by one record added or removed. accountant: "rdp" (Renyi divergence; Mironov
    2017, with the conversion of Canonne et al. 2020) or "pld" (privacy loss distributions; Koskela et al.
    2020), which is tighter and slower. Name it beside the figure: the two differ. Raises PlaybookError for
    values out of range.

    >>> round(epsilon(1.3, 0.0025, 6000, 1e-5), 3)  # as published with TensorFlow Privacy
    0.724
    """
    _check(sample_rate, steps, delta, accountant)
    if isinstance(noise_multiplier, bool) or not 0 <= noise_multiplier < math.inf:
        raise PlaybookError(f"noise_multiplier is {noise_multiplier!r}: give a finite number, 0 or more.")
    if noise_multiplier == 0:
        return math.inf
    from dp_accounting import GaussianDpEvent, PoissonSampledDpEvent

    step = GaussianDpEvent(noise_multiplier)
    event = PoissonSampledDpEvent(sample_rate, step) if sample_rate < 1 else step
    return float(_accountant(accountant).compose(event, steps).get_epsilon(delta))


def noise_for(target: float, sample_rate: float, steps: int, delta: float, accountant: str = "rdp") -> float:
    """Give the smallest noise multiplier (to 1 %) that keeps epsilon within `target`.

    Raises PlaybookError for a target that no noise up to 1,000 reaches.

    >>> noise = noise_for(8, 0.04, 2000, 1e-5)
    >>> 1.3562 <= noise <= 1.3562 * 1.01  # as published with Opacus
    True
    """
    if isinstance(target, bool) or not 0 < target < math.inf:
        raise PlaybookError(f"epsilon {target!r} cannot be reached: give a finite number above zero.")
    low, high = 0.05, 1_000.0
    if epsilon(high, sample_rate, steps, delta, accountant) > target:
        raise PlaybookError(
            f"epsilon {target:g} cannot be reached in {steps} steps at a rate of {sample_rate:g}: take fewer "
            "steps, smaller batches or a larger epsilon."
        )
    while high / low > 1.005:
        middle = math.sqrt(low * high)
        spent = epsilon(middle, sample_rate, steps, delta, accountant)
        low, high = (middle, high) if spent > target else (low, middle)
    return high


def _accountant(name: str) -> object:
    from dp_accounting import pld, rdp

    # a warning for each order that does not converge at little noise: the others decide
    logging.getLogger("absl").setLevel(logging.ERROR)
    return rdp.RdpAccountant() if name == "rdp" else pld.PLDAccountant()


def _check(sample_rate: float, steps: int, delta: float, accountant: str) -> None:
    if isinstance(sample_rate, bool) or not 0 < sample_rate <= 1:
        raise PlaybookError(f"sample_rate is {sample_rate!r}: give a share above 0 and up to 1.")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise PlaybookError(f"steps is {steps!r}: give a whole number of at least 1.")
    if isinstance(delta, bool) or not 0 < delta < 1:
        raise PlaybookError(f"delta is {delta!r}: give a number between 0 and 1, below 1 / records.")
    if accountant not in ACCOUNTANTS:
        raise PlaybookError(f"there is no accountant {accountant!r}: use rdp or pld.")
