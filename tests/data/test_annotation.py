"""Holds alpha to the values that Krippendorff published, and to its laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from playbook.data.annotation import agreement, crowd_error
from playbook.errors import PlaybookError

N = np.nan
# K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four observers.
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
).T
# The same, examples A (binary data) and B (nominal data): two observers.
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
NAMES = [list("aabbdcccedda"), [*list("babbbcccedd"), "d"]]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_published_values(level, alpha):
    assert agreement(FOUR, level) == pytest.approx(alpha, abs=0.0005)


def test_published_values_of_two_observers():
    assert agreement(np.array(BINARY).T) == pytest.approx(0.095, abs=0.0005)
    assert agreement(list(zip(*NAMES, strict=True))) == pytest.approx(0.692, abs=0.0005)


ratings = st.lists(
    st.lists(st.sampled_from([1.0, 2.0, 3.0, N]), min_size=3, max_size=3), min_size=3, max_size=12
)


def slow_interval(rows):
    """Compute alpha by pairs, as it is defined."""
    units = [[v for v in row if v == v] for row in rows]
    units = [u for u in units if len(u) > 1]
    values = [v for u in units for v in u]
    observed = sum(sum((a - b) ** 2 for a in u for b in u) / (len(u) - 1) for u in units) / len(values)
    expected = sum((a - b) ** 2 for a in values for b in values) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


@given(ratings, st.randoms())
def test_interval_alpha_is_its_definition_and_ignores_who_rated(rows, random):
    units = [[v for v in row if v == v] for row in rows]
    assume(len({v for u in units if len(u) > 1 for v in u}) > 1)
    assert agreement(rows, "interval") == pytest.approx(slow_interval(rows))
    mixed = [random.sample(row, len(row)) for row in random.sample(rows, len(rows))]
    assert agreement(mixed, "interval") == pytest.approx(agreement(rows, "interval"))


def test_rows_of_different_length_and_full_agreement():
    assert agreement([[1, 1, 1], [2, 2], [3]]) == 1
    assert agreement(pd.DataFrame({"a": ["x", "y"], "b": ["x", "y"]})) == 1


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ([[1, 1], [1, 1]], "nominal"),
        ([[1], [2]], "nominal"),
        ([], "nominal"),
        ([["a", "b"]], "ordinal"),
        ([[1, 2]], "ratio"),
    ],
)
def test_bad_ratings_are_one_sentence(rows, level):
    with pytest.raises(PlaybookError, match=r"^agreement: [^\n]+\.$"):
        agreement(rows, level)


def test_more_raters_contradict_the_crowd_less_often():
    rng = np.random.default_rng(0)
    truth = rng.choice([-2, 0, 2], size=(2000, 1))
    rows = truth + rng.integers(-2, 3, size=(2000, 20))
    errors = [crowd_error(rows, raters) for raters in (1, 3, 9)]
    # -2, -1, 0, 1 or 2 is added: a single rater is wrong about 1 in 5 times at +-2, 4 in 5 times at 0.
    assert errors[0] == pytest.approx((0.2 + 0.2 + 0.8) / 3, abs=0.04)
    assert errors[0] > errors[1] > errors[2]
    with pytest.raises(PlaybookError, match="ask for fewer raters"):
        crowd_error(rows, 20)
