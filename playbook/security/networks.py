"""Small classifiers that are attacked, and training that attacks them in every step to harden them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

BATCH, RATE, INNER = 64, 5e-3, 7


@dataclass(frozen=True)
class Reach:
    """What an attacker can change: every feature of `free` by at most `eps`, within `low` to `high`.

    eps is in the units of the features (an l-infinity ball); free: (features,) of 0 and 1, None for all.

    >>> Reach(0.1, free=np.array([1.0, 0.0])).of(np.zeros((1, 2)), np.array([[5.0, 5.0]])).tolist()
    [[0.1, 0.0]]
    """

    eps: float
    low: float = -np.inf
    high: float = np.inf
    free: np.ndarray | None = None

    def __post_init__(self) -> None:
        if not 0 < self.eps < np.inf or not self.low < self.high:
            raise PlaybookError("an attacker's reach is an eps above 0, and low below high.")

    def of(self, x: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Give the point within reach of each row of x (rows, features) that is nearest to the wanted one."""
        moved = (wanted - x).clip(-self.eps, self.eps)
        return (x + moved * (1 if self.free is None else self.free)).clip(self.low, self.high)


def network(features: int, classes: int, seed: int = 0, hidden: int = 64) -> "keras.Model":
    """Make an untrained network of one hidden layer; it gives logits (rows, classes)."""
    with quiet():
        import keras

        keras.utils.set_random_seed(seed)
        layers = [
            keras.layers.Dense(hidden, "relu", name="hidden"),
            keras.layers.Dense(classes, name="logit"),
        ]
        return keras.Sequential([keras.Input((features,)), *layers])


def fit(
    model: "keras.Model",
    x: np.ndarray,
    y: np.ndarray,
    reach: Reach | None = None,
    epochs: int = 30,
    seed: int = 0,
) -> "keras.Model":
    """Train on rows x (n, features) and classes y (n,), and give the model.

    With `reach` every batch is first moved against the model as far as an attacker could, in 7 steps from a
    random start (adversarial training, Madry et al. 2018). ART's trainer does the same, but compiles its step
    anew for every batch, which costs minutes here.
    """
    generator, (against, step) = np.random.default_rng(seed), _compiled(model)
    x, y = np.asarray(x, np.float32), np.asarray(y, np.int32)
    batches = max(1, len(x) // BATCH)
    for _ in range(epochs):
        for part in np.array_split(generator.permutation(len(x)), batches):
            rows = x[part]
            if reach is not None:
                rows = reach.of(x[part], rows + generator.uniform(-reach.eps, reach.eps, rows.shape))
                for _ in range(INNER):
                    push = against(rows.astype(np.float32), y[part]).numpy()
                    rows = reach.of(x[part], rows + reach.eps / 3 * push)
            step(rows.astype(np.float32), y[part])
    return model


def _compiled(model: "keras.Model") -> tuple[Callable, Callable]:
    # the direction that raises each row's loss, and a step of the optimizer that lowers all of them
    import keras
    import tensorflow as tf

    optimizer, loss = keras.optimizers.Adam(RATE), tf.nn.sparse_softmax_cross_entropy_with_logits
    optimizer.build(model.trainable_variables)

    def against(rows: "tf.Tensor", classes: "tf.Tensor") -> "tf.Tensor":
        with tf.GradientTape() as tape:
            tape.watch(rows)
            value = loss(classes, model(rows))
        return tf.sign(tape.gradient(value, rows))

    def step(rows: "tf.Tensor", classes: "tf.Tensor") -> None:
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(classes, model(rows)))
        values = [variable.value for variable in model.trainable_variables]
        optimizer.apply(tape.gradient(value, values), model.trainable_variables)

    shapes = tf.TensorSpec([None, model.input_shape[1]], tf.float32), tf.TensorSpec([None], tf.int32)
    return tuple(tf.function(one, shapes, autograph=False) for one in (against, step))


def predict(model: "keras.Model", x: np.ndarray) -> np.ndarray:
    """Give the class (rows,) that the model finds most likely for each row of x."""
    return np.argmax(model(np.asarray(x, np.float32)).numpy(), axis=1)


def hidden(model: "keras.Model", x: np.ndarray) -> np.ndarray:
    """Give what the hidden layer makes of rows x: (rows, units), none below zero."""
    return model.get_layer("hidden")(np.asarray(x, np.float32)).numpy()
