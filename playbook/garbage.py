"""Lets Python look for garbage less often: TensorFlow holds a million objects that are none."""

import gc


def collect_seldom() -> None:
    """Look for cycles after 100,000 new objects instead of 700, for the rest of this process.

    Each look goes through what a framework keeps for good, which took a twentieth of chapter 2. What no cycle
    holds is freed at once, as ever.

    >>> collect_seldom()
    >>> gc.get_threshold()[0]
    100000
    """
    gc.set_threshold(100_000, 20, 20)
