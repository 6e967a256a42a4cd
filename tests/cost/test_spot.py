"""The closed forms of interrupted runs agree with their simulation, and the best interval is the best."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.spot import daly, expected_hours, interrupted, simulated_hours, spot_break_even, young
from playbook.errors import PlaybookError


@pytest.mark.parametrize(
    ("interval", "save", "mtbf", "restart"),
    [(0.5, 0.05, 3.1, 0.1), (2, 0.1, 24, 0), (1, 0.2, 2, 0.5), (5, 0.01, 100, 1)],
)
def test_simulation_and_closed_form_agree(interval, save, mtbf, restart):
    drawn = simulated_hours(60, interval, save, mtbf, restart, runs=1500, seed=1)
    error = drawn.std() / math.sqrt(len(drawn))
    assert abs(drawn.mean() - expected_hours(60, interval, save, mtbf, restart)) < 4 * error
    assert drawn.min() >= 60


@given(st.floats(0.005, 0.5), st.floats(2, 1000))
def test_young_and_daly_find_the_cheapest_interval(save, mtbf):
    # rounding the number of intervals is out of the way: a million hours of work
    costs = {
        every: expected_hours(1e6, every, save, mtbf)
        for every in np.geomspace(0.1, 10, 201) * young(save, mtbf)
        if every < 20 * mtbf
    }
    best = min(costs.values())
    assert expected_hours(1e6, daly(save, mtbf), save, mtbf) <= best * 1.002
    if save < mtbf / 50:
        assert expected_hours(1e6, young(save, mtbf), save, mtbf) <= best * 1.01


def test_four_times_the_devices_halve_youngs_interval():
    assert young(0.05, 24 / 4) == pytest.approx(young(0.05, 24) / 2)
    assert daly(3, 1) == 1


@given(st.floats(0.1, 5), st.floats(0.5, 100))
def test_interruptions_only_add(interval, mtbf):
    calm, rough = (expected_hours(100, interval, 0.1, each, 0.2) for each in (1e9, mtbf))
    assert rough >= calm >= 100


def test_the_same_seed_draws_the_same_runs():
    first, second = (simulated_hours(20, 1, 0.1, 5, runs=50, seed=3) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, simulated_hours(20, 1, 0.1, 5, runs=50, seed=4))


def test_at_the_break_even_both_bills_are_the_same():
    calm = interrupted(720, 64, save=0.05, mtbf=6400)
    between = spot_break_even(calm, 0.4)
    spot = 0.4 * expected_hours(720, daly(0.05, between), 0.05, between, calm.restart)
    assert spot == pytest.approx(calm.hours, rel=0.01)
    assert spot_break_even(calm, 0.8) > between


def test_more_devices_fail_more_often_and_are_saved_more_often():
    few, many = (interrupted(100, devices, save=0.05) for devices in (16, 16_384))
    assert few.every > many.every
    assert 0 < few.overhead < many.overhead
    assert many.simulated == pytest.approx(many.hours, rel=0.02)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: young(0, 3), "save is 0"),
        (lambda: young(0.1, -3), "mtbf is -3"),
        (lambda: daly(0.1, float("nan")), "mtbf is nan"),
        (lambda: expected_hours(0, 1, 0.1, 3), "work is 0"),
        (lambda: expected_hours(100, 50, 0.1, 0.5), "never let"),
        (lambda: simulated_hours(10, 1, 0.1, 3, runs=0), "runs is 0"),
        (lambda: simulated_hours(100, 50, 0.1, 0.5), "never let"),
        (lambda: interrupted(720, 0, save=0.05), "devices is 0"),
        (lambda: spot_break_even(interrupted(720, 64, save=0.05), 1.2), "discount is 1.2"),
        (lambda: spot_break_even(interrupted(720, 64, save=0.05), 1e-12), "even if interrupted"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(call, said):
    with pytest.raises(PlaybookError, match=said):
        call()
