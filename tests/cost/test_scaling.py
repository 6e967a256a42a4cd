"""The fit finds laws that are there and says when none can be; the optimum is one, and spends its budget."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.cost.scaling import EPOCH, PRINTED, ScalingLaw, fit_scaling_law, power_law, recovery_error
from playbook.errors import PlaybookError

RNG = np.random.default_rng(0)
PARAMS, TOKENS = 10 ** RNG.uniform(7, 10, 40), 10 ** RNG.uniform(8.5, 11.5, 40)
LAWS = st.builds(
    ScalingLaw,
    E=st.floats(0.5, 3),
    A=st.floats(50, 2000),
    B=st.floats(100, 5000),
    alpha=st.floats(0.25, 0.6),
    beta=st.floats(0.25, 0.6),
)


def constants(law: ScalingLaw) -> list[float]:
    return [law.E, law.A, law.B, law.alpha, law.beta]


@settings(max_examples=8)
@given(LAWS)
def test_every_law_is_recovered_within_one_percent(law):
    found = fit_scaling_law(PARAMS, TOKENS, law.loss(PARAMS, TOKENS))
    assert constants(found) == pytest.approx(constants(law), rel=0.01)


def test_a_grid_of_few_sizes_will_do():
    n, d = np.repeat(np.logspace(7, 9, 4), 4), np.tile(np.logspace(8, 10, 4), 4)
    assert constants(fit_scaling_law(n, d, EPOCH.loss(n, d))) == pytest.approx(constants(EPOCH), rel=0.01)


def test_the_order_of_the_models_does_not_matter_and_lists_will_do():
    loss = PRINTED.loss(PARAMS, TOKENS) * np.exp(0.002 * RNG.normal(size=40))
    one = fit_scaling_law(PARAMS, TOKENS, loss)
    other = fit_scaling_law(PARAMS[::-1].tolist(), TOKENS[::-1].tolist(), loss[::-1].tolist())
    assert constants(one) == pytest.approx(constants(other), rel=1e-3)


def test_two_failed_runs_do_not_move_the_law_much():
    loss = EPOCH.loss(PARAMS, TOKENS) * np.exp(5e-4 * RNG.normal(size=40))
    loss[[3, 17]] *= 1.5  # least squares would follow these
    found = fit_scaling_law(PARAMS, TOKENS, loss)
    assert found.alpha == pytest.approx(EPOCH.alpha, rel=0.05)
    assert pytest.approx(EPOCH.E, rel=0.02) == found.E


def test_recovery_reports_the_worst_constant():
    assert recovery_error(EPOCH) < 1
    assert recovery_error(PRINTED, models=30, seed=3) < 1


@given(LAWS, st.floats(1e18, 1e26))
def test_the_optimum_spends_the_budget_and_no_neighbour_is_better(law, flops):
    params, tokens = law.optimal(flops)
    assert 6 * params * tokens == pytest.approx(flops)
    for factor in (0.9, 1.1):
        assert law.loss(params * factor, tokens / factor) >= law.loss(params, tokens)


@given(LAWS)
def test_the_optimum_wastes_nothing_and_the_farther_from_it_the_more(law):
    params, tokens = law.optimal(1e22)
    waste = [law.waste(params * factor, tokens / factor) for factor in (1, 2, 3)]
    assert waste[0] == pytest.approx(0, abs=1e-6)
    assert 1e-4 < waste[1] < waste[2] < 1


def test_a_power_law_is_straight_in_logarithms():
    assert power_law([1e6, 1e7], [4.0, 3.0], 1e8) == pytest.approx(2.25)
    with pytest.raises(PlaybookError, match="at is -1"):
        power_law([1e6, 1e7], [4.0, 3.0], -1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda n, d, y: (n[:5], d[:5], y[:5]), "six trained models or more, got 5, 5, 5"),
        (lambda n, d, y: (n, d[:-1], y), "got 40, 39, 40"),
        (lambda n, d, y: ([], [], []), "got 0, 0, 0"),
        (lambda n, d, y: (n, d, np.where(np.arange(40) == 7, np.nan, y)), "loss of model 7 is nan"),
        (lambda n, d, y: (n, -d, y), "tokens of model 0 is -"),
        (lambda n, d, y: (0 * n, d, y), "params of model 0 is 0"),
        (lambda n, d, y: (np.full(40, 1e9), d, y), "1 different sizes"),
        (lambda n, d, y: (n, np.where(n > 1e8, 1e9, 1e10), y), "2 different token counts"),
        (lambda n, d, y: (n, 20 * n, y), "grow in step"),
    ],
)
def test_models_that_no_law_can_be_fitted_to_are_refused(change, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        fit_scaling_law(*change(PARAMS, TOKENS, EPOCH.loss(PARAMS, TOKENS)))


def test_a_budget_that_is_none_is_refused():
    with pytest.raises(PlaybookError, match="flops is 0"):
        EPOCH.optimal(0)
