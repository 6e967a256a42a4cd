"""The small Llama of the comparisons is a Llama: KerasHub's, with the same weights, says the same."""

import numpy as np
import pytest

from playbook.cost import network
from playbook.silence import quiet

SHAPE = (2, 32, 4, 2, 48)


@pytest.fixture(scope="module")
def model():
    with quiet():
        from playbook import lm  # noqa: F401 - it chooses the backend

        return network.llama(SHAPE, vocabulary=50, sequence=8, seed=1)


def test_it_agrees_with_keras_hub(model):
    from keras import ops
    from keras_hub.models import LlamaBackbone

    from playbook.lm.model import next_token_logits

    layers, width, heads, groups, feed_forward = SHAPE
    theirs = LlamaBackbone(
        vocabulary_size=50,
        num_layers=layers,
        num_query_heads=heads,
        hidden_dim=width,
        intermediate_dim=feed_forward,
        num_key_value_heads=groups,
        tie_word_embeddings=True,
    )
    embedding, *blocks, last = model.get_weights()
    rows = [embedding]
    for start in range(0, len(blocks), 9):
        # the order of Keras's graph: of three that depend on the same, the key comes first
        norm, k, q, v, out, second_norm, gate, up, down = blocks[start : start + 9]
        rows += [q, k, v, out, norm, up, gate, down, second_norm]
    rows.append(last)
    theirs.set_weights([ours.reshape(w.shape) for ours, w in zip(rows, theirs.weights, strict=True)])
    ids = np.random.default_rng(0).integers(50, size=(3, 8)).astype("int32")
    logits = next_token_logits(theirs, ops.convert_to_tensor(ids))
    assert np.asarray(model(ids)) == pytest.approx(np.asarray(logits), abs=1e-5)


def test_no_token_sees_a_later_one(model):
    ids = np.random.default_rng(0).integers(50, size=(1, 8)).astype("int32")
    changed = ids.copy()
    changed[0, 5:] = (ids[0, 5:] + 1) % 50
    before, after = (np.asarray(model(one))[0] for one in (ids, changed))
    assert before[:5] == pytest.approx(after[:5], abs=1e-6)
    assert abs(before[5:] - after[5:]).max() > 1e-4


def test_the_seed_decides_the_weights(model):
    again, other = (network.llama(SHAPE, 50, 8, seed) for seed in (1, 2))
    same, different = (one.get_weights()[1] for one in (again, other))
    assert (model.get_weights()[1] == 1).all()  # a norm begins at one
    assert (again.get_weights()[2] == model.get_weights()[2]).all()
    assert (other.get_weights()[2] != model.get_weights()[2]).any() and (same == different).all()
