"""A layer that does nothing costs nothing and is found; maps translate what they can; texts are enough."""

import numpy as np
import pandas as pd
import pytest

from playbook import PlaybookError, inputs, lm
from playbook.interpretability import layers
from playbook.interpretability.opened import Opened, states
from playbook.lm.model import copy_backbone

LONG = "the dog sees the mat and likes the other one. " * 30


@pytest.fixture(scope="module")
def idle(opened):
    """The same model with layers 1 and 3 that pass on what they get."""
    backbone = copy_backbone(opened.model.backbone)
    for place in (1, 3):
        layer = backbone.transformer_layers[place]
        for part in (layer._self_attention_layer._output_dense, layer._feedforward_output_dense):
            part.kernel.assign(np.zeros(part.kernel.shape))
    return Opened(lm.LanguageModel(backbone, opened.model.tokenizer, "idle", 512))


@pytest.fixture(scope="module")
def test_blocks(opened):
    return layers.blocks(opened.model, [LONG, LONG[7:], LONG[20:]], count=3, length=20)


def test_layers_that_do_nothing_have_no_influence_and_go_first(idle, test_blocks):
    turned = layers.influence(states(idle, test_blocks))
    assert turned[[1, 3]] == pytest.approx(0, abs=1e-5) and turned[[0, 2]].min() > 0.01
    maps = layers.translators(states(idle, test_blocks))
    table = layers.fewer_layers(idle, test_blocks, maps, removed=(0, 1, 2, 3))
    whole = table.loc[0, "early exit"]
    assert whole == pytest.approx(np.mean([lm.loss(idle.model, row) for row in test_blocks]), abs=1e-3)
    assert table.loc[0].drop("time %").nunique() == 1
    assert table.loc[[1, 2], "least influence"].to_numpy() == pytest.approx(whole, abs=1e-3)
    assert table.loc[1, "early exit"] == pytest.approx(whole, abs=1e-3)  # the last layer is one of the idle
    assert abs(table.loc[2, "early exit"] - whole) > 0.01
    assert abs(table.loc[3, "least influence"] - whole) > 0.01


def test_maps_bring_each_layer_closer_to_the_last(opened, test_blocks):
    hidden = states(opened, test_blocks)
    maps = layers.translators(hidden)
    told = layers.translate(maps, hidden)[:, :, 1:]
    before, after = (((rows - hidden[-1, :, 1:]) ** 2).sum((1, 2, 3)) for rows in (hidden[:, :, 1:], told))
    assert (after[:-1] < 0.7 * before[:-1]).all()
    assert after[-1] < 0.01 * before[0]


def test_blocks_are_the_first_tokens_after_an_end_of_text(opened, test_blocks):
    end = opened.model.tokenizer.token_to_id("<|endoftext|>")
    assert test_blocks.shape == (3, 21) and (test_blocks[:, 0] == end).all()
    assert test_blocks[0, 1:].tolist() == lm.tokenize(opened.model, LONG)[:20]


def test_too_few_long_texts_are_refused_in_one_sentence(opened):
    with pytest.raises(PlaybookError, match="only 1 of 2 texts have 100 tokens"):
        layers.blocks(opened.model, [LONG, "short", "", LONG[:150]], count=2, length=100)


def test_the_corpus_is_docstrings_each_once_and_a_twentieth_for_the_test(monkeypatch):
    docs = pd.DataFrame({"text": [f"text {i}" for i in range(60)] * 2})
    docs.attrs["name"] = "docstrings"
    monkeypatch.setattr(inputs, "docstrings", lambda: docs, raising=False)
    frame = layers.corpus()
    assert frame.attrs["name"] == "docstrings" and frame["text"].is_unique and len(frame) == 60
    assert (frame["split"] == "test").sum() == 3 and not frame.equals(layers.corpus(1))


def test_translators_learn_on_training_texts_and_losses_come_of_others(opened):
    train, test = [LONG[n:] for n in range(3)], [LONG[n:] for n in (7, 20)]
    texts = pd.DataFrame({"text": train + test, "split": ["train"] * 3 + ["test"] * 2})
    table, maps = layers.taken_away(opened, texts, count=2, learn=3)
    np.testing.assert_array_equal(
        maps, layers.translators(states(opened, layers.blocks(opened.model, train, 3)))
    )
    whole = states(opened, blocks := layers.blocks(opened.model, test, 2))[-1]
    assert table.loc[0, "early exit"] == pytest.approx(opened.losses(whole, blocks).numpy().mean(), abs=1e-4)
