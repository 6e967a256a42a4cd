"""Holds near-duplicates against brute force, against the theory of MinHash-LSH, and against boilerplate."""

import numpy as np
import pytest

from playbook.data.cleaning import near_duplicates, similarity
from playbook.data.minhash import bands, buckets, shingles
from playbook.data.planting import plant


def documents(n, size, seed, vocabulary=30_000):
    rng = np.random.default_rng(seed)
    return [" ".join(f"w{k}" for k in rng.integers(vocabulary, size=size)) for _ in range(n)]


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9])
def test_precision_and_recall_on_planted_copies(threshold):
    originals = documents(800, 80, seed=0)
    planted = plant(originals, copies=1000, low=0.4, high=1.0, seed=1)
    clusters = near_duplicates([*originals, *planted["text"]], threshold)
    assert clusters[:800] == list(range(800)), "unrelated documents stay apart"
    found = np.array(clusters[800:]) != np.arange(800, 1800)
    right = (np.array(clusters[800:]) == planted["source"]) & (planted["similarity"] >= threshold)
    # A copy may also join an earlier copy of the same original: brute force says whether it may.
    everything = [*originals, *planted["text"]]
    joined = [
        similarity(everything[c], t) >= threshold
        for c, t in zip(clusters[800:], planted["text"], strict=True)
    ]
    assert np.mean(np.array(joined)[found]) >= 0.99
    due = planted["similarity"] >= threshold
    assert found[due].mean() >= 0.95
    assert right[due].mean() >= 0.9
    edge = due & (planted["similarity"] < threshold + 0.05)
    assert found[edge].mean() >= 0.95, "also right at the threshold"


def test_candidates_follow_the_theoretical_s_curve():
    originals = documents(500, 80, seed=2)
    planted = plant(originals, copies=2000, low=0.1, high=0.95, seed=3)
    bucket = buckets(*shingles([*originals, *planted["text"]]), 0.7)
    copies, sources = bucket[500:], bucket[planted["source"].to_numpy()]
    met = ((copies == sources) & (copies >= 0)).any(axis=1)
    count, rows = bands(0.7)
    expected = 1 - (1 - planted["similarity"].to_numpy() ** rows) ** count
    for low in np.arange(0.1, 0.9, 0.1):
        inside = planted["similarity"].between(low, low + 0.1).to_numpy()
        spread = np.sqrt((expected * (1 - expected))[inside].sum()) / inside.sum()
        assert met[inside].mean() == pytest.approx(expected[inside].mean(), abs=4 * spread + 0.01)


def boilerplate(n, shared, own, seed=0):
    rng = np.random.default_rng(seed)
    head = " ".join(f"b{i}" for i in range(shared))
    return [f"{head} " + " ".join(f"w{k}" for k in rng.integers(20_000, size=own)) for _ in range(n)]


@pytest.mark.parametrize(("shared", "own"), [(24, 14), (24, 6)])
def test_boilerplate_keeps_every_document_and_still_finds_copies(shared, own):
    texts = boilerplate(6000, shared, own)
    assert similarity(texts[0], texts[1]) < 0.7
    copies = [f"{text.rsplit(' ', 1)[0]} new{i}" for i, text in enumerate(texts[:300])]
    clusters = near_duplicates([*texts, *copies], 0.7)
    for i, kept in enumerate(clusters):
        assert similarity([*texts, *copies][i], [*texts, *copies][kept]) >= 0.7
    assert len(set(clusters[:6000])) >= 5995, "only pairs that happen to be within the threshold may go"
    assert np.mean(np.array(clusters[6000:]) < 6000) >= 0.95


def test_recall_against_brute_force_on_phrases_of_a_template():
    rng = np.random.default_rng(4)
    phrases = [" ".join(f"p{k}_{j}" for j in range(8)) for k in range(12)]
    texts = [" ".join(phrases[k] for k in rng.permutation(12)[:6]) for _ in range(700)]
    kept = sorted(set(near_duplicates(texts, 0.5)))
    grams, starts = shingles(texts)
    sets = {i: set(grams[starts[i] : starts[i + 1]].tolist()) for i in kept}
    left = sum(
        any(len(sets[i] & sets[j]) >= 0.5 * len(sets[i] | sets[j]) for j in kept if j < i) for i in kept
    )
    removed = len(texts) - len(kept)
    assert removed / (removed + left) >= 0.9
