"""The small Keras network that the chapter explains: trained as in the article, asked in large batches."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import keras


def train_network(
    x: ArrayLike, y: ArrayLike, seed: int = 0, epochs: int = 10, batch: int = 64
) -> "keras.Model":
    """Train a network of two hidden layers on features (n, d) in their own units and labels (n,) of 0 and 1.

    Its `predict` gives probabilities (n, 1). The first layer standardises, so that an explanation speaks of
    income and not of standard deviations. Same seed, same machine: the same network.
    """
    import keras

    x, y = np.asarray(x, dtype="float32"), np.asarray(y, dtype="float32")
    keras.utils.set_random_seed(seed)
    scale = keras.layers.Normalization()
    scale.adapt(x)
    hidden = [keras.layers.Dense(width, activation="tanh") for width in (16, 8)]
    out = [keras.layers.Dense(1, name="logit"), keras.layers.Activation("sigmoid", name="probability")]
    model = keras.Sequential([keras.Input((x.shape[1],)), scale, *hidden, *out])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy")
    model.fit(x, y, epochs=epochs, batch_size=batch, verbose=0)
    return model


def predictor(
    model: "keras.Model", output: Literal["probability", "logit"] = "probability"
) -> Callable[[ArrayLike], NDArray[np.float32]]:
    """Compile the network to a function of rows (n, d) that gives (n,) in the output space named.

    It takes as many rows at once as memory holds, where `model.predict` walks them in batches of 32.
    """
    import keras
    import tensorflow as tf

    inner = keras.Model(model.inputs, model.get_layer(output).output)
    rows = tf.TensorSpec((None, model.input_shape[1]), tf.float32)
    compiled = tf.function(lambda x: inner(x, training=False)[:, 0]).get_concrete_function(rows)
    return lambda x: compiled(tf.constant(np.asarray(x), tf.float32)).numpy()
