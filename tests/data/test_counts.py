"""A private table of counts names what it was asked for, is near, and keeps to its budget."""

import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from playbook.data.counts import discrete_laplace, laplace_error, private_counts
from playbook.errors import PlaybookError


def test_private_counts_name_every_category_and_are_near():
    frame = pd.Series(["A"] * 500 + ["B"] * 20 + ["elsewhere"], name="town")
    table = private_counts(frame, 1.0, ["A", "B", "C"], seed=4)
    assert table.index.tolist() == ["A", "B", "C"]
    assert (table["count"] - [500, 20, 0]).abs().max() <= 10
    assert table.equals(private_counts(frame, 1.0, ["A", "B", "C"], seed=4))
    draws = {tuple(private_counts(frame, 0.05, ["A", "B", "C"])["count"]) for _ in range(8)}
    assert len(draws) > 1
    assert laplace_error(0.1)["mean"] > laplace_error(1)["mean"]


def test_one_row_changes_odds_by_no_more_than_the_budget():
    # The definition itself, on samples: P(count = x | n) / P(count = x | n + 1) <= exp(epsilon).
    source = random.Random(9)
    drawn = pd.Series([discrete_laplace(Fraction(1), source) for _ in range(30_000)]).value_counts()
    for value in range(-2, 3):
        assert drawn[value] / drawn[value + 1] <= np.e * 1.1 and drawn[value + 1] / drawn[value] <= np.e * 1.1


@pytest.mark.parametrize(
    ("epsilon", "categories"), [(0, ["A"]), (-1, ["A"]), (float("nan"), ["A"]), (1, ["A", "A"])]
)
def test_bad_budgets_and_categories_are_refused(epsilon, categories):
    with pytest.raises(PlaybookError):
        private_counts(pd.Series(["A"]), epsilon, categories)
