"""Holds acceptance sampling to the figures of TC260-003's sample, to SciPy's exact test, and to its laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.acceptance import accept_probability, largest_bad, plan, upper_bound
from playbook.errors import PlaybookError


def test_what_4000_items_at_96_percent_prove():
    assert upper_bound(160, 4000) == pytest.approx(0.0455, abs=5e-5)
    assert largest_bad(4000, 0.04) == 139
    assert upper_bound(139, 4000) < 0.04 < upper_bound(140, 4000)
    # In whole numbers, without a library: the chance of so few bad items at a true rate of 4 %.
    terms = [math.comb(4000, k) * 4**k * 96 ** (4000 - k) for k in range(141)]
    assert 20 * sum(terms[:140]) <= 100**4000 < 20 * sum(terms)
    # A corpus that is exactly at the limit passes every second time.
    assert accept_probability(4000, 160, 0.04) == pytest.approx(0.5, abs=0.05)


def test_the_rule_of_three():
    assert upper_bound(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300)) == pytest.approx(3 / 300, rel=0.01)
    assert plan(0.04) == math.ceil(math.log(0.05) / math.log(0.96)) == 74


@given(st.integers(1, 3000), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=50, deadline=None)
def test_the_bound_is_that_of_scipy(sampled, data, confidence):
    from scipy.stats import binomtest

    bad = data.draw(st.integers(0, sampled))
    peer = binomtest(bad, sampled, alternative="less").proportion_ci(confidence, method="exact").high
    assert upper_bound(bad, sampled, confidence) == pytest.approx(peer, abs=1e-9)


counts = st.integers(1, 2000)
rates = st.floats(0.005, 0.9)
confidences = st.floats(0.5, 0.999)


@given(counts, st.data(), confidences)
@settings(deadline=None)
def test_more_bad_items_or_more_confidence_bound_less(sampled, data, confidence):
    bad = data.draw(st.integers(0, sampled - 1))
    bound = upper_bound(bad, sampled, confidence)
    assert bad / sampled < bound <= 1 or confidence < 0.6
    assert bound < upper_bound(bad + 1, sampled, confidence)
    assert bound >= upper_bound(bad, sampled + 1, confidence)
    assert bound <= upper_bound(bad, sampled, (1 + confidence) / 2)


@given(rates, st.integers(0, 200), confidences)
@settings(deadline=None)
def test_a_plan_is_the_smallest_sample_that_proves_the_rate(rate, tolerated, confidence):
    sampled = plan(rate, confidence, tolerated)
    assert upper_bound(tolerated, sampled, confidence) <= rate + 1e-9
    assert sampled - 1 <= tolerated or upper_bound(tolerated, sampled - 1, confidence) > rate - 1e-9
    assert largest_bad(sampled, rate, confidence) == tolerated


@given(counts, rates, confidences)
@settings(deadline=None)
def test_the_largest_number_allowed_is_the_largest(sampled, rate, confidence):
    try:
        allowed = largest_bad(sampled, rate, confidence)
    except PlaybookError as error:
        assert f"at least {plan(rate, confidence)}." in str(error) and plan(rate, confidence) > sampled
        return
    assert upper_bound(allowed, sampled, confidence) <= rate + 1e-9
    assert upper_bound(allowed + 1, sampled, confidence) > rate - 1e-9


@settings(deadline=None)
@given(st.integers(1, 500), st.data())
def test_the_characteristic_curve_falls_and_is_a_sum_of_binomials(sampled, data):
    allowed = data.draw(st.integers(0, sampled))
    grid = np.linspace(0, 1, 21)
    curve = accept_probability(sampled, allowed, grid)
    assert curve[0] == 1 and (np.diff(curve) <= 1e-12).all()
    assert curve[-1] == (allowed == sampled)
    rate = grid[3]
    terms = [
        math.comb(sampled, k) * rate**k * (1 - rate) ** (sampled - k) for k in range(min(allowed, 60) + 1)
    ]
    assert allowed > 60 or accept_probability(sampled, allowed, rate) == pytest.approx(sum(terms))


def test_simulated_corpora_pass_as_often_as_said():
    rng = np.random.default_rng(0)
    passed = (rng.binomial(4000, 0.0455, 20_000) <= 160).mean()
    assert accept_probability(4000, 160, 0.0455) == pytest.approx(passed, abs=0.005)


@pytest.mark.parametrize(
    "call",
    [
        lambda: upper_bound(5, 4),
        lambda: upper_bound(-1, 4),
        lambda: upper_bound(0, 0),
        lambda: upper_bound(1, 4, 1.0),
        lambda: largest_bad(4000, 0),
        lambda: largest_bad(10, 0.04),
        lambda: plan(1.0),
        lambda: plan(0.04, 95),
        lambda: plan(0.04, tolerated=-1),
        lambda: accept_probability(10, 11, 0.1),
        lambda: accept_probability(10, 1, [0.1, 2]),
    ],
)
def test_what_cannot_be_is_one_sentence(call):
    with pytest.raises(PlaybookError, match=r"^[^\n]+\.$"):
        call()
