"""Holds planted copies to the similarity that they claim, and the curve to the truth."""

import numpy as np
import pytest

from playbook.data.minhash import similarity
from playbook.data.planting import plant, threshold_curve

rng = np.random.default_rng(1)
TEXTS = [" ".join(f"w{k}" for k in rng.integers(5000, size=size)) for size in rng.integers(5, 120, size=300)]


def test_copies_are_as_similar_as_they_say_and_spread_out():
    planted = plant(TEXTS, copies=400, low=0.5, high=1.0, seed=3)
    exact = [similarity(TEXTS[s], t) for s, t in zip(planted["source"], planted["text"], strict=True)]
    assert planted["similarity"].tolist() == exact
    assert planted["similarity"].between(0.4, 1.0).all()
    assert (planted["similarity"].quantile([0.1, 0.9]).diff().iloc[1]) > 0.3
    assert planted.equals(plant(TEXTS, copies=400, low=0.5, high=1.0, seed=3))


def test_short_texts_have_no_copies():
    assert plant(["too short"], copies=5).empty
    assert np.isnan(threshold_curve(["too short"], plant(["too short"], copies=5), [0.7])["recall"].iloc[0])


def test_chinese_copies():
    planted = plant(["训练数据的质量决定了大模型能力的上限而数据来源的合法性决定了公司能走多远"], copies=9)
    assert planted["similarity"].between(0.3, 1).all()


def test_a_higher_threshold_removes_less_and_recall_stays_high():
    texts = [*TEXTS, *plant(TEXTS, copies=150, low=0.4, seed=5)["text"]]
    curve = threshold_curve(texts, plant(TEXTS, copies=300, seed=4), [0.5, 0.7, 0.9])
    assert (
        curve["documents"].is_monotonic_decreasing and curve["documents"].iloc[0] > curve["documents"].iloc[2]
    )
    assert (curve["recall"] >= 0.95).all()
    assert curve["copies"].tolist() == sorted(curve["copies"], reverse=True)


@pytest.mark.parametrize("texts", [["same words again and again"] * 3])
def test_exact_repeats_are_not_counted_as_near(texts):
    assert threshold_curve(texts, plant(texts, copies=2), [0.7])["documents"].tolist() == [0]
