"""A small Llama in Keras's own layers, with the same weights on every backend."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

ROPE_BASE = 10_000


def llama(shape: tuple[int, ...], vocabulary: int, sequence: int, seed: int = 0) -> "keras.Model":
    """Build the network: token ids (texts, `sequence`) to logits (texts, `sequence`, `vocabulary`).

    shape: layers, width, query heads, key-value heads, feed-forward width, as `playbook.lm.SIZES` has them.
    Norms, rotary positions, grouped queries and SwiGLU as in Llama (Touvron et al., arXiv:2302.13971), with
    tied embeddings. The weights are drawn with numpy: the same on every backend, which random numbers of
    Keras are not.
    """
    import keras

    layers, width, heads, groups, feed_forward = shape
    ids = keras.Input((sequence,), dtype="int32")
    embedding = keras.layers.ReversibleEmbedding(vocabulary, width)
    x = embedding(ids)
    for _ in range(layers):
        x = x + _attention(keras.layers.RMSNormalization()(x), width, heads, groups)
        y = keras.layers.RMSNormalization()(x)
        gate = keras.layers.Dense(feed_forward, "silu", use_bias=False)(y)
        y = gate * keras.layers.Dense(feed_forward, use_bias=False)(y)
        x = x + keras.layers.Dense(width, use_bias=False)(y)
    model = keras.Model(ids, embedding(keras.layers.RMSNormalization()(x), reverse=True))
    rng = np.random.default_rng(seed)
    model.set_weights([_draw(rng, weight.shape) for weight in model.weights])
    return model


def _draw(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.ones(shape) if len(shape) == 1 else rng.normal(0, 0.02, shape)


def _attention(x, width: int, heads: int, groups: int):  # noqa: ANN001, ANN202 - a tensor of whichever backend
    from keras import layers, ops

    head = width // heads
    query, key, value = (layers.Dense(n * head, use_bias=False)(x) for n in (heads, groups, groups))
    query, key, value = (
        ops.reshape(part, (-1, x.shape[1], part.shape[-1] // head, head)) for part in (query, key, value)
    )
    query, key = _rotate(query), _rotate(key)
    key, value = (ops.repeat(part, heads // groups, axis=2) for part in (key, value))
    mixed = ops.dot_product_attention(query, key, value, is_causal=True)
    return layers.Dense(width, use_bias=False)(ops.reshape(mixed, (-1, x.shape[1], width)))


def _rotate(x):  # noqa: ANN001, ANN202 - a tensor of whichever backend
    # positions as rotations of pairs of numbers (Su et al., arXiv:2104.09864)
    from keras import ops

    half = x.shape[-1] // 2
    angles = np.outer(np.arange(x.shape[1]), ROPE_BASE ** -(np.arange(half) / half))
    cos, sin = (ops.convert_to_tensor(f(angles)[:, None].astype("float32")) for f in (np.cos, np.sin))
    left, right = x[..., :half], x[..., half:]
    return ops.concatenate([left * cos - right * sin, right * cos + left * sin], axis=-1)
