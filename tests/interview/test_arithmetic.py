"""Sums and comparisons are worked out, and nothing else is ever run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.interview.arithmetic import evaluate, wrong_sums

from .conftest import CARD


@pytest.mark.parametrize(
    "text",
    [
        "6 x 7e9 x 2e12 = 8.4e22",
        "16 / 26 = 0.62",
        "0.96 × 4,000 = 3,840 items",
        "1.2 × 10²² / 3 = 4 × 10²¹",
        "7 亿 × 2 = 14 亿",
        "20 / 80 = 25 %",
        "1 - 0.99^100 = 0.634",
        "3 x 4 ≈ 12.3",
        "(1 - 0.5) × 2 = 1).",
        "k = 5, loss = E + A/N^a, 64 GPUs × 24 h = 1",
        "a >= 3 + 4 and 2 + 2 == 5",
        "in 2024-07 = nothing",
    ],
)
def test_right_sums_and_what_is_no_sum_pass(text):
    assert wrong_sums(text) == []


@pytest.mark.parametrize(
    "text", ["16 / 26 = 0.61", "6 × 7e9 × 2e12 = 8.3e22", "4+4=9", "7 亿 × 2 = 15 亿", "2 + 2 = 4 = 3 + 2"]
)
def test_wrong_sums_are_found(text):
    assert wrong_sums(f"We say: {text}, and go on.")


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 1000))
def test_a_sum_is_right_or_wrong_by_one(a, b, wrong):
    assert not wrong_sums(f"it takes {a:,} + {b} = {a + b:,} hours")
    assert wrong_sums(f"it takes {a:,} + {b} = {a + b + wrong:,} hours")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("data.cleaning.found > 2 * data.cleaning.found|textbook", True),
        ("max(1, 2) ** 2 == 4 and not 1 > 2", True),
        ("'a' == 'b'", False),
        ("1 < 2 < 3", True),
        ("round(abs(-2.4))", 2),
    ],
)
def test_expressions_are_worked_out(expression, value):
    assert evaluate(expression, CARD) == value


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').getcwd()",
        "(1).real",
        "open('x')",
        "[1]",
        "1 in 2",
        "lambda: 1",
        "1 / 0",
        "9 ** 9 ** 9",
        "'a' * 10 ** 9",
        "data.cleaning.lost > 1",
        "1 +",
        "found",
    ],
)
def test_anything_else_is_refused(expression):
    with pytest.raises(PlaybookError):
        evaluate(expression, CARD)


@given(st.text(alphabet="0123456789.+-*/x×=≈()^ %万亿,e²k"))
def test_no_text_breaks_it(text):
    wrong_sums(text)
