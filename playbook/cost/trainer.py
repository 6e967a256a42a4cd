"""Trains one small network again and again in a graph that is compiled once: for comparing ways to train."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from playbook.cost.ladder import BATCH, SEQUENCE
from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from playbook.lm import LanguageModel


def schedule(steps: int, peak: float) -> np.ndarray:
    """Learning rate of each step: a linear warm-up over a tenth of them, then a cosine down to a tenth.

    >>> [round(float(rate), 2) for rate in schedule(5, 1.0)]
    [1.0, 0.87, 0.55, 0.23, 0.1]
    """
    warm = max(1, steps // 10)
    up = np.arange(1, warm + 1) / warm
    down = 0.55 + 0.45 * np.cos(np.pi * np.arange(1, steps - warm + 1) / max(1, steps - warm))
    return (peak * np.concatenate([up, down])).astype(np.float32)


def windows(ids: np.ndarray, tokens: int, batch: int = BATCH, seed: int = 0) -> np.ndarray:
    """Draw training windows (steps, batch, SEQUENCE + 1) of the stream `ids`, `tokens` predictions in all.

    Raises PlaybookError when the stream is shorter than a window, or the budget than a step.

    >>> windows(np.arange(100), tokens=1024, batch=4).shape
    (4, 4, 65)
    """
    steps = tokens // (batch * SEQUENCE)
    if steps < 1 or len(ids) <= SEQUENCE:
        raise PlaybookError(
            f"cannot train on {tokens} tokens of a stream of {len(ids)}: one step takes {batch * SEQUENCE}."
        )
    starts = np.random.default_rng(seed).integers(len(ids) - SEQUENCE, size=(steps, batch, 1))
    return np.asarray(ids, np.int32)[starts + np.arange(SEQUENCE + 1)]


class Trainer:
    """Trains copies of a model with one optimiser, again and again, in a graph that is compiled once.

    `state_bytes`: what the optimiser keeps beside the weights, in bytes a parameter. dtype: a Keras policy.
    """

    def __init__(
        self, model: "LanguageModel", chosen: "keras.optimizers.Optimizer", dtype: str = "float32"
    ) -> None:
        from playbook.lm.model import LanguageModel

        config = model.backbone.get_config() | {"dtype": dtype, "tie_word_embeddings": True}
        with quiet():
            twin = type(model.backbone).from_config(config)
            chosen.build(twin.trainable_variables)
        self.model = LanguageModel(twin, model.tokenizer, model.name, model.context)
        self._start = model.backbone.get_weights()
        self._states = [(variable, variable.numpy()) for variable in chosen.variables]
        arrays = [value for _, value in self._states if value.ndim]  # not the counters
        self.state_bytes = sum(array.nbytes for array in arrays) / model.parameters
        self._run = _compiled(self.model, chosen)

    def train(
        self, batches: np.ndarray, rates: np.ndarray, start: list[np.ndarray] | None = None
    ) -> np.ndarray:
        """Train from the model's weights or `start` on `batches` (steps, batch, ids); give each loss."""
        self.model.backbone.set_weights(self._start if start is None else start)
        for variable, value in self._states:
            variable.assign(value)
        with quiet():
            return self._run(batches, rates).numpy()


def _compiled(model: "LanguageModel", chosen: "keras.optimizers.Optimizer") -> Callable:
    # all steps in one call: a call for every step would cost more than the step
    import tensorflow as tf

    weights = model.backbone.trainable_variables
    signature = [tf.TensorSpec([None, None, None], tf.int32), tf.TensorSpec([None], tf.float32)]

    @tf.function(input_signature=signature, autograph=False)
    def run(batches: "tf.Tensor", rates: "tf.Tensor") -> "tf.Tensor":
        def step(_: "tf.Tensor", now: tuple) -> "tf.Tensor":
            chosen.learning_rate.assign(now[1])
            with tf.GradientTape() as tape:
                loss = tf.cast(tf.reduce_mean(model.losses(now[0])), tf.float32)
            chosen.apply(tape.gradient(loss, [weight.value for weight in weights]), weights)
            return loss

        return tf.scan(step, (batches, rates), initializer=0.0)

    return run
