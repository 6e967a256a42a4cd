"""The numbers that no plan can have are refused in one sentence."""

import numpy as np
import pytest

from playbook.cost.checks import positive, share, whole
from playbook.errors import PlaybookError


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "7", None, True])
def test_positive_refuses(value):
    with pytest.raises(PlaybookError, match=r"tokens is .*above zero"):
        positive("tokens", value)


@pytest.mark.parametrize("value", [0, -4, 1.5, "4", None, True])
def test_whole_refuses(value):
    with pytest.raises(PlaybookError, match=r"layers is .*whole number"):
        whole("layers", value)


@pytest.mark.parametrize("value", [0, -0.1, 1.01, 35, float("nan"), "0.3", True])
def test_share_refuses(value):
    with pytest.raises(PlaybookError, match=r"utilisation is .*share above 0"):
        share("utilisation", value)


def test_numpy_scalars_are_numbers():
    assert positive("tokens", np.float32(2)) == 2
    assert whole("layers", np.int64(3)) == 3
    assert share("utilisation", np.float64(1)) == 1
