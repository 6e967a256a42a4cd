"""Holds Dawid and Skene's consensus to simulated raters, to their own published data, and to its laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.consensus import consensus, majority, simulate_raters
from playbook.errors import PlaybookError

N = np.nan


def confusion(right, labels=3):
    return np.full((labels, labels), (1 - right) / (labels - 1)) + np.eye(labels) * (
        right - (1 - right) / (labels - 1)
    )


def accuracy(frame, truth):
    return (frame["label"].to_numpy() == truth).mean()


def plain_em(ratings, rounds=500):
    """Run the estimates of the paper (equations 2.3 to 2.5) in loops, without any prior."""
    rows = [[(k, int(v)) for k, v in enumerate(row) if v == v] for row in ratings]
    count = 1 + max(v for row in rows for _, v in row)
    belief = np.array(
        [[sum(v == label for _, v in row) / len(row) for label in range(count)] for row in rows]
    )
    for _ in range(rounds):
        share = belief.mean(axis=0)
        skill = np.zeros((len(ratings[0]), count, count))
        for row, own in zip(rows, belief, strict=True):
            for k, v in row:
                skill[k, :, v] += own
        skill /= np.maximum(skill.sum(axis=2, keepdims=True), 1e-300)
        belief = np.array([share * np.prod([skill[k, :, v] for k, v in row], axis=0) for row in rows])
        belief /= belief.sum(axis=1, keepdims=True)
    return belief.argmax(axis=1), belief.max(axis=1)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_beats_the_majority_where_raters_differ_in_skill(seed):
    truth = np.random.default_rng(seed).integers(3, size=600)
    raters = np.array([confusion(right) for right in (0.95, 0.9, 0.5, 0.45, 0.4, 0.4, 0.4)])
    ratings = simulate_raters(truth, raters, per_item=5, seed=seed)
    better, plain = accuracy(consensus(ratings), truth), accuracy(majority(ratings), truth)
    assert better > plain + 0.08
    assert better > 0.85


def test_raters_of_a_few_items_each_are_not_fitted_to_chance():
    right = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        truth = rng.integers(3, size=400)
        raters = np.array([confusion(skill) for skill in rng.uniform(0.4, 0.95, size=60)])
        ratings = simulate_raters(truth, raters, per_item=3, seed=seed)
        found = [frame["label"].to_numpy() for frame in (consensus(ratings), majority(ratings))]
        right.append([(labels == truth).mean() for labels in [*found, plain_em(ratings, 60)[0]]])
    better, plain, first = np.mean(right, axis=0)
    assert better >= plain
    assert first < plain - 0.02, "as it is without the prior"


def test_a_steady_confusion_is_put_right():
    truth = np.random.default_rng(3).integers(2, size=400)
    swapped = confusion(0.05, labels=2)
    ratings = simulate_raters(truth, np.array([confusion(0.9, 2)] * 3 + [swapped] * 2), per_item=5, seed=3)
    assert accuracy(consensus(ratings), truth) > 0.97
    assert accuracy(consensus(ratings), truth) > accuracy(majority(ratings), truth) + 0.1


def test_confidence_is_how_often_it_is_right():
    truth = np.random.default_rng(4).integers(3, size=4000)
    ratings = simulate_raters(truth, np.array([confusion(0.7)] * 6), per_item=3, seed=4)
    found = consensus(ratings)
    right = found["label"].to_numpy() == truth
    for low, high in ((0.34, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
        inside = found["confidence"].between(low, high).to_numpy()
        assert right[inside].mean() == pytest.approx(found["confidence"][inside].mean(), abs=0.08)


def test_without_the_prior_it_is_the_method_of_the_paper(monkeypatch):
    for name in ("_RIGHT", "_WRONG", "_SEEN"):
        monkeypatch.setattr(f"playbook.data.consensus.{name}", 1e-12)
    truth = np.random.default_rng(5).integers(3, size=300)
    skills = np.array([confusion(right) for right in (0.9, 0.8, 0.7, 0.6)])
    for per_item in (4, 3):
        ratings = simulate_raters(truth, skills, per_item, seed=5)
        labels, belief = plain_em(ratings)
        found = consensus(ratings)
        assert (found["label"] == labels).all()
        assert found["confidence"].to_numpy() == pytest.approx(belief, abs=1e-4)


tables = st.lists(
    st.lists(st.sampled_from([0.0, 1.0, 2.0, N]), min_size=4, max_size=4), min_size=1, max_size=10
)


@settings(deadline=None)
@given(st.integers(0, 50), st.permutations(range(5)))
def test_the_order_of_raters_and_items_does_not_matter(seed, order):
    rng = np.random.default_rng(seed)
    truth = rng.integers(3, size=40)
    ratings = simulate_raters(truth, np.array([confusion(r) for r in (0.9, 0.8, 0.7, 0.6, 0.5)]), 4, seed)
    items = rng.permutation(40)
    one, other = consensus(ratings), consensus(ratings[items][:, list(order)])
    assert np.allclose(one["confidence"].to_numpy()[items], other["confidence"], atol=1e-4)
    sure = one["confidence"].to_numpy()[items] > 0.51
    assert (one["label"].to_numpy()[items] == other["label"])[sure].all()
    assert majority(ratings)["label"].equals(majority(ratings[:, list(order)])["label"])


@settings(deadline=None)
@given(tables)
def test_labels_were_given_and_confidence_is_a_probability(rows):
    if not any(v == v for row in rows for v in row):
        with pytest.raises(PlaybookError, match="no rating"):
            consensus(rows)
        return
    for found in (consensus(rows), majority(rows)):
        for row, (label, confidence) in zip(rows, found.itertuples(index=False), strict=True):
            given_ = [v for v in row if v == v]
            assert (label == label) == bool(given_) == (confidence == confidence)
            assert not given_ or 0 < confidence <= 1 + 1e-12
        assert found["label"].dropna().isin([v for row in rows for v in row]).all()
    for row, (label, confidence) in zip(rows, majority(rows).itertuples(index=False), strict=True):
        given_ = [v for v in row if v == v]
        if given_:
            assert confidence == pytest.approx(max(map(given_.count, given_)) / len(given_))
            assert label == min(given_, key=lambda v: (-given_.count(v), v))


@settings(deadline=None)
@given(st.lists(st.sampled_from(["cat", "dog", "cow"]), min_size=1, max_size=20), st.integers(2, 5))
def test_items_on_which_all_agree_get_that_label(labels, raters):
    found = consensus([[label] * raters for label in labels])
    assert found["label"].tolist() == labels
    assert (found["confidence"] > 0.5).all()


def test_tables_of_names_keep_their_index_and_items_that_nobody_rated():
    ann, bob = ["x", None, "y", "y", "x"], ["x", None, N, "y", "x"]
    frame = pd.DataFrame({"ann": ann, "bob": bob}, index=list("pqrst"))
    for found in (consensus(frame), majority(frame)):
        assert found.index.tolist() == list("pqrst") and found.columns.tolist() == ["label", "confidence"]
        assert found["label"].tolist()[::2] == ["x", "y", "x"]
        assert found.loc["q"].isna().all()
    assert consensus([[1, N], [2, 2]])["label"].tolist() == [1, 2]


@pytest.mark.parametrize("rows", [[], [[]], [[N, N]], [1, 2], [[1, 2], [1]], np.zeros((2, 2, 2))])
def test_what_is_no_table_of_ratings_is_one_sentence(rows):
    for method in (consensus, majority):
        with pytest.raises(PlaybookError, match=r"^consensus: [^\n]+\.$"):
            method(rows)


def test_simulated_raters_err_as_they_were_told_to():
    truth = np.repeat([0, 1, 2], 4000)
    chances = np.array([[[0.8, 0.2, 0], [0.1, 0.6, 0.3], [0, 0, 1]], confusion(0.5)])
    ratings = simulate_raters(truth, chances, per_item=1, seed=0)
    assert (np.isfinite(ratings).sum(axis=1) == 1).all()
    assert np.isfinite(ratings).mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.02)
    for rater in (0, 1):
        for label in range(3):
            given_ = ratings[truth == label, rater]
            shares = [(given_ == v).sum() / np.isfinite(given_).sum() for v in range(3)]
            assert shares == pytest.approx(chances[rater, label].tolist(), abs=0.04)
    assert np.array_equal(ratings, simulate_raters(truth, chances, 1, 0), equal_nan=True)


@pytest.mark.parametrize(
    ("labels", "chances", "per_item"),
    [([0], np.ones((1, 2, 2)), 1), ([2], np.eye(2)[None], 1), ([0], np.eye(2)[None], 2), ([0], np.eye(2), 1)],
)
def test_raters_that_cannot_be_are_one_sentence(labels, chances, per_item):
    with pytest.raises(PlaybookError, match=r"^simulate_raters: [^\n]+\.$"):
        simulate_raters(labels, chances, per_item)
