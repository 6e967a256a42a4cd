"""The model opened up is the model: same answer, same attention; any layers in any order; true gradients."""

import numpy as np
import pytest

from playbook import PlaybookError, lm
from playbook.interpretability.opened import attention_weights, rollout, states


def by_hand(opened, ids, layers):
    hidden = opened.model.backbone.token_embedding(ids)
    for layer in layers:
        hidden = opened.model.backbone.transformer_layers[layer](hidden)
    return hidden.numpy()


def test_all_layers_in_order_are_the_model(opened, ids):
    hidden = states(opened, ids)
    assert hidden.shape == (1 + opened.depth, 2, 6, 48)
    logits = [lm.logits(opened.model, row) for row in ids]
    np.testing.assert_allclose(opened.read(hidden[-1]), logits, atol=1e-3)
    losses = [lm.loss(opened.model, row) for row in ids]
    np.testing.assert_allclose(opened.losses(hidden[-1], ids), losses, atol=1e-3)


@pytest.mark.parametrize("layers", [[0], [0, 2, 3], [3, 1], [1, 1, 1]])
def test_any_layers_run_in_any_order(opened, ids, layers):
    np.testing.assert_allclose(states(opened, ids, layers)[-1], by_hand(opened, ids, layers), atol=1e-4)


@pytest.mark.parametrize("layers", [[], [4], [0, -1]])
def test_a_layer_that_is_not_there_is_refused_in_one_sentence(opened, ids, layers):
    with pytest.raises(PlaybookError, match="has the layers 0 to 3"):
        states(opened, ids, layers)


def test_answer_and_slope_are_the_log_probability_and_its_gradient(opened, ids):
    embedded, token = opened.embed(ids), np.int32(7)
    logits = lm.logits(opened.model, ids[0])[-1].astype(float)
    expected = logits[7] - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
    assert opened.answer(embedded, token).numpy()[0] == pytest.approx(expected, abs=1e-3)
    way = np.random.default_rng(0).normal(size=embedded.shape).astype(np.float32)
    step = 1e-3
    numeric = (
        opened.answer(embedded + step * way, token) - opened.answer(embedded - step * way, token)
    ).numpy() / (2 * step)
    np.testing.assert_allclose(
        (opened.slope(embedded, token).numpy() * way).sum((1, 2)), numeric, rtol=0.02, atol=0.05
    )


def test_attention_is_what_the_layers_compute(opened, ids, monkeypatch):
    seen = []
    for layer in opened.model.backbone.transformer_layers:
        attention = layer._self_attention_layer
        compute = attention._masked_softmax

        def spy(scores, mask=None, compute=compute):
            seen.append(compute(scores, mask))
            return seen[-1]

        monkeypatch.setattr(attention, "_masked_softmax", spy)
    by_hand(opened, ids[:1], range(opened.depth))
    weights = attention_weights(opened, ids[0])
    np.testing.assert_allclose(weights, np.concatenate(seen), atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert not weights[..., 0, 1:].any()


def test_rollout_is_a_share_of_all(opened, ids):
    shares = rollout(attention_weights(opened, ids[0]))
    assert shares.sum() == pytest.approx(1) and shares.min() >= 0
    rows = np.tile(np.eye(3), (2, 2, 1, 1))  # attention to nothing but itself goes nowhere
    assert rollout(rows).tolist() == [0, 0, 1]


def test_opening_and_tracing_are_silent(opened, ids, capfd):
    type(opened)(opened.model).answer(opened.embed(ids), np.int32(1))
    assert capfd.readouterr() == ("", "")
