"""The two sides differ by cleaning alone, neither has seen the test, and a ratio is what the losses say."""

import numpy as np
import pandas as pd
import pytest

from playbook import inputs
from playbook.cost import thread
from playbook.errors import PlaybookError

TEXTS = [f"entry {i}: " + " ".join(f"w{i}x{j}" for j in range(25)) for i in range(60)]


@pytest.fixture
def corpus(monkeypatch):
    raw = pd.DataFrame({"text": TEXTS * 2 + [f"{text} again" for text in TEXTS[:5]]})
    clean = pd.DataFrame({"text": TEXTS, "split": ["test"] * 10 + ["train"] * 50})
    monkeypatch.setattr(inputs, "docstrings", lambda: raw)
    monkeypatch.setattr(inputs, "handed_on", lambda name: clean)
    monkeypatch.setattr(inputs, "datasheet", lambda name: {"origin": "docstrings"})
    return monkeypatch


def test_what_chapter_1_handed_on_is_the_clean_side(corpus):
    material = thread.sides()
    assert material.origin == "cleaned by chapter 1"
    assert material.held_out == TEXTS[:10]
    assert material.clean == TEXTS[10:]
    assert material.raw == TEXTS[10:] * 2
    assert material.share_saved == 0.5
    assert material.removed == sum(map(len, TEXTS[10:]))


@pytest.mark.parametrize("handed", ["nothing", "another text"])
def test_without_chapter_1_exact_repeats_are_dropped_and_it_is_said(corpus, handed):
    if handed == "nothing":
        corpus.setattr(inputs, "handed_on", lambda name: None)
        corpus.setattr(inputs, "datasheet", lambda name: None)
    else:
        corpus.setattr(inputs, "datasheet", lambda name: {"origin": "my.csv"})
    material = thread.sides(seed=1)
    assert "exact repeats dropped" in material.origin
    assert material.held_out and len(set(material.clean)) == len(material.clean)
    for side in (material.raw, material.clean):
        assert not set(side) & set(material.held_out)
        assert not [text for text in side if any(held[:150] in text for held in material.held_out)]


def test_thirteen_words_in_a_row_are_seen_whatever_their_case_and_marks():
    test = " ".join(f"word{i}" for i in range(13))
    assert thread.unseen([test.upper().replace(" ", ", ")], [test]) == []
    assert thread.unseen([test.replace("word6", "other")], [test]) != []


@pytest.mark.parametrize(("clean_loss", "ratio"), [(5.0, 1.0), (4.5, 2.0), (5.5, 0.5), (4.0, 4.0)])
def test_a_ratio_is_read_off_the_slope_of_the_raw_side(clean_loss, ratio):
    rows = [("raw", 0, 500, 5.5), ("raw", 0, 1000, 5.0), ("clean", 0, 1000, clean_loss)]
    runs = pd.DataFrame(rows, columns=["side", "seed", "tokens", "loss"])
    assert thread.token_ratios(runs).tolist() == pytest.approx([ratio])


def test_a_loss_that_does_not_fall_has_no_ratio():
    rows = [("raw", 0, 500, 5.0), ("raw", 0, 1000, 5.0), ("clean", 0, 1000, 5.0)]
    with pytest.raises(PlaybookError, match="did not fall"):
        thread.token_ratios(pd.DataFrame(rows, columns=["side", "seed", "tokens", "loss"]))


def test_sides_are_told_apart_only_beyond_the_scatter_of_their_seeds():
    rows = [(side, seed, 1000) for seed in range(3) for side in ("raw", "clean")]
    runs = pd.DataFrame(rows, columns=["side", "seed", "tokens"])
    near, half = thread.difference(runs.assign(loss=[5.0, 5.05, 5.2, 5.1, 4.9, 5.0]))
    assert abs(near) < half
    far, half = thread.difference(runs.assign(loss=[5.0, 4.5, 5.1, 4.4, 4.9, 4.6]))
    assert far == pytest.approx(0.5) and far > half
    with pytest.raises(PlaybookError, match="two or more"):
        thread.difference(runs[:2].assign(loss=5.0))


def test_a_dearer_clean_side_is_a_loss_and_not_hidden():
    table = thread.saved(pd.Series([0.8, 0.9, 1.2]), 0.1, hours=100, price=3)
    assert table.loc["at equal loss, median", "USD"] == pytest.approx(-300 / 9)
    assert table.loc["at equal loss, worst seed", "accelerator-hours"] == pytest.approx(-25)
    assert table.loc["an epoch", "USD"] == pytest.approx(30)


def test_both_sides_are_trained_alike_and_a_small_corpus_is_refused(monkeypatch):
    calls = []

    class Still:
        """A trainer that trains nothing, and notes what it was given."""

        def __init__(self, model, chosen):
            self.model = model

        def train(self, batches, rates, start=None):
            if start is not None:
                calls.append((batches, float(sum(np.abs(weight).sum() for weight in start))))

    monkeypatch.setattr(thread, "Trainer", Still)
    material = thread.Sides(TEXTS * 2, TEXTS, TEXTS[:20], "made up")
    runs = thread.curves(material, tokens=1024, seeds=1)
    assert runs[["side", "tokens"]].values.tolist() == [["raw", 512], ["raw", 1024], ["clean", 1024]]
    assert [batches.shape for batches, _ in calls] == [(1, 4, 129), (2, 4, 129), (2, 4, 129)]
    assert len({start for _, start in calls}) == 1
    # no model was trained: all three are the same start, judged on the same test
    assert runs["loss"].nunique() == 1 and 5 < runs["loss"].iloc[0] < 8
    assert runs.attrs["characters_a_token"] > 1
    with pytest.raises(PlaybookError, match="too few for a budget of 1,000,000"):
        thread.curves(material, tokens=1_000_000, seeds=1)


def test_windows_read_no_token_twice():
    windows = thread._windows(np.arange(5000), 4 * thread.BATCH * thread.SEQUENCE, seed=0)
    predicted = windows[..., 1:].ravel()
    assert len(set(predicted)) == len(predicted) == 4 * thread.BATCH * thread.SEQUENCE
