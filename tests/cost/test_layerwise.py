"""One compiled layer gives what the whole network gives, and follows its weights."""

import numpy as np
import pytest

from playbook import PlaybookError, lm
from playbook.cost.layerwise import layerwise
from playbook.lm.model import copy_backbone

TEXTS = ["A cat sees the mat.", "The dog likes the house."] * 40


@pytest.fixture(scope="module")
def tiny():
    return lm.tiny(lm.train_tokenizer(TEXTS, 280), "0.3M")


@pytest.fixture(scope="module")
def ids(tiny):
    return lm.encode(tiny.tokenizer, TEXTS)[:60].reshape(2, 30)


def test_losses_are_those_of_the_whole_network_also_after_a_change(tiny, ids):
    losses = layerwise(tiny.backbone)
    scale = tiny.backbone.transformer_layers[2].weights[0]
    for factor in (1.0, 3.0):
        scale.assign(scale * factor)
        by_row = [lm.loss(tiny, row) for row in ids]
        np.testing.assert_allclose(losses(ids).numpy(), by_row, atol=1e-4)


def test_gradients_reach_what_lora_trains_and_nothing_else(tiny, ids):
    import tensorflow as tf

    twin = copy_backbone(tiny.backbone)
    twin.enable_lora(rank=2)
    losses = layerwise(twin)
    learned = {id(weight) for weight in twin.trainable_variables}
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(losses(ids))
    gradients = tape.gradient(loss, [weight.value for weight in twin.weights])
    for weight, gradient in zip(twin.weights, gradients, strict=True):
        in_layer = weight.path.startswith("transformer_layer")
        if in_layer:
            assert (gradient is not None) == (id(weight) in learned), weight.path


def test_what_has_no_layers_is_refused():
    with pytest.raises(PlaybookError, match="no transformer_layers"):
        layerwise(object())
