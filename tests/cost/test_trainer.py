"""One graph, many runs: each begins anew, and gradients added up are the large batch."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost import ladder
from playbook.cost.optimisers import optimiser
from playbook.cost.trainer import Trainer, schedule, windows
from playbook.errors import PlaybookError

STREAM = np.arange(1000) % 7


@given(st.integers(1, 500), st.floats(1e-5, 1))
def test_the_rate_rises_to_its_peak_and_falls_to_a_tenth(steps, peak):
    rates = schedule(steps, peak)
    assert len(rates) == steps
    top = rates.argmax()
    assert rates[top] == pytest.approx(peak, rel=1e-5)
    assert (np.diff(rates[: top + 1]) >= 0).all()
    assert (np.diff(rates[top:]) <= 0).all()
    if steps > 1:
        assert rates[-1] == pytest.approx(peak / 10, rel=1e-3)


@given(st.integers(1, 8), st.integers(1, 20), st.integers(0, 3))
def test_windows_are_pieces_of_the_stream_and_fill_the_budget(batch, steps, seed):
    ids = np.arange(10_000)
    drawn = windows(ids, steps * batch * ladder.SEQUENCE + 3, batch, seed)
    assert drawn.shape == (steps, batch, ladder.SEQUENCE + 1)
    assert (np.diff(drawn, axis=2) == 1).all()


@pytest.mark.parametrize(("ids", "tokens"), [(STREAM[:64], 1_000), (STREAM, 255)])
def test_too_little_to_train_on_is_refused(ids, tokens):
    with pytest.raises(PlaybookError, match="one step takes 256"):
        windows(ids, tokens)


@pytest.fixture(scope="module")
def model():
    corpus = pd.DataFrame({"text": ["the cat sees the dog and the dog sees the cat"] * 200})
    return ladder.rung(ladder.shelf(corpus, tokens=256).tokenizer, 16)


@pytest.fixture(scope="module")
def plain(model):
    return Trainer(model, optimiser("AdamW"))


def weights(trainer):
    return np.concatenate([w.ravel() for w in trainer.model.backbone.get_weights()])


def test_a_second_run_begins_where_the_first_began(model, plain):
    given_ids = windows(STREAM, 1_024)
    first = plain.train(given_ids, schedule(4, 0.02))
    after = weights(plain)
    assert plain.train(given_ids, schedule(4, 0.02)) == pytest.approx(first, abs=1e-4)
    assert weights(plain) == pytest.approx(after, abs=1e-3)
    assert first[-1] < first[0]
    from_zero = plain.train(given_ids, schedule(4, 0.02), [0 * w for w in model.backbone.get_weights()])
    assert from_zero[0] == pytest.approx(np.log(model.backbone.vocabulary_size), abs=1e-3)


def test_gradients_added_up_are_the_large_batch(model, plain):
    # the state of the optimiser and the decay of the weights have to wait as well
    large = windows(STREAM, 4_096, batch=16)
    rates = schedule(len(large), 0.02)
    plain.train(large, rates)
    start = np.concatenate([w.ravel() for w in model.backbone.get_weights()])
    added = Trainer(model, optimiser("AdamW", accumulate=4))
    added.train(large.reshape(-1, 4, ladder.SEQUENCE + 1), np.repeat(rates, 4))
    moved = np.linalg.norm(weights(plain) - start)
    assert moved > 0.1
    assert np.linalg.norm(weights(added) - weights(plain)) < 0.02 * moved
    assert added.state_bytes == pytest.approx(12)  # AdamW's 8, and the sum of the gradients


def test_bytes_beside_a_parameter_are_counted(model, plain):
    assert plain.state_bytes == 8
    assert Trainer(model, optimiser("Lion")).state_bytes == 4
