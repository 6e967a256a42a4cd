"""A language model opened up: what its layers leave behind and attend to, and how its answer is reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    from playbook.lm import LanguageModel

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Opened:
    """A language model whose layers lie in one stack, so that any of them can be run in any order.

    One layer is traced and the stack is walked in a loop: thirty traced layers take ten times as long to
    compile, their gradients longer still. The stack is a copy of the weights, made at the first use.
    """

    model: "LanguageModel"

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.model.backbone.transformer_layers)

    @cached_property
    def stack(self) -> list[Any]:
        """Each kind of weight of a layer, for all layers: tensors (layers, ...)."""
        import tensorflow as tf

        rows = zip(*(layer.variables for layer in self.model.backbone.transformer_layers), strict=True)
        with quiet(), tf.init_scope():  # outside of the function that may be traced just now
            return [tf.stack([variable.value for variable in row]) for row in rows]

    def within(self, layer: Any, act: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - tensors
        """Let the first layer's network act with the weights of the layer of this number."""
        import keras

        block = self.model.backbone.transformer_layers[0]
        weights = [(kept, kind[layer]) for kept, kind in zip(block.variables, self.stack, strict=True)]
        with keras.StatelessScope(state_mapping=weights):
            return act(block)

    def _step(self, hidden: Any, layer: Any) -> Any:  # noqa: ANN401
        return self.within(layer, lambda block: block(hidden))

    def embed(self, ids: np.ndarray) -> np.ndarray:
        """Look up the embeddings (texts, tokens, width) of token ids (texts, tokens)."""
        return self.model.backbone.token_embedding.embeddings.numpy()[ids]

    def _compiled(self, function: Callable, *kinds: Any) -> Callable:  # noqa: ANN401
        import tensorflow as tf

        width = self.model.backbone.hidden_dim
        signature = [tf.TensorSpec([None, None, width], tf.float32), *kinds]
        traced = tf.function(function, input_signature=signature, autograph=False)

        def call(*tensors: Any) -> Any:  # noqa: ANN401
            with quiet():  # traced at the first call, when oneDNN says what this processor has not
                return traced(*tensors)

        return call

    @cached_property
    def walk(self) -> Callable:
        """Hidden states (1 + steps, texts, tokens, width): the given ones, and those after each layer run."""
        import tensorflow as tf

        def walk(hidden: tf.Tensor, order: tf.Tensor) -> tf.Tensor:
            return tf.concat([hidden[None], tf.scan(self._step, order, hidden)], 0)

        return self._compiled(walk, tf.TensorSpec([None], tf.int32))

    def read(self, hidden: Any) -> Any:  # noqa: ANN401
        """Logits of hidden states (..., width), as the last layer's are read: norm, then the tied head."""
        return self.model.backbone.token_embedding(self.model.backbone.layer_norm(hidden), reverse=True)

    @cached_property
    def losses(self) -> Callable:
        """Cross entropy in nats (texts, tokens - 1) of token ids, read from hidden states of any layer."""
        import tensorflow as tf

        def losses(hidden: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(ids[:, 1:], self.read(hidden[:, :-1]))

        return self._compiled(losses, tf.TensorSpec([None, None], tf.int32))

    @cached_property
    def answer(self) -> Callable:
        """Log-probability (texts,), in nats, of one token to come next, from embeddings and its id."""
        import tensorflow as tf

        def answer(hidden: tf.Tensor, token: tf.Tensor) -> tf.Tensor:
            last = tf.foldl(self._step, tf.range(self.depth), hidden)[:, -1]
            return tf.nn.log_softmax(self.read(last))[:, token]

        return self._compiled(answer, tf.TensorSpec([], tf.int32))

    @cached_property
    def slope(self) -> Callable:
        """Gradient (texts, tokens, width) of `answer` in the embeddings."""
        import tensorflow as tf

        def slope(hidden: tf.Tensor, token: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                tape.watch(hidden)
                score = self.answer(hidden, token)
            return tape.gradient(score, hidden)

        return self._compiled(slope, tf.TensorSpec([], tf.int32))


def states(opened: Opened, ids: np.ndarray, layers: Sequence[int] | None = None) -> np.ndarray:
    """Hidden states (1 + layers, texts, tokens, width) of ids (texts, tokens): the embedding comes first.

    `layers` names those that are run, in order; all of them without it. Raises PlaybookError for a layer
    that the model does not have.
    """
    order = np.arange(opened.depth) if layers is None else np.asarray(layers, dtype=np.int32)
    if not order.size or order.min() < 0 or order.max() >= opened.depth:
        raise PlaybookError(
            f"{opened.model.name} has the layers 0 to {opened.depth - 1}: name one or more of them."
        )
    return opened.walk(opened.embed(ids), order.astype(np.int32)).numpy()


def end_of_text(model: "LanguageModel") -> int:
    """Id of the token that separates texts."""
    return model.tokenizer.token_to_id("<|endoftext|>")


def attention_weights(opened: Opened, ids: NDArray[np.int32]) -> Floats:
    """How much each place attends to each one before it: (layers, heads, tokens, tokens), rows sum to 1."""
    import tensorflow as tf

    hidden = opened.walk(opened.embed(ids[None]), np.arange(opened.depth, dtype=np.int32))
    rows = []
    for layer in range(opened.depth):
        with quiet():
            scores = opened.within(layer, lambda block, h=hidden[layer]: _scores(block, h))[0].numpy()
        scores[:, *np.triu_indices(len(ids), 1)] = -np.inf
        rows.append(tf.nn.softmax(scores).numpy())
    return np.array(rows)


def _scores(block, hidden):  # noqa: ANN001, ANN202 - a layer of Keras-hub and a tensor
    # Keras-hub gives its attention weights to nobody: its own parts make them once more
    import tensorflow as tf

    attention, x = block._self_attention_layer, block._self_attention_layernorm(hidden)
    query, key = (
        attention.rotary_embedding_layer(dense(x)) for dense in (attention._query_dense, attention._key_dense)
    )
    key = tf.repeat(key, attention.num_key_value_groups, axis=2)
    return tf.einsum("bquh,bkuh->buqk", query, key) * attention._inv_norm_factor


def rollout(weights: Floats) -> Floats:
    """Attention of the last place to each token (tokens,), followed down through the layers.

    Half of each layer's attention is taken to stay where it is, for the residual connection; heads are
    averaged. weights: (layers, heads, tokens, tokens). Source: Abnar and Zuidema 2020.

    >>> rollout(np.array([[[[1, 0], [0.5, 0.5]]]])).tolist()
    [0.25, 0.75]
    """
    flow = np.eye(weights.shape[-1])
    for layer in weights.mean(axis=1):
        flow = (layer + np.eye(len(layer))) / 2 @ flow
    return flow[-1]
