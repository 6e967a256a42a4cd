"""Holds the search for wrong labels to errors planted in the digits, and to cleanlab itself."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.label_errors import label_issues, plant_flips
from playbook.errors import PlaybookError


@cache
def digits(rate):
    """Flip labels of the digits and predict them by cross-validation: labels, flipped, probabilities."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    pixels, truth = load_digits(return_X_y=True)
    labels, flipped = plant_flips(truth, rate, seed=0)
    model = LogisticRegression(C=0.1, max_iter=300)
    return labels, flipped, cross_val_predict(model, pixels / 16, labels, cv=5, method="predict_proba")


@pytest.mark.parametrize(
    ("rate", "precision", "recall"), [(0.05, 0.65, 0.8), (0.1, 0.8, 0.85), (0.2, 0.85, 0.85)]
)
def test_planted_errors_are_found(rate, precision, recall):
    labels, flipped, probs = digits(rate)
    found = label_issues(labels, probs)
    assert flipped[found].mean() >= precision
    assert found[flipped].mean() >= recall


def test_it_is_cleanlab_and_names_do_as_well_as_numbers():
    from cleanlab.filter import find_label_issues

    labels, _, probs = digits(0.1)
    found = label_issues(labels, probs)
    assert found.dtype == bool and found.shape == labels.shape
    assert np.array_equal(found, find_label_issues(labels, probs, n_jobs=1))
    assert np.array_equal(found, label_issues([f"digit {k}" for k in labels], probs))


EVEN = np.full((4, 2), 0.5)


@pytest.mark.parametrize(
    ("labels", "probs"),
    [
        ([0, 1, 0], EVEN),
        ([], np.zeros((0, 2))),
        ([[0], [1], [0], [1]], EVEN),
        ([0, 1, 0, 1], EVEN[:, 0]),
        ([0, 1, 0, 2], EVEN),
        ([-1, 1, 0, 1], EVEN),
        (["a", "b", "c", "a"], EVEN),
        (["a", "a", "a", "a"], EVEN),
        ([0, 1, 0, 1], EVEN * 0.9),
        ([0, 1, 0, 1], np.array([[1.5, -0.5]] * 4)),
        ([0, 1, 0, 1], np.full((4, 2), np.nan)),
    ],
)
def test_what_does_not_fit_is_one_sentence(labels, probs):
    with pytest.raises(PlaybookError, match=r"^label_issues: [^\n]+\.$"):
        label_issues(labels, probs)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=50), st.floats(0, 1), st.integers(0, 5))
def test_flips_are_as_many_as_asked_and_change_the_class(labels, rate, seed):
    if len(set(labels)) < 2:
        with pytest.raises(PlaybookError, match="two classes"):
            plant_flips(labels, rate, seed)
        return
    noisy, flipped = plant_flips(labels, rate, seed)
    assert flipped.sum() == round(rate * len(labels))
    assert np.array_equal(noisy != np.array(labels), flipped)
    assert set(noisy) <= set(labels)
    assert np.array_equal(noisy, plant_flips(labels, rate, seed)[0])


def test_flips_are_spread_evenly_and_rates_are_shares():
    labels, flipped = plant_flips(np.repeat([0, 1, 2], 3000), 0.5)
    gone = np.bincount(labels[:3000][flipped[:3000]], minlength=3)
    assert gone[0] == 0 and abs(gone[1] - gone[2]) < 200
    with pytest.raises(PlaybookError, match=r"^plant_flips: [^\n]+\.$"):
        plant_flips([0, 1], 1.5)
