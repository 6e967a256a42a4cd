"""What a training step holds, and how it grows with the batch."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.footprint import training_bytes
from playbook.errors import PlaybookError

BODY = dict(num_layers=3, hidden_dim=128, intermediate_dim=320, num_query_heads=4, vocabulary_size=4096)
MODEL = SimpleNamespace(backbone=SimpleNamespace(**BODY), parameters=1_041_280)


@given(st.integers(1, 64), st.integers(1, 8))
def test_a_larger_batch_costs_activations_and_logits_and_nothing_else(batch, times):
    one, many = training_bytes(MODEL, batch, 128), training_bytes(MODEL, times * batch, 128)
    assert {name for name in one if one[name] != many[name]} == (
        {"activations", "logits"} if times > 1 else set()
    )
    assert many["activations"] == times * one["activations"]


def test_the_states_are_sixteen_bytes_a_parameter():
    parts = training_bytes(MODEL, 16, 128)
    assert parts["weights"] + parts["gradients"] + parts["optimiser states"] == 16 * MODEL.parameters


def test_twice_the_text_is_more_than_twice_the_activations():
    assert training_bytes(MODEL, 16, 256)["activations"] > 2 * training_bytes(MODEL, 16, 128)["activations"]


def test_what_was_measured_between_batches_of_4_and_16():
    # resident memory of fresh processes, TensorFlow 2.21, 23 November 2026: 342 to 369 MB less 233 MB
    grown = sum(training_bytes(MODEL, 16, 128).values()) - sum(training_bytes(MODEL, 4, 128).values())
    assert 109e6 < grown < 136e6


@pytest.mark.parametrize("wrong", [{"batch": 0, "sequence": 128}, {"batch": 4, "sequence": 1.5}])
def test_no_half_texts(wrong):
    with pytest.raises(PlaybookError, match="whole number"):
        training_bytes(MODEL, **wrong)
