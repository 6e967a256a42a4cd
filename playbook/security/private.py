"""A small language model trained on documents, plainly or with differential privacy (DP-SGD)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.budget import noise_for
from playbook.silence import quiet

if TYPE_CHECKING:
    import tensorflow as tf
    from tokenizers import Tokenizer

SHAPE = (2, 32, 2, 1, 96)  # layers, width, query heads, key-value heads, feed-forward: 41,120 parameters
VOCABULARY, TOKENS = 512, 33
BATCH, RATE = 32, 6e-3
EXPECTED, PRIVATE_STEPS, PRIVATE_RATE, CLIP = 48, 50, 1.5e-2, 1.0


def rows_of(tokenizer: "Tokenizer", texts: Sequence[str]) -> np.ndarray:
    """Give the first 33 tokens of each text as a row of ids (texts, at most 33), int32, zeros after its end.

    Zero is the end of text; nothing is learnt from it. Raises PlaybookError where there is no text.

    >>> from playbook.lm import train_tokenizer
    >>> rows_of(train_tokenizer(["a b"], 257), ["ab", ""]).astype(bool).sum(axis=1).tolist()
    [2, 0]
    """
    if not len(texts):
        raise PlaybookError("there is no text to make rows of: give one or more.")
    encoded = [row.ids[:TOKENS] for row in tokenizer.encode_batch(list(texts))]
    rows = np.zeros((len(encoded), max(2, *map(len, encoded))), np.int32)
    for place, ids in enumerate(encoded):
        rows[place, : len(ids)] = ids
    return rows


class Learner:
    """A network that is trained from the same start again and again: what it compiles serves every time.

    A row of ids is a document, and a document is what differential privacy protects. Fewer tokens and a
    smaller network than in the other chapters, so that a dozen trainings fit into a minute.
    """

    def __init__(self, texts: Sequence[str], seed: int = 0) -> None:
        """Make the network, random, with a tokenizer of `texts`."""
        with quiet():
            from playbook import lm

            self.tokenizer = lm.train_tokenizer(texts, VOCABULARY)
            self._backbone = lm.tiny(self.tokenizer, SHAPE, seed).backbone
            self._start = self._backbone.get_weights()
            self._compile()

    def train(self, texts: Sequence[str], epochs: int = 6, seed: int = 0) -> None:
        """Train on the texts in random order, in batches of 32, for so many epochs."""
        rows, generator = rows_of(self.tokenizer, texts), np.random.default_rng(seed)
        order = np.concatenate([generator.permutation(len(rows)) for _ in range(epochs)])
        steps = max(1, len(order) // BATCH)
        self._begin()
        with quiet():
            for step, batch in enumerate(np.array_split(order, steps)):
                self._optimizer.learning_rate = RATE * (1 - step / steps)
                self._step(rows[batch])

    def train_privately(self, texts: Sequence[str], target: float, delta: float, seed: int = 0) -> float:
        """Train with DP-SGD (Abadi et al. 2016) within epsilon `target` at `delta`; give the noise used.

        Each of 50 steps takes every text with the same chance (Poisson sampling, as the accountant assumes),
        48 in the mean, cuts each text's gradient to length 1 and adds Gaussian noise to the sum. What is
        protected is one text: of a text that is there n times, each copy. Raises PlaybookError where the
        epsilon cannot be reached.
        """
        import keras

        rows, generator = rows_of(self.tokenizer, texts), np.random.default_rng(seed)
        rate = min(1.0, EXPECTED / len(rows))
        noise = noise_for(target, rate, PRIVATE_STEPS, delta)
        self._begin()
        keras.utils.set_random_seed(seed)
        with quiet():
            for step in range(PRIVATE_STEPS):
                drawn = rows[generator.random(len(rows)) < rate]
                self._optimizer.learning_rate = PRIVATE_RATE * (1 - step / PRIVATE_STEPS)
                self._private_step(drawn, np.float32(noise), np.float32(rate * len(rows)))
        return noise

    def token_losses(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Give for each text the losses in nats of its first tokens, each given those before it."""
        rows = rows_of(self.tokenizer, texts)
        parts = [self._losses(rows[i : i + 2048]).numpy() for i in range(0, len(rows), 2048)]
        counted = rows[:, 1:] > 0
        return [losses[keep] for losses, keep in zip(np.concatenate(parts), counted, strict=True)]

    def losses(self, texts: Sequence[str]) -> np.ndarray:
        """Give the mean loss in nats a token of each text (texts,)."""
        return np.array([one.mean() for one in self.token_losses(texts)])

    def _begin(self) -> None:
        self._backbone.set_weights(self._start)
        for variable in self._optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def _compile(self) -> None:
        import keras
        import tensorflow as tf

        self._variables = self._backbone.trainable_variables
        self._optimizer = keras.optimizers.Adam(RATE)
        self._optimizer.build(self._variables)
        some, number = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([], tf.float32)
        self._losses = tf.function(self._row_losses, [some], autograph=False)
        self._step = tf.function(lambda rows: self._apply(self._gradient(rows)), [some], autograph=False)
        self._private_step = tf.function(self._private, [some, number, number], autograph=False)

    def _row_losses(self, rows: "tf.Tensor") -> "tf.Tensor":
        import tensorflow as tf

        from playbook.lm.model import next_token_logits

        logits = next_token_logits(self._backbone, rows[:, :-1])
        every = tf.nn.sparse_softmax_cross_entropy_with_logits(rows[:, 1:], logits)
        return every * tf.cast(rows[:, 1:] > 0, tf.float32)

    def _gradient(self, rows: "tf.Tensor") -> "list[tf.Tensor]":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            counted = tf.math.count_nonzero(rows[:, 1:], dtype=tf.float32)
            loss = tf.reduce_sum(self._row_losses(rows)) / tf.maximum(counted, 1.0)
        values = [variable.value for variable in self._variables]
        return [tf.convert_to_tensor(part) for part in tape.gradient(loss, values)]

    def _apply(self, gradient: "list[tf.Tensor]") -> None:
        self._optimizer.apply(gradient, self._variables)

    def _private(self, rows: "tf.Tensor", noise: "tf.Tensor", expected: "tf.Tensor") -> None:
        import tensorflow as tf

        # one text after the other: TensorFlow's vectorized_map crashes on this network
        clipped = tf.map_fn(
            lambda row: tf.clip_by_global_norm(self._gradient(row[None]), CLIP)[0],
            rows,
            fn_output_signature=[tf.float32] * len(self._variables),
        )
        sums = [tf.reduce_sum(part, axis=0) for part in clipped]
        noisy = [part + CLIP * noise * tf.random.normal(tf.shape(part)) for part in sums]
        self._apply([part / expected for part in noisy])
