"""A language model to look inside: a Llama network in Keras, its tokenizer, and what it thinks of a text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    from keras_hub.models import LlamaBackbone
    from tokenizers import Tokenizer


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A Llama network with tied embeddings and the tokenizer it was trained with.

    `context` is the longest text, in tokens, that the network was made for. The compiled forward pass follows
    weights that are assigned anew; after a change of layers (quantize, LoRA) make a new LanguageModel.
    """

    backbone: "LlamaBackbone"
    tokenizer: "Tokenizer"
    name: str
    context: int

    @property
    def parameters(self) -> int:
        """Number of weights; the embedding serves as input and as output and counts once."""
        return self.backbone.count_params()

    @cached_property
    def forward(self) -> Callable:
        """Logits (texts, tokens, vocabulary) of token ids (texts, tokens), compiled once for every length."""
        import tensorflow as tf

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)], autograph=False)
        def forward(ids: tf.Tensor) -> tf.Tensor:
            return next_token_logits(self.backbone, ids)

        return forward

    @cached_property
    def losses(self) -> Callable:
        """Cross entropy in nats (texts, tokens - 1) of each token given those before it."""
        import tensorflow as tf

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)], autograph=False)
        def losses(ids: tf.Tensor) -> tf.Tensor:
            predicted = next_token_logits(self.backbone, ids[:, :-1])
            return tf.nn.sparse_softmax_cross_entropy_with_logits(ids[:, 1:], predicted)

        return losses


def next_token_logits(backbone: "LlamaBackbone", ids):  # noqa: ANN001, ANN201 - a tensor of whichever kind
    """Scores of every token of the vocabulary to come after each of `ids` (texts, tokens)."""
    from keras import ops

    hidden = backbone({"token_ids": ids, "padding_mask": ops.ones_like(ids)})
    return backbone.token_embedding(hidden, reverse=True)


def copy_backbone(backbone: "LlamaBackbone") -> "LlamaBackbone":
    """Make a second network with the same shape and weights, in the strategy scope that is open."""
    # keras-hub 0.32 leaves the tie out of get_config: the copy would get an output matrix of its own
    config = backbone.get_config() | {"tie_word_embeddings": backbone.tie_word_embeddings}
    with quiet():
        twin = type(backbone).from_config(config)
        for mine, theirs in zip(twin.weights, backbone.weights, strict=True):
            mine.assign(theirs)  # set_weights would go by way of two more copies in memory
    return twin


def tokenize(model: LanguageModel, text: str) -> list[int]:
    """Token ids of a text; a special token written out in it, such as `<|im_start|>`, becomes that token.

    Raises PlaybookError when the text is not valid Unicode (half of a surrogate pair).
    """
    try:
        return model.tokenizer.encode(text, add_special_tokens=False).ids
    except (UnicodeEncodeError, TypeError) as error:
        raise PlaybookError(f"the text cannot be tokenized ({error}): pass a str of valid Unicode.") from None


def detokenize(model: LanguageModel, ids: Sequence[int]) -> str:
    """Give the text of token ids; `detokenize(model, tokenize(model, text)) == text`.

    SmolLM2 has no token for six control characters (4, 6, 19, 20, 22, 29) and drops them, as llama.cpp does.
    """
    return model.tokenizer.decode([int(i) for i in ids], skip_special_tokens=False)


def logits(model: LanguageModel, ids: Sequence[int]) -> np.ndarray:
    """Scores (tokens, vocabulary) of every token to come next; row t has seen ids[0] to ids[t] and no more.

    The most likely continuation is `logits(model, ids)[-1].argmax()`. Raises PlaybookError for an empty text,
    one longer than the model's context, or an id outside the vocabulary.
    """
    return model.forward(_checked(model, ids, 1, model.context)[None]).numpy()[0]


def loss(model: LanguageModel, ids: Sequence[int]) -> np.ndarray:
    """Loss in nats of each predicted token, length tokens - 1: entry t is -log p(ids[t + 1] | ids[0..t]).

    The exponential of its mean is the perplexity. Raises PlaybookError as `logits` does.
    """
    return model.losses(_checked(model, ids, 2, model.context)[None]).numpy()[0]


def mean_loss(model: LanguageModel, ids: Sequence[int], sequence: int = 128) -> float:
    """Mean loss in nats a token of a text of any length, read in windows of `sequence` predictions.

    Every token but the first is predicted once; a window knows nothing of the one before it.
    """
    if not 1 <= sequence < model.context:
        raise PlaybookError(f"sequence is from 1 to {model.context - 1:,} for {model.name}, got {sequence}.")
    ids = _checked(model, ids, 2, None)
    last = (len(ids) - 1) // sequence * sequence
    windows = [ids[i : i + sequence + 1] for i in range(0, last, sequence)]
    # eight at a time bound the memory of a large vocabulary
    batches = [np.stack(windows[i : i + 8]) for i in range(0, len(windows), 8)]
    if last < len(ids) - 1:
        batches.append(ids[None, last:])
    return sum(model.losses(batch).numpy().sum(dtype=float) for batch in batches) / (len(ids) - 1)


def _checked(model: LanguageModel, ids: Sequence[int], at_least: int, at_most: int | None) -> np.ndarray:
    row, size = np.asarray(ids), model.backbone.vocabulary_size
    if row.ndim != 1 or not at_least <= len(row) <= (at_most or len(row)):
        raise PlaybookError(
            f"{model.name} takes one list of {at_least} to {at_most or 'any number of'} token ids, "
            f"got {row.shape}: shorten the text, or use mean_loss, which reads long texts in windows."
        )
    if row.dtype.kind not in "iu" or row.min() < 0 or row.max() >= size:
        raise PlaybookError(f"token ids of {model.name} are whole numbers from 0 to {size - 1:,}.")
    return row.astype(np.int32)
