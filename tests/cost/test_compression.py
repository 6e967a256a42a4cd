"""Blocks, intervals and the point where quality breaks, on a network small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook import PlaybookError, lm
from playbook.cost import compression

TEXTS = [f"{who} sees the {where}." for who in ("A cat", "The dog") for where in ("mat", "house")] * 30


@pytest.fixture(scope="module")
def tiny():
    return lm.tiny(lm.train_tokenizer(TEXTS, 280), "0.3M")


def test_blocks_are_the_texts_in_order_and_nothing_twice(tiny):
    ids = compression.blocks(tiny, TEXTS, count=3, length=20)
    assert ids.shape == (3, 20)
    assert "".join(TEXTS).startswith(lm.detokenize(tiny, ids.ravel()))


def test_too_little_text_is_refused_in_one_sentence(tiny):
    with pytest.raises(PlaybookError, match="need 1,920 tokens and the texts have 0"):
        compression.blocks(tiny, [], count=30)
    with pytest.raises(PlaybookError, match="two blocks or more"):
        compression.paired(np.array([1.0]), np.array([1.0]))


@given(st.lists(st.floats(0, 5), min_size=3, max_size=9), st.floats(-1, 1))
def test_a_shift_of_every_block_is_the_rise_and_has_no_width(losses, shift):
    rise, low, high = compression.paired(np.array(losses) + shift, np.array(losses))
    assert (rise, low, high) == pytest.approx((shift, shift, shift), abs=1e-9)


def test_the_interval_covers_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    draws = rng.normal(0.3, 0.2, (2000, 6))
    inside = [low <= 0.3 <= high for _, low, high in (compression.paired(d, np.zeros(6)) for d in draws)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_broken_is_the_first_whose_whole_interval_is_above_the_margin():
    table = pd.DataFrame({"low": [-0.1, 0.1, 0.11, 3.0]}, index=["a", "b", "c", "d"])
    assert compression.first_broken(table) == "c"
    assert compression.first_broken(table.head(2)) is None


def test_values_come_back_after_the_block_even_when_it_fails(tiny):
    variables = compression.matrices(tiny.backbone)
    before = [variable.numpy() for variable in variables]
    zeros = [0 * compression.as_matrix(variable) for variable in variables]
    with pytest.raises(ZeroDivisionError), compression.changed(variables, zeros):
        assert not any(variable.numpy().any() for variable in variables)
        _ = 1 / 0
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, variables, strict=True))


def test_matrices_are_those_of_the_layers_as_inputs_by_outputs(tiny):
    shapes = [compression.as_matrix(variable).shape for variable in compression.matrices(tiny.backbone)]
    layer = [(48, 48), (48, 16), (48, 16), (48, 48), (48, 128), (48, 128), (128, 48)]
    assert sorted(shapes) == sorted(4 * layer)


def test_bytes_are_four_a_parameter_and_the_file_holds_them(tiny):
    assert compression.memory_bytes(tiny.backbone) == 4 * tiny.parameters
    assert 1 <= compression.disk_bytes(tiny.backbone) / (4 * tiny.parameters) < 1.5


def test_a_network_without_layers_is_refused():
    with pytest.raises(PlaybookError, match="no weight matrices"):
        compression.matrices(object())


def test_without_chapter_1_a_tenth_of_the_docstrings_is_held_out(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYBOOK_OUT", str(tmp_path))
    frame, train, test = compression.domain()
    assert not set(train) & set(test)
    assert len(test) / (len(train) + len(test)) == pytest.approx(0.1, abs=0.02)
    assert len(set(train)) == len(train) < len(frame)
