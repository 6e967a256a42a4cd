"""Intervals against published tables and scipy, fairness measures against counts done by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats.contingency import relative_risk

from playbook.interpretability.groups import against_highest, judged, newcombe, rates, wilson

Z = norm.ppf(0.975)


@pytest.mark.parametrize(
    ("yes", "asked", "low", "high"),
    [  # R. Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_that_of_the_published_table(yes, asked, low, high):
    assert wilson(yes, asked) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # R. Newcombe, Interval estimation for the difference (1998), table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_difference_is_that_of_the_published_table(one, other, low, high):
    assert newcombe(*one, *other) == pytest.approx((low, high), abs=5e-5)


def test_wilson_ends_solve_the_equation_that_defines_them():
    # |p - share| = z sqrt(p (1 - p) / n), for the ends p
    for yes, asked in [(3, 10), (197, 400), (1, 7)]:
        for end in wilson(yes, asked):
            assert abs(end - yes / asked) == pytest.approx(Z * np.sqrt(end * (1 - end) / asked), rel=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_say():
    generator = np.random.default_rng(0)
    drawn = generator.binomial(60, 0.9, 2000)
    held = [low <= 0.9 <= high for low, high in (wilson(yes, 60) for yes in drawn)]
    assert 0.93 <= np.mean(held) <= 0.97
    pairs = zip(generator.binomial(60, 0.9, 2000), generator.binomial(150, 0.7, 2000), strict=True)
    held = [low <= 0.2 <= high for low, high in (newcombe(a, 60, b, 150) for a, b in pairs)]
    assert 0.93 <= np.mean(held) <= 0.97


# 40 people of two groups, laid out by hand: decided (A: 20 of 25, B: 6 of 15), and what a model says of them.
DECIDED = [1] * 20 + [0] * 5 + [1] * 6 + [0] * 9
MODEL = [1] * 18 + [0] * 2 + [1] * 1 + [0] * 4 + [1] * 3 + [0] * 3 + [1] * 2 + [0] * 7
GROUP = pd.Series(["A"] * 25 + ["B"] * 15)


def test_fairness_measures_are_the_closed_counts():
    table = judged(DECIDED, {"model": MODEL}, GROUP).set_index(["by", "measure", "group"])
    expected = {
        ("decision", "approved", "A"): (25, 80.0),
        ("decision", "approved", "B"): (15, 40.0),
        ("model", "approved", "A"): (25, 76.0),
        ("model", "approved", "B"): (15, 33.3),
        ("model", "refused, though approved", "A"): (20, 10.0),
        ("model", "refused, though approved", "B"): (6, 50.0),
        ("model", "approved, though refused", "A"): (5, 20.0),
        ("model", "approved, though refused", "B"): (9, 22.2),
    }
    assert {key: (row["of"], row["%"]) for key, row in table.iterrows()} == expected


def test_four_fifths_ratio_and_its_interval_are_those_of_scipy():
    row = against_highest(DECIDED, GROUP).iloc[0]
    risk = relative_risk(6, 15, 20, 25)
    assert row["group"] == "B" and row["ratio"] == 0.5 == risk.relative_risk
    # Katz et al. 1978: log ratio plus or minus z sqrt(1/a - 1/n + 1/b - 1/m)
    error = Z * np.sqrt(1 / 6 - 1 / 15 + 1 / 20 - 1 / 25)
    assert row["ratio low"] == round(0.5 * np.exp(-error), 2) == round(risk.confidence_interval().low, 2)
    assert row["ratio high"] == round(0.5 * np.exp(error), 2)
    assert row["difference"] == -40.0
    assert (row["difference low"], row["difference high"]) == tuple(
        round(100 * end, 1) for end in newcombe(6, 15, 20, 25)
    )


def test_real_decisions_by_race_are_those_of_the_textbook():
    # Wooldridge's exercise: approve = 0.708 + 0.201 white, which is the rate of the others and of the white
    from playbook.interpretability.applications import table

    frame, _ = table()
    white = frame["race"].map({"white": "white"}).fillna("other")
    shares = rates(frame["approve"], white).set_index("group")["%"]
    assert shares.to_dict() == {"other": 70.8, "white": 90.8}
    assert against_highest(frame["approve"], white)["difference"].item() == pytest.approx(-20.1, abs=0.06)
