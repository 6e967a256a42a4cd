"""The lens shows the model's own answer at the last layer; a probe finds what is there and nothing else."""

import numpy as np
import pandas as pd
import pytest

from playbook import PlaybookError, lm
from playbook.interpretability import layers
from playbook.interpretability.lens import appearances, lens, pooled, probe, probe_texts
from playbook.interpretability.opened import states
from playbook.interpretability.tokens import question


@pytest.fixture(scope="module")
def asked(opened):
    return question(opened, "The dog sees the", " mat")


def test_the_last_row_is_the_models_answer(opened, asked):
    seen = lens(opened, asked)
    logits = lm.logits(opened.model, asked.ids)[1:]
    assert seen.top.shape == seen.probability.shape == (1 + opened.depth, len(asked.tokens))
    assert seen.top[-1].tolist() == [opened.model.tokenizer.decode([i]) for i in logits.argmax(axis=1)]
    assert seen.rank[-1] == (logits[-1] > logits[-1, asked.answer]).sum()
    assert (seen.probability > 0).all() and (seen.probability <= 1).all()


def test_the_answer_appears_where_it_is_likeliest_to_the_end(opened, asked):
    best = lm.logits(opened.model, asked.ids)[-1].argmax()
    own = lens(opened, type(asked)(asked.ids, asked.tokens, int(best)))
    assert own.rank[-1] == 0 and own.appears <= opened.depth
    assert own.appears == 0 or own.rank[own.appears - 1] > 0
    other = (best + 1) % opened.model.backbone.vocabulary_size
    assert lens(opened, type(asked)(asked.ids, asked.tokens, int(other))).appears is None


def test_maps_change_every_layer_but_the_last(opened, asked, ids):
    maps = layers.translators(states(opened, ids))
    bare, told = lens(opened, asked), lens(opened, asked, maps)
    np.testing.assert_allclose(told.probability[-1], bare.probability[-1], atol=1e-5)
    assert np.abs(told.probability[1:-1] - bare.probability[1:-1]).max() > 0.01


def test_a_text_is_the_same_alone_and_among_longer_ones(opened):
    texts = ["it", "The dog likes the house.", "A cat"]
    together = pooled(opened, texts)
    alone = np.concatenate([pooled(opened, [text]) for text in texts], axis=1)
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_an_empty_text_is_refused_in_one_sentence(opened):
    with pytest.raises(PlaybookError, match="text 1 of 2 is empty"):
        pooled(opened, ["it", ""])


def test_a_probe_finds_what_is_planted_and_its_control_does_not():
    rng = np.random.default_rng(0)
    labels = np.arange(100) % 2
    features = rng.normal(size=(4, 100, 5))
    features[3, :, 2] += 4 * labels
    found = probe(features, labels)
    assert found.index.tolist() == [0, 3]
    assert found.loc[3, "accuracy"] > 0.9 and found.loc[0, "accuracy"] < 0.7
    assert found["control"].max() < 0.7


@pytest.mark.parametrize("labels", [[1] * 20, [0] * 18 + [1] * 2, [0, 1, 2, 3] * 5])
def test_a_probe_wants_two_classes(labels):
    with pytest.raises(PlaybookError, match="tells two classes apart"):
        probe(np.zeros((1, 20, 2)), labels)


def test_appearances_are_those_of_both_lenses(opened, asked, ids):
    maps = layers.translators(states(opened, ids))
    table = appearances(opened, [asked, asked], maps)
    wanted = [lens(opened, asked).appears, lens(opened, asked, maps).appears]
    np.testing.assert_array_equal(table.to_numpy(), np.array([wanted, wanted], dtype=float))


def test_texts_that_are_too_long_or_too_short_are_not_probed(opened):
    texts = (
        ["the dog sees the other mat"] * 6 + ["it likes the house and the mat"] * 6 + ["a cat", "it " * 40]
    )
    frame = pd.DataFrame({"text": texts, "label": [0] * 6 + [1] * 6 + [0, 1]})
    assert probe_texts(opened, frame, each=6)["accuracy"].iloc[-1] == 1
