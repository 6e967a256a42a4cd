"""Numbers with units, as people write and say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.interview.numbers import quantities, states


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("about 84 GB", 84, "GB"),
        ("84,000 MB of memory", 84, "GB"),
        ("112e9 bytes", 112, "GB"),
        ("8.4e22 FLOPs", 8.4e22, "FLOPs"),
        ("8.4 × 10²² operations", 8.4e22, "FLOPs | operations"),
        ("8.4*10^22 次浮点运算", 8.4e22, "FLOPs"),
        ("90 minutes", 1.5, "hours"),
        ("一共 7 亿个参数", 7e8, "parameters | 参数"),
        ("7B parameters", 7e9, "parameters"),
        ("$1.2 million", 1.2e6, "USD"),
        ("120 万元", 1.2e6, "yuan | 元"),
        ("96 percent", 96, "%"),
        ("百分之九十六", 0.96, ""),
        ("九成五不行，八成", 80, "%"),
        ("0.96 of them", 96, "%"),
        ("three times as many rows", 3, ""),
        ("三分之一", 1 / 3, ""),
        ("64 GPU hours", 64, "GPU hours"),
        ("10^22 operations", 1e22, ""),
    ],
)
def test_what_is_stated(text, value, unit):
    assert states(text, value, 0.02, unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("84 MB", 84, "GB"),
        ("90 GB", 84, "GB"),
        ("84 hours", 84, "GB"),
        ("84 bits", 84, "bytes"),
        ("version 1.84", 84, ""),
        ("9.6 %", 96, "%"),
        ("no number at all", 1.5, ""),
        ("64 hours of GPU", 64, "USD"),
    ],
)
def test_what_is_not(text, value, unit):
    assert not states(text, value, 0.02, unit)


@given(st.floats(1e-3, 1e9), st.sampled_from(["GB", "MB", "hours", "%", "tokens", "USD", ""]))
def test_a_number_that_is_written_is_read(value, unit):
    assert states(f"It takes {value:,.4f} {unit} in all.", value, 0.05, unit)
    assert not states(f"It takes {value * 2:,.4f} {unit} in all.", value * 1e-12, 0.05, unit or "bits")


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    assert all(quantity.end <= len(text) * 20 for quantity in quantities(text))
