"""Holds Krippendorff's alpha against the krippendorff package, and the sample of TC260-003 against SciPy."""

import krippendorff
import numpy as np
import pytest

from playbook.data.acceptance import largest_bad, upper_bound
from playbook.data.annotation import agreement


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("missing", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("values", [[0, 1], [1, 2, 3, 4, 5], [-4.0, -0.5, 0.25, 10.0]])
def test_alpha_is_that_of_the_krippendorff_package(level, missing, values):
    rng = np.random.default_rng(len(values))
    for _ in range(20):
        items, raters = rng.integers(8, 60), rng.integers(2, 9)
        truth = rng.choice(values, size=(items, 1))
        ratings = np.where(
            rng.random((items, raters)) < rng.random(), truth, rng.choice(values, (items, raters))
        )
        ratings = np.where(rng.random(ratings.shape) < missing, np.nan, ratings.astype(float))
        pairable = ratings[np.isfinite(ratings).sum(axis=1) > 1]
        if len(np.unique(pairable[np.isfinite(pairable)])) < 2:
            continue
        expected = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement=level)
        assert agreement(ratings, level) == pytest.approx(expected, abs=1e-10)


def test_what_160_bad_of_4000_prove_by_scipys_exact_test():
    from scipy.stats import binomtest

    # 96 % of 4,000 bounds the true rate at 4.55 %; to claim "< 4 %" at 95 % at most 139 may be bad.
    interval = binomtest(160, 4000, alternative="less").proportion_ci(0.95, method="exact")
    assert upper_bound(160, 4000) == pytest.approx(interval.high, abs=1e-12)
    assert round(upper_bound(160, 4000), 4) == 0.0455
    assert largest_bad(4000, 0.04) == 139
    assert binomtest(139, 4000, 0.04, alternative="less").pvalue <= 0.05
    assert binomtest(140, 4000, 0.04, alternative="less").pvalue > 0.05
