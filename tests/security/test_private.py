"""A small model learns documents; with differential privacy it learns less, and by the same start."""

import numpy as np
import pytest

from playbook.errors import PlaybookError
from playbook.security import private
from playbook.security.private import CLIP, TOKENS, Learner, rows_of

TEXTS = [f"the {one} of {two} is {three}" for one in "abcd" for two in "efgh" for three in "ijkl"]


@pytest.fixture(scope="module")
def learner():
    return Learner(TEXTS)


def test_rows_hold_the_beginning_of_each_text(learner):
    rows = rows_of(learner.tokenizer, ["the a of e is i", "x" * 500])
    assert rows.shape == (2, TOKENS) and (rows[1] > 0).all() and rows[0, -1] == 0
    with pytest.raises(PlaybookError, match="no text"):
        rows_of(learner.tokenizer, [])


def test_every_training_begins_at_the_same_start(learner):
    learner.train(TEXTS[:32], epochs=20, seed=3)
    once = learner.losses(TEXTS)
    learner.train(TEXTS[32:], epochs=2, seed=1)
    assert np.abs(learner.losses(TEXTS) - once).max() > 0.01
    learner.train(TEXTS[:32], epochs=20, seed=3)
    assert learner.losses(TEXTS) == pytest.approx(once, abs=1e-3)


def test_noise_costs_and_an_epsilon_that_cannot_be_reached_is_refused(learner, monkeypatch):
    monkeypatch.setattr(private, "PRIVATE_STEPS", 8)
    learner.train(TEXTS, epochs=30)
    plain = learner.losses(TEXTS).mean()
    noise = learner.train_privately(TEXTS, target=8.0, delta=1e-3)
    assert noise > 0.5 and learner.losses(TEXTS).mean() > plain + 0.2
    with pytest.raises(PlaybookError, match="cannot be reached"):
        learner.train_privately(TEXTS, target=1e-9, delta=1e-3)


def test_the_gradient_of_one_text_is_cut_to_its_length(learner):
    import tensorflow as tf

    rows = rows_of(learner.tokenizer, TEXTS[:3])
    sent = []
    learner._apply, kept = sent.append, learner._apply
    try:
        # without noise and with an expected batch of one, what is applied is the sum of the clipped gradients
        learner._private(tf.constant(rows), tf.constant(0.0), tf.constant(1.0))
    finally:
        learner._apply = kept
    each = [tf.clip_by_global_norm(learner._gradient(tf.constant(row[None])), CLIP)[0] for row in rows]
    lengths = [float(tf.linalg.global_norm(one)) for one in each]
    assert max(lengths) <= CLIP + 1e-4
    for summed, *parts in zip(sent[0], *each, strict=True):
        assert np.asarray(summed) == pytest.approx(np.sum([np.asarray(p) for p in parts], axis=0), abs=1e-4)
