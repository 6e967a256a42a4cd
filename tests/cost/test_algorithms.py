"""6ND and the size of a low-rank update: laws that hold for every plan, and plans that are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.algorithms import lora_parameters, training_flops
from playbook.errors import PlaybookError

SIZES = st.floats(1e3, 1e13)
COUNTS = st.integers(1, 200)


@given(SIZES, SIZES, st.floats(0.1, 10))
def test_training_flops_are_linear_in_both(params, tokens, factor):
    flops = training_flops(params, tokens)
    assert training_flops(factor * params, tokens) == pytest.approx(factor * flops)
    assert training_flops(params, factor * tokens) == pytest.approx(factor * flops)
    assert flops == pytest.approx(6 * params * tokens)


@pytest.mark.parametrize(
    "plan", [(0, 1e9), (1e9, -1), (float("inf"), 1e9), (1e9, float("nan")), ("7e9", 1e9)]
)
def test_training_flops_refuse_plans_that_are_none(plan):
    with pytest.raises(PlaybookError, match="above zero"):
        training_flops(*plan)


@given(COUNTS, COUNTS, COUNTS, st.integers(1, 7))
def test_lora_grows_with_everything_and_stays_below_the_matrices_at_low_rank(width, layers, rank, matrices):
    hidden = 2 * width + rank
    count = lora_parameters(hidden, layers, rank, matrices)
    assert count == layers * lora_parameters(hidden, 1, rank, matrices)
    assert count == matrices * lora_parameters(hidden, layers, rank, 1)
    assert lora_parameters(hidden, layers, rank) == lora_parameters(hidden, layers, rank, 2)
    if 2 * rank < hidden:
        assert count < matrices * layers * hidden**2


@pytest.mark.parametrize("shape", [(0, 1, 1), (8, -1, 1), (8, 1, 0), (8, 1.5, 1), (8, 1, 9)])
def test_lora_refuses_shapes_that_are_none(shape):
    with pytest.raises(PlaybookError):
        lora_parameters(*shape)
