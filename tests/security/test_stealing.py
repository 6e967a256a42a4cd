"""Exact answers give a model away by solving equations; decisions do so slowly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.security.stealing import agreement, answers, curve, passed, steal


@given(st.integers(2, 12), st.integers(0, 99))
def test_as_many_probabilities_as_weights_are_the_model(features, seed):
    model = np.random.default_rng(seed).normal(size=features + 1) * 0.5
    copy = steal(answers(model)["probability"], features, 4 * features + 8, seed)
    assert copy == pytest.approx(model, abs=1e-6)


def test_the_less_an_answer_says_the_more_questions_it_takes():
    rng = np.random.default_rng(0)
    model = np.append(rng.normal(size=8), 0.3)
    table = curve(model, rng.normal(size=(400, 8)), [9, 40, 400], trials=5)
    assert (table["probability"] > 0.98).all()
    assert table.loc[9, "yes or no"] < table.loc[9, "two decimals"] < 1
    assert table.loc[400, "yes or no"] > table.loc[9, "yes or no"]


def test_a_copy_that_says_yes_to_all_has_one_half():
    model, yes = np.array([1.0, 0.0]), np.array([0.0, 9.0])
    assert agreement(model, yes, np.array([[-1.0], [1.0], [2.0], [3.0]])) == 0.5
    # from answers that are all alike nothing is learnt but that
    assert steal(lambda rows: np.ones(len(rows)), 1, 5).tolist() == [0.0, 1.0]


def test_the_gate_lets_its_rate_through_and_no_more():
    assert passed(60, 2) == 120 and passed(6, 10) <= 6 * 11
