"""Laws of a privacy budget: more noise or fewer steps never cost more, and what cannot be is one sentence."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security.budget import epsilon, noise_for

noises, rates = st.floats(0.6, 5), st.floats(0.001, 0.5)


@settings(max_examples=15)
@given(noises, rates, st.integers(1, 200))
def test_more_noise_fewer_steps_and_rarer_records_never_cost_more(noise, rate, steps):
    spent = epsilon(noise, rate, steps, 1e-5)
    assert epsilon(noise * 1.2, rate, steps, 1e-5) <= spent * (1 + 1e-9)
    assert epsilon(noise, rate / 2, steps, 1e-5) <= spent * (1 + 1e-9)
    assert spent <= epsilon(noise, rate, steps + 20, 1e-5) * (1 + 1e-9)


def test_privacy_loss_distributions_are_tighter():
    assert 0 < epsilon(1.0, 0.01, 500, 1e-5, "pld") < epsilon(1.0, 0.01, 500, 1e-5, "rdp")


def test_without_noise_there_is_no_privacy():
    assert epsilon(0, 0.01, 10, 1e-5) == math.inf


@pytest.mark.parametrize("target", [0.5, 3.0])
def test_the_noise_for_an_epsilon_keeps_it_and_little_less_does_not(target):
    noise = noise_for(target, 0.02, 300, 1e-5)
    assert epsilon(noise, 0.02, 300, 1e-5) <= target < epsilon(noise * 0.99, 0.02, 300, 1e-5)


@pytest.mark.parametrize(
    "values, says",
    [
        ((-1, 0.1, 10, 1e-5), "noise_multiplier"),
        ((math.nan, 0.1, 10, 1e-5), "noise_multiplier"),
        ((1, 0, 10, 1e-5), "sample_rate"),
        ((1, 1.5, 10, 1e-5), "sample_rate"),
        ((1, 0.1, 0, 1e-5), "steps"),
        ((1, 0.1, 2.5, 1e-5), "steps"),
        ((1, 0.1, 10, 0), "delta"),
        ((1, 0.1, 10, 1), "delta"),
        ((1, 0.1, 10, 1e-5, "moments"), "accountant"),
    ],
)
def test_values_out_of_range_are_one_sentence(values, says):
    with pytest.raises(PlaybookError, match=says):
        epsilon(*values)


def test_an_epsilon_that_cannot_be_reached_is_one_sentence():
    for target in (0, -1, math.inf):
        with pytest.raises(PlaybookError, match="cannot be reached"):
            noise_for(target, 0.1, 10, 1e-5)
    with pytest.raises(PlaybookError, match="take fewer"):
        noise_for(1e-4, 1, 10**6, 1e-9)
