"""Memory: splitting more never costs more, and recomputing more never keeps more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.memory import activation_gib, model_state_gb
from playbook.errors import PlaybookError

PARAMS = st.floats(1e6, 1e13)
DEVICES = st.integers(1, 4096)
SHAPES = st.fixed_dictionaries(
    {
        "hidden": st.integers(64, 20_000),
        "layers": st.integers(1, 200),
        "heads": st.integers(1, 128),
        "sequence": st.integers(16, 32_768),
        "batch": st.integers(1, 64),
    }
)


@given(PARAMS, DEVICES)
def test_each_zero_stage_keeps_less_and_the_third_splits_everything(params, devices):
    states = [model_state_gb(params, devices, stage) for stage in range(4)]
    assert states[0] == pytest.approx(16 * params / 1e9)
    assert states == sorted(states, reverse=True)
    assert states[3] * devices == pytest.approx(states[0])


@given(PARAMS, st.integers(0, 3))
def test_one_device_has_nothing_to_split(params, stage):
    assert model_state_gb(params, 1, stage) == pytest.approx(model_state_gb(params))


@given(SHAPES, st.integers(1, 16), st.booleans())
def test_activations_fall_with_each_recompute_level(shape, parallel, sequence_parallel):
    kept = [
        activation_gib(
            **shape, tensor_parallel=parallel, sequence_parallel=sequence_parallel, recompute=level
        )
        for level in ("full", "selective", "none")
    ]
    assert kept[0] < kept[1] < kept[2]


@given(SHAPES, st.integers(2, 64), st.sampled_from(["none", "selective", "full"]))
def test_activations_fall_with_parallelism_and_double_with_the_batch(shape, parallel, recompute):
    alone = activation_gib(**shape, recompute=recompute)
    split = activation_gib(**shape, recompute=recompute, tensor_parallel=parallel)
    both = activation_gib(**shape, recompute=recompute, tensor_parallel=parallel, sequence_parallel=True)
    assert both <= split <= alone
    shape["batch"] *= 2
    assert activation_gib(**shape, recompute=recompute) == pytest.approx(2 * alone)


@given(SHAPES, st.integers(2, 16), st.integers(2, 8))
def test_only_interleaving_adds_to_the_first_pipeline_stage(shape, pipeline, interleave):
    alone = activation_gib(**shape)
    assert activation_gib(**shape, pipeline=pipeline) == alone
    assert alone < activation_gib(**shape, pipeline=pipeline, interleave=interleave) < 2 * alone
    assert activation_gib(**shape, pipeline=1, interleave=interleave) == alone


@pytest.mark.parametrize(
    "plan", [(0,), (-7e9,), (7e9, 0), (7e9, 8, 4), (7e9, 8, -1), (7e9, 8, True), (7e9, 2.5)]
)
def test_model_states_refuse_plans_that_are_none(plan):
    with pytest.raises(PlaybookError):
        model_state_gb(*plan)


@pytest.mark.parametrize(
    "change", [{"hidden": 0}, {"layers": 1.5}, {"batch": -1}, {"tensor_parallel": 0}, {"recompute": "half"}]
)
def test_activations_refuse_shapes_that_are_none(change):
    shape = {"hidden": 64, "layers": 2, "heads": 2, "sequence": 16, "batch": 1} | change
    with pytest.raises(PlaybookError):
        activation_gib(**shape)
