"""Runs a network of equal layers through one compiled layer: a changed network costs no new trace."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from keras_hub.models import LlamaBackbone


def layerwise(backbone: "LlamaBackbone") -> Callable:
    """Give the function losses(ids) -> nats (texts, tokens - 1), of a network of equal layers.

    One layer is compiled, its weights passed in, and all run through it: a trace of one second where the
    whole network takes seven, 33 with gradients. It follows weights that are assigned anew. Gradients reach
    trainable weights alone, so that a frozen one costs no operation backward. Raises PlaybookError for a
    network without transformer layers.
    """
    import tensorflow as tf

    layers = getattr(backbone, "transformer_layers", None)
    if not layers:
        raise PlaybookError("this network has no transformer_layers: give the backbone of a language model.")

    def weights(layer: "keras.Layer") -> list["keras.Variable"]:
        return [*layer.trainable_variables, *layer.non_trainable_variables]

    cut = len(layers[0].trainable_variables)
    # what LoRA trains counts as trainable in the network, and not in the layer that it freezes
    learns = {id(weight) for weight in backbone.trainable_variables}
    frozen = [id(weight) not in learns for weight in weights(layers[0])]

    @tf.function(autograph=False)
    def layer(values: list["tf.Tensor"], x: "tf.Tensor") -> "tf.Tensor":
        values = [tf.stop_gradient(v) if still else v for v, still in zip(values, frozen, strict=True)]
        return layers[0].stateless_call(values[:cut], values[cut:], x, training=False)[0]

    def losses(ids: np.ndarray) -> "tf.Tensor":
        x = backbone.token_embedding(ids[:, :-1])
        for one in layers:
            x = layer([tf.convert_to_tensor(weight.value) for weight in weights(one)], x)
        logits = backbone.token_embedding(backbone.layer_norm(x), reverse=True)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(ids[:, 1:], logits)

    return losses
