"""The smallest cluster holds the plan, the next smaller one does not, and what fits nowhere is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.accelerators import ACCELERATORS, accelerator
from playbook.cost.clusters import FILL, SIZES, Shape, arrange, smallest_cluster
from playbook.cost.memory import activation_gib, model_state_gb
from playbook.errors import PlaybookError

# 40-billion-parameter models fit a cluster of any of them.
PARAMS = st.floats(1e7, 4e10)


@given(PARAMS, st.sampled_from(sorted(ACCELERATORS)))
def test_the_smallest_cluster_holds_it_and_none_smaller_does(params, name):
    layout = smallest_cluster(params, name)
    assert layout.devices == layout.tensor * layout.pipeline * layout.data
    assert layout.memory_gb <= FILL * accelerator(name).memory_gb
    assert layout.tensor <= 8
    smaller = [size for size in SIZES if size < layout.devices]
    assert all(arrange(params, name, size) is None for size in smaller)


def test_a_layouts_memory_is_that_of_the_formulas():
    layout = smallest_cluster(7e9, "H100")
    assert (layout.devices, layout.tensor, layout.zero, layout.recompute) == (2, 2, 0, "selective")
    kept = activation_gib(4096, 32, 32, 4096, 1, 2, sequence_parallel=True, recompute="selective")
    assert layout.states_gb == model_state_gb(3.5e9)
    assert layout.activations_gb == pytest.approx(kept * 2**30 / 1e9)
    assert layout.reason.startswith("56.0 GB of states and 9.1 GB of activations")


def test_more_devices_allow_a_layout_that_costs_less_time():
    layouts = [arrange(7e9, "H100", devices) for devices in (2, 8, 64)]
    assert [layout.dearness() for layout in layouts] == sorted(
        (layout.dearness() for layout in layouts), reverse=True
    )
    assert layouts[2].recompute != "full"


def test_a_large_model_needs_more_than_data_parallelism():
    layout = smallest_cluster(175e9, "A100-80GB")
    assert layout.tensor * layout.pipeline > 1 or layout.zero == 3
    assert layout.devices >= 16 * 175 / 80


def test_pipelines_go_with_zero_1_at_most():
    for size in (16, 32, 64):
        layout = arrange(70e9, "H100", size)
        assert layout is None or layout.pipeline == 1 or layout.zero <= 1


@given(st.floats(1e7, 1e13))
def test_a_shape_has_about_the_parameters_it_was_made_for(params):
    shape = Shape.of(params)
    assert 12 * shape.layers * shape.hidden**2 == pytest.approx(params, rel=0.4 if params > 3e9 else 0.8)
    assert shape.hidden == 128 * shape.heads


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: smallest_cluster(1e16, "H100"), "fit no listed cluster of up to 16,384 H100"),
        (lambda: smallest_cluster(7e9, "H100", sequence=10**8), "shorter sequences"),
        (lambda: smallest_cluster(7e10, "H100", at_most=8), "up to 8 H100"),
        (lambda: smallest_cluster(-1, "H100"), "params is -1"),
        (lambda: smallest_cluster(7e9, "H1000"), "did you mean"),
        (lambda: arrange(7e9, "H100", 0), "devices is 0"),
        (lambda: arrange(7e9, "H100", 2, sequence=0), "sequence is 0"),
    ],
)
def test_what_fits_nowhere_is_one_sentence(call, said):
    with pytest.raises(PlaybookError, match=said):
        call()
