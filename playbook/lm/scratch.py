"""A language model small enough to train in minutes: a tokenizer of the corpus and a fresh Llama network."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from playbook.lm.model import LanguageModel

END_OF_TEXT = "<|endoftext|>"
CONTEXT = 512

Shape = tuple[int, int, int, int, int]

# size: layers, width, query heads, key-value heads, feed-forward width; with a vocabulary of 4,096 these have
# 295,344, 1,041,280, 3,148,224 and 7,766,080 parameters
SIZES: dict[str, Shape] = {
    "0.3M": (4, 48, 3, 1, 128),
    "1M": (3, 128, 4, 2, 320),
    "3M": (6, 192, 6, 2, 512),
    "8M": (6, 320, 10, 2, 864),
}


def train_tokenizer(texts: Iterable[str], vocabulary: int = 4096) -> "Tokenizer":
    """Byte-level byte-pair tokenizer of `vocabulary` tokens: 256 bytes, one end of text, frequent merges.

    A corpus that has too few pairs gives a smaller vocabulary. Source: Sennrich et al. 2016 (byte-pair
    encoding), on bytes as in GPT-2, so that every text has tokens.

    >>> tokenizer = train_tokenizer(["low lower lowest"] * 9, vocabulary=260)
    >>> tokenizer.encode("lowly").tokens
    ['low', 'l', 'y']
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    if vocabulary < 257:
        raise PlaybookError(f"a byte-level vocabulary has 257 tokens or more, got {vocabulary}.")
    texts = [text for text in texts if text]
    if not texts:
        raise PlaybookError("there is no text to train a tokenizer on: pass a list of non-empty strings.")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode(tokenizer: "Tokenizer", texts: Iterable[str]) -> np.ndarray:
    """All texts as one stream of token ids (int32), each followed by end of text: what `train` reads.

    >>> tokenizer = train_tokenizer(["a b"], vocabulary=257)
    >>> [tokenizer.id_to_token(i) for i in encode(tokenizer, ["ab", "c"])]
    ['a', 'b', '<|endoftext|>', 'c', '<|endoftext|>']
    """
    end = tokenizer.token_to_id(END_OF_TEXT)
    rows = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return np.fromiter((i for row in rows for i in (*row.ids, end)), np.int32)


def tiny(tokenizer: "Tokenizer", size: str | Shape = "1M", seed: int = 0) -> "LanguageModel":
    """Make a Llama network with random weights for this tokenizer; `size` is one of SIZES, or such numbers.

    The same seed gives the same weights. With a vocabulary of 4,096 the sizes have 295,344, 1,041,280,
    3,148,224 and 7,766,080 parameters. Raises PlaybookError for another name.
    """
    from playbook.lm.model import LanguageModel

    if isinstance(size, str) and size not in SIZES:
        near = get_close_matches(size, SIZES, n=1, cutoff=0.3)
        hint = f"did you mean {near[0]}? " if near else ""
        raise PlaybookError(
            f"there is no tiny model of size {size!r}: {hint}the sizes are {', '.join(SIZES)}."
        )
    shape = SIZES[size] if isinstance(size, str) else size
    layers, width, heads, groups, feed_forward = shape
    with quiet():
        import keras
        from keras_hub.models import LlamaBackbone

        keras.utils.set_random_seed(seed)
        backbone = LlamaBackbone(
            vocabulary_size=tokenizer.get_vocab_size(),
            num_layers=layers,
            num_query_heads=heads,
            hidden_dim=width,
            intermediate_dim=feed_forward,
            num_key_value_heads=groups,
            tie_word_embeddings=True,
        )
    name = size if isinstance(size, str) else f"{layers}x{width}"
    return LanguageModel(backbone, tokenizer, name=f"tiny-{name}", context=CONTEXT)
