"""Consensus, flags and prices on labels whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from playbook.data import label_trials as trials


def test_the_crowd_speaks_by_the_sign_of_its_mean():
    assert trials.crowd_labels([[-4, 1], [0.4, 0.4], [1, 0, 1]]).tolist() == [0, 1, 2]


def test_weighing_raters_beats_counting_them_and_one_rater_teaches_nothing():
    truth = np.tile([0, 1, 2], 700)
    table = trials.consensus_trial(truth, per_item=[1, 3, 7])
    assert table.loc[3, "Dawid-Skene"] > table.loc[3, "majority"] + 0.05
    assert table["majority"].is_monotonic_increasing
    assert np.allclose(trials.invented_raters().sum(axis=2), 1)


def test_the_price_is_that_of_the_labels_mended():
    errors = pd.DataFrame({1: [0.3, 0.1], 3: [0.2, 0.1], 5: [0.2, 0.1]})
    table = trials.price_of_raters(errors, yuan=2.0, items=100)
    assert table["yuan"].tolist() == [200, 600, 1000]
    assert table["yuan a label mended"].iloc[1] == pytest.approx(400 / 5)
    assert table["yuan a label mended"].isna().tolist() == [True, False, True]


def test_planted_flips_are_found_where_labels_can_be_learned():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    features = np.eye(3)[labels] + rng.normal(0, 0.1, (300, 3))
    table = trials.flips_trial(features, labels, rates=(0.05, 0.2))
    assert table["recall"].min() > 0.9 and table["precision"].min() > 0.8
    noise = trials.flips_trial(rng.normal(size=(300, 3)), labels, rates=(0.1,))
    assert noise["precision"].max() < 0.5


def test_suspects_are_counted_and_never_guessed():
    texts = pd.Series(["red apple pie", "green pear tart"] * 40)
    labels = pd.Series(["apple", "pear"] * 40)
    assert trials.suspects(texts, labels) == 0
    labels.iloc[:6] = ["pear", "apple"] * 3
    assert trials.suspects(texts, labels) == 6
    assert trials.suspects(texts, pd.Series(["all"] * 80)) == "not measured"
    assert trials.suspects(texts[:8], labels[:8]) == "not measured"
    assert trials.suspects(pd.Series([""] * 80), labels) == "not measured"
