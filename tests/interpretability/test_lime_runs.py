"""LIME's seed belongs to its construction, and its answer to its kernel width: both are seen."""

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.lime_runs import (
    blind_spots,
    few_values,
    lime_again,
    lime_explainer,
    lime_reruns,
    lime_widths,
)

GENERATOR = np.random.default_rng(0)
TRAIN = pd.DataFrame(GENERATOR.normal(size=(200, 5)), columns=list("abcde"))
X = TRAIN.head(3)


def predict(z):
    return 1 / (1 + np.exp(-3 * z[:, 0] + z[:, 1] - z[:, 2] * z[:, 3]))


def test_the_strongest_feature_is_found_and_weights_stand_in_the_order_of_the_columns():
    weights = lime_explainer(predict, TRAIN, 0, samples=1000)(X)
    assert weights.shape == (3, 5) and np.abs(weights).mean(axis=0).argmax() == 0
    assert np.abs(weights[:, 4]).max() < np.abs(weights[:, 0]).min() / 3


def test_the_seed_is_set_once_and_each_call_draws_on():
    explain = lime_explainer(predict, TRAIN, 0, samples=100)
    once, twice = explain(X), explain(X)
    assert np.abs(once - twice).max() > 0
    np.testing.assert_array_equal(once, lime_explainer(predict, TRAIN, 0, samples=100)(X))


def test_reruns_show_the_trap():
    runs = lime_reruns(predict, TRAIN, X, samples=50)
    assert runs.loc["same seed, built anew (the trap)"].tolist() == [1, 1, 1]
    assert (runs.drop("same seed, built anew (the trap)")["rank agreement"] < 1).all()


def test_widths_are_compared_with_the_default():
    widths = lime_widths(predict, TRAIN, X, widths=(0.2, 1.0))
    assert (
        widths.loc["kernel width x 1", "rank agreement"]
        == 1
        > widths.loc["kernel width x 0.2", "rank agreement"]
    )


def test_labels_are_refused_and_so_are_other_columns():
    with pytest.raises(PlaybookError, match="labels perhaps"):
        lime_explainer(lambda z: (z[:, 0] > 0).astype(int), TRAIN, 0, samples=50)(X)
    with pytest.raises(PlaybookError, match="x has 4 features and background 5"):
        lime_explainer(predict, TRAIN, 0)(X.to_numpy()[:, :4])


def test_a_flag_that_is_mostly_one_is_invisible_until_lime_is_told_that_it_is_a_category():
    train = TRAIN.assign(flag=(np.arange(len(TRAIN)) % 10 > 0).astype(float))  # nine tenths are 1
    assert blind_spots(train) == [5] and few_values(train) == [5]

    def by_flag(z):
        return 0.1 + 0.8 * z[:, 5]

    blind = lime_explainer(by_flag, train, 0, samples=500)(train.head(3))
    told = lime_explainer(by_flag, train, 0, samples=500, categories=[5])(train.head(3))
    assert np.abs(blind[:, 5]).max() < 1e-6
    assert (np.abs(told).argmax(axis=1) == 5).all()


def test_all_that_should_change_nothing_stands_in_one_table():
    table = lime_again(predict, TRAIN, X.head(1))
    assert len(table) == 7 and table.loc["same seed, built anew (the trap)", "rank agreement"] == 1
    assert table.index[-1] == "kernel width x 2"
