"""The small Keras network that the chapter explains: trained as in the article, asked in large batches."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import keras


def build_network(
    x: ArrayLike,
    seed: int = 0,
    *,
    hidden: Sequence[int] = (16, 8),
    activation: str = "tanh",
    learning_rate: float = 0.005,
) -> "keras.Model":
    """Make an untrained network for features (n, d) in their own units, ready to `fit` on labels of 0 and 1.

    Its `predict` gives probabilities (n, 1). The first layer standardises by the mean and deviation of `x`,
    so that an explanation speaks of income and not of standard deviations.
    """
    import keras

    x = np.asarray(x, dtype="float32")
    keras.utils.set_random_seed(seed)
    scale = keras.layers.Normalization(name="scale")
    scale.adapt(x)
    deep = [keras.layers.Dense(w, activation, name=f"hidden_{n}") for n, w in enumerate(hidden, 1)]
    out = [keras.layers.Dense(1, name="logit"), keras.layers.Activation("sigmoid", name="probability")]
    model = keras.Sequential([keras.Input((x.shape[1],)), scale, *deep, *out])
    optimizer, area = keras.optimizers.Adam(learning_rate), keras.metrics.AUC(name="auc")
    # XLA, which Keras would choose by itself, compiles for longer than a network of this size trains
    model.compile(optimizer, "binary_crossentropy", metrics=[area], jit_compile=False)
    return model


def train_network(
    x: ArrayLike, y: ArrayLike, seed: int = 0, epochs: int = 10, batch: int = 64
) -> "keras.Model":
    """Train a network of two hidden layers on features (n, d) in their own units and labels (n,) of 0 and 1.

    Its `predict` gives probabilities (n, 1). Same seed, same machine: the same network.
    """
    x, y = np.asarray(x, dtype="float32"), np.asarray(y, dtype="float32")
    model = build_network(x, seed)
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
