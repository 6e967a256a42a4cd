"""The laws that Shapley values must obey, the measures of an explanation, and what bad input is told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import ROWS, Counted, coalition_values, enumerate_coalitions
from playbook.interpretability.explanation import (
    caption,
    compared,
    faithfulness,
    principal_reasons,
    rank_agreement,
    shapley,
    stability,
)


def setting(seed, features, rows=2, background=5):
    generator = np.random.default_rng(seed)
    x, base = generator.normal(size=(rows, features)), generator.normal(size=(background, features))
    inner, outer = generator.normal(size=(features, 3)), generator.normal(size=3)
    return lambda z: np.tanh(z @ inner) @ outer, x, base


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 15))
def test_values_sum_to_prediction_minus_expectation(seed, features):
    predict, x, base = setting(seed, features)
    total = shapley(predict, x, base, pairs=3).sum(axis=1)
    np.testing.assert_allclose(total, predict(x) - predict(base).mean(), atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_features_that_play_the_same_part_get_the_same_value(seed, features):
    predict, x, base = setting(seed, features)
    x[:, 1], base[:, 1] = x[:, 0], base[:, 0]
    values = shapley(lambda z: predict(z) + predict(z[:, [1, 0, *range(2, features)]]), x, base)
    np.testing.assert_allclose(values[:, 0], values[:, 1], atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 14))
def test_a_feature_that_the_model_ignores_gets_nothing(seed, features):
    predict, x, base = setting(seed, features - 1)
    ignored = np.random.default_rng(seed).normal(size=(len(x), 1))
    wide, background = np.hstack([x, ignored]), np.hstack([base, np.arange(len(base))[:, None]])
    values = shapley(lambda z: predict(z[:, :-1]), wide, background, pairs=4)
    np.testing.assert_allclose(values[:, -1], 0, atol=1e-10)


def test_a_constant_column_gets_nothing():
    predict, x, base = setting(0, 4)
    x[:, 2] = base[:, 2] = 7.0
    np.testing.assert_allclose(shapley(predict, x, base)[:, 2], 0, atol=1e-12)


def test_values_of_a_sum_of_models_are_the_sum_of_values():
    one, x, base = setting(1, 5)
    other, _, _ = setting(2, 5)
    both = shapley(lambda z: one(z) + other(z), x, base)
    np.testing.assert_allclose(both, shapley(one, x, base) + shapley(other, x, base), atol=1e-10)


def test_the_estimator_is_exact_where_features_meet_in_pairs_only():
    # in an order and its reverse each feature of a pair comes first once: the antithetic pair halves evenly
    generator = np.random.default_rng(3)
    matrix, x, base = (
        generator.normal(size=(14, 14)),
        generator.normal(size=14),
        generator.normal(size=(4, 14)),
    )
    values = shapley(lambda z: np.einsum("ri,ij,rj->r", z, matrix, z), x, base, pairs=1)
    symmetric = (matrix + matrix.T) / 2
    expected = [
        np.mean(
            [(x - b)[i] * (symmetric[i] @ (x + b)) for b in base]
        )  # f(x) - f(b) of a quadratic form, by i
        for i in range(14)
    ]
    np.testing.assert_allclose(values, expected, atol=1e-8)


def test_the_estimator_comes_close_and_repeats_with_its_seed(monkeypatch):
    predict, x, base = setting(4, 10)
    exact = shapley(predict, x, base)
    monkeypatch.setattr("playbook.interpretability.explanation.EXACT", 9)
    estimate = shapley(predict, x, base, pairs=64, seed=1)
    assert 0 < np.abs(estimate - exact).max() < 0.1 * np.abs(exact).max()
    np.testing.assert_array_equal(estimate, shapley(predict, x, base, pairs=64, seed=1))
    assert np.abs(estimate - shapley(predict, x, base, pairs=64, seed=2)).max() > 0


def test_one_row_gives_one_row_and_frames_are_taken():
    predict, x, base = setting(5, 3)
    frame, background = pd.DataFrame(x, columns=list("abc")), pd.DataFrame(base, columns=list("abc"))
    assert shapley(predict, x[0], base).shape == (3,)
    np.testing.assert_array_equal(shapley(predict, frame, background), shapley(predict, x, base))
    one = shapley(predict, frame.iloc[1], background)
    np.testing.assert_allclose(one, shapley(predict, x, base)[1], atol=1e-12)


def test_calls_are_few_and_chunks_change_nothing(monkeypatch):
    predict, x, base = setting(6, 6, rows=3)
    counted = Counted(predict)
    masks, _ = enumerate_coalitions(6)
    whole = coalition_values(counted, x, base, masks)
    assert (counted.calls, counted.rows) == (1, 3 * 64 * 5) and counted.rows < ROWS
    for rows in (1, 7, 64):
        monkeypatch.setattr("playbook.interpretability.coalitions.ROWS", rows)
        np.testing.assert_allclose(coalition_values(predict, x, base, masks), whole, atol=1e-12)


def test_stability_is_one_without_chance_and_near_zero_with_nothing_else():
    x = np.zeros((4, 9))
    generator = np.random.default_rng(7)
    assert stability(lambda z: np.arange(9.0) - 4.2, x, runs=4) == 1.0
    assert abs(stability(lambda z: generator.normal(size=z.shape), x, runs=20)) < 0.05


def test_rank_agreement_knows_reversal_ties_and_sign():
    assert rank_agreement([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rank_agreement([1, -2, 3], [-1, 2, -3]) == 1.0
    assert rank_agreement([0, 0, 0], [1, 2, 3]) == 0.0
    assert rank_agreement([[0, 0], [1, 2]], [[0, 0], [2, 1]]) == pytest.approx(0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.permutations(range(5)))
def test_no_order_is_more_faithful_to_an_additive_model_than_its_shapley_values(seed, order):
    generator = np.random.default_rng(seed)
    weights, x, base = generator.normal(size=5), generator.normal(size=(2, 5)), generator.normal(size=(3, 5))
    best = faithfulness(lambda z: z @ weights, x, shapley(lambda z: z @ weights, x, base), base)
    other = faithfulness(lambda z: z @ weights, x, np.tile(np.array(order, dtype=float), (2, 1)), base)
    assert best["deletion"] <= other["deletion"] + 1e-10 and best["insertion"] >= other["insertion"] - 1e-10


X, BASE = np.ones((2, 3)), np.zeros((4, 3))


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda z: np.ones((len(z), 2)), r"shape \(4, 2\) for 4 rows: .* choose one"),
        (lambda z: 1.0, r"shape \(\) for 4 rows"),
        (lambda z: (z[:, 0] > 0.5).astype(int), "predict returned int64, labels perhaps"),
        (lambda z: z[:, 0] > 0.5, "predict returned bool, labels perhaps"),
        (lambda z: np.where(z[:, 0] > 0.5, "yes", "no"), "predict returned <U3, labels perhaps"),
        (lambda z: np.where(z[:, 0] > 0.5, np.nan, 0.5), "NaN or infinity for"),
    ],
)
def test_a_predict_that_cannot_be_explained_is_told_why(predict, message):
    with pytest.raises(PlaybookError, match=message):
        shapley(predict, X, BASE)


@pytest.mark.parametrize(
    ("x", "background", "message"),
    [
        (X, np.zeros((4, 2)), "x has 3 features and background 2"),
        (X, np.zeros((0, 3)), "must both have rows and columns"),
        ([["a", "b", "c"]], BASE, "tables of numbers"),
        (pd.DataFrame(X, columns=list("abc")), pd.DataFrame(BASE, columns=list("abd")), "give both the same"),
    ],
)
def test_x_and_background_that_do_not_fit_are_told_why(x, background, message):
    with pytest.raises(PlaybookError, match=message):
        shapley(lambda z: z.sum(axis=1), x, background)


def test_labels_as_floats_are_warned_about():
    with pytest.warns(UserWarning, match="if these are labels"):
        shapley(lambda z: (z[:, 0] > 0).astype(float), X, np.array([[-1.0, 0, 0], [1, 0, 0]]))


def test_measures_refuse_what_they_cannot_measure():
    with pytest.raises(PlaybookError, match="runs is 1"):
        stability(lambda z: [1.0, 2.0], X, runs=1)
    with pytest.raises(PlaybookError, match="finite attributions"):
        stability(lambda z: [1.0, np.nan], X)
    with pytest.raises(PlaybookError, match="cannot be compared"):
        rank_agreement([1, 2], [1, 2, 3])
    with pytest.raises(PlaybookError, match="must be finite and of the shape of x"):
        faithfulness(lambda z: z.sum(axis=1), X, np.ones((2, 2)), BASE)
    with pytest.raises(PlaybookError, match="pairs is 0"):
        shapley(lambda z: z.sum(axis=1), np.ones(13), np.zeros((2, 13)), pairs=0)


def test_reasons_are_what_lowers_the_prediction_and_at_most_four():
    names = list("abcdef")
    assert principal_reasons([[-1, -3, 2, -2, -5, -4], [1, 1, 1, 1, 1, 0]], names) == [
        ("e", "f", "b", "d"),
        (),
    ]
    with pytest.raises(PlaybookError, match="need 2 names, and there are 6"):
        principal_reasons([1, 2], names)


def test_answers_are_compared_by_rank_first_feature_and_letter():
    truth = np.array([[-3.0, -2, 1], [3, -2, -1]])
    table = compared(truth, {"same": truth, "scaled": 2 * truth, "turned": truth[:, ::-1]}, list("abc"))
    assert table.loc["same"].tolist() == table.loc["scaled"].tolist() == [1, 1, 0]
    assert table.loc["turned"].tolist() == [-1, 0, 2]


def test_the_caption_says_exact_or_estimated_and_what_the_background_never_shows():
    assert caption(np.ones((1, 12)), np.ones((2, 12)), "points", 0).startswith("exact")
    said = caption(np.ones((1, 13)), np.zeros((2, 13)), "points", 0).splitlines()
    assert said[0].startswith("estimated") and len(said) == 14 and "constant in the background" in said[1]
