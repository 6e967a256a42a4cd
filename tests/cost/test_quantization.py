"""Rounding stays on its grid, GPTQ beats it on what a layer sees, and Keras takes the bytes it promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook import PlaybookError, lm
from playbook.cost import compression, quantization
from playbook.cost.layerwise import layerwise


@given(st.integers(0, 99), st.integers(2, 8), st.integers(1, 40))
def test_rounding_is_off_by_half_a_step_at_most_and_keeps_zero(seed, bits, group):
    weights = np.random.default_rng(seed).normal(size=(30, 3))
    weights[::7] = 0
    result = quantization.rounded(weights, bits, group)
    assert (result[::7] == 0).all()
    for start in range(0, 30, group):
        part = weights[start : start + group]
        step = (np.maximum(part.max(0), 0) - np.minimum(part.min(0), 0)) / (2**bits - 1)
        # the zero point is whole, which may move the grid by half a step at its ends
        assert (np.abs(part - result[start : start + group]) <= step + 1e-9).all()


def test_gptq_errs_less_than_rounding_on_what_a_layer_sees():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 64)) @ rng.normal(size=(64, 64))  # correlated inputs, as in a network
    weights = rng.normal(size=(64, 20))
    error = [np.square(x @ (way - weights)).sum() for way in (
        quantization.rounded(weights, 4, 32), quantization.gptq(weights, x.T @ x, 4, 32))]  # fmt: skip
    assert error[1] < 0.6 * error[0]


def test_gptq_is_the_paper_s_update_done_one_column_at_a_time():
    rng = np.random.default_rng(1)
    x, weights = rng.normal(size=(300, 70)), rng.normal(size=(70, 4)).astype(np.float32)
    hessian = x.T @ x
    inverse = np.linalg.inv(hessian + 0.01 * np.diag(hessian).mean() * np.eye(70))
    rest, left = weights.astype(float), inverse
    scale, zero = quantization._grid(weights, 4)
    slow = np.empty((70, 4))
    for i in range(70):  # optimal brain quantization: the inverse shrinks with every column that is done
        slow[i] = quantization._on_grid(rest[i], scale, zero, 4)
        rest[i + 1 :] -= np.outer(left[0, 1:], (rest[i] - slow[i]) / left[0, 0])
        left = left[1:, 1:] - np.outer(left[1:, 0], left[0, 1:]) / left[0, 0]
    same = np.isclose(quantization.gptq(weights, hessian, 4, 70), slow, atol=1e-3)
    assert same.mean() > 0.97  # a value between two levels may fall to either side in 32 bits


def test_gptq_of_inputs_that_are_unrelated_is_rounding():
    weights = np.random.default_rng(2).normal(size=(40, 5)).astype(np.float32)
    np.testing.assert_allclose(
        quantization.gptq(weights, np.eye(40), group=20), quantization.rounded(weights, group=20), atol=1e-5
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: quantization.rounded(np.ones(4)), "a matrix of finite numbers"),
        (lambda: quantization.rounded(np.full((2, 2), np.nan)), "a matrix of finite numbers"),
        (lambda: quantization.rounded(np.ones((2, 2)), bits=1), "2 to 8 bits"),
        (lambda: quantization.gptq(np.ones((2, 2)), np.zeros((2, 2))), "not zero"),
        (lambda: quantization.gptq(np.ones((2, 2)), np.eye(3)), "2 x 2"),
        (lambda: quantization.quantize(None, "int2"), "the schemes are int8, int8 weights, int4"),
    ],
)
def test_what_cannot_be_rounded_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        call()


def test_keras_takes_a_byte_or_half_a_weight_and_the_model_stays_as_it_was():
    texts = ["A cat sees the mat."] * 60
    tiny = lm.tiny(lm.train_tokenizer(texts, 280), "0.3M")
    before = [weight.copy() for weight in tiny.backbone.get_weights()]
    ids = compression.blocks(tiny, texts, 3, 20)
    base = compression.measure(layerwise(tiny.backbone), ids)
    table = quantization.sweep(tiny, ids, base)
    assert list(table.index) == list(quantization.SCHEMES)
    dense = 4 * tiny.parameters / 1e6
    assert table["memory_mb"].is_monotonic_decreasing
    assert table["memory_mb"].iloc[0] == pytest.approx(dense / 4, rel=0.2)  # norms and scales stay in 32 bits
    assert table.loc["int4", "memory_mb"] < 0.8 * table.loc["int8", "memory_mb"]
    assert (table["rise"].abs() < 0.05).all()
    assert all(np.array_equal(a, b) for a, b in zip(before, tiny.backbone.get_weights(), strict=True))
    with pytest.raises(PlaybookError, match="quantized already"):
        quantization.quantize(quantization.quantize(tiny, "int8"), "int4")
