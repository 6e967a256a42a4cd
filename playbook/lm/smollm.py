"""SmolLM2-135M-Instruct out of one GGUF file: its weights into a Keras network, its tokenizer rebuilt."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from playbook import inputs
from playbook.lm.model import LanguageModel
from playbook.silence import quiet

if TYPE_CHECKING:
    from gguf import GGUFReader
    from tokenizers import Tokenizer

# Keras name of a weight inside a decoder block: its name in the file
BLOCK = {
    "self_attention_layernorm/scale": "attn_norm",
    "self_attention/query/kernel": "attn_q",
    "self_attention/key/kernel": "attn_k",
    "self_attention/value/kernel": "attn_v",
    "self_attention/attention_output/kernel": "attn_output",
    "feedforward_layernorm/scale": "ffn_norm",
    "feedforward_intermediate_dense/kernel": "ffn_up",
    "feedforward_gate_dense/kernel": "ffn_gate",
    "feedforward_output_dense/kernel": "ffn_down",
}
CONTROL = 3  # the token type of <|im_start|> and its like


def load() -> LanguageModel:
    """SmolLM2-135M-Instruct (Allal et al. 2025, Apache-2.0), 134,515,008 parameters, context 8,192 tokens.

    The weights are those of the 4-bit file in 32-bit floats: the network computes with full precision what
    llama.cpp computes with 4- and 8-bit integers. Takes about 5 s and 600 MB. Raises PlaybookError when the
    file is not there (`playbook fetch` gets it).
    """
    from gguf import GGUFReader, dequantize

    file = GGUFReader(inputs.path("smollm2"))
    meta = {key: field.contents() for key, field in file.fields.items() if key.startswith("llama.")}
    with quiet():
        from keras_hub.models import LlamaBackbone

        backbone = LlamaBackbone(
            vocabulary_size=meta["llama.vocab_size"],
            num_layers=meta["llama.block_count"],
            num_query_heads=meta["llama.attention.head_count"],
            num_key_value_heads=meta["llama.attention.head_count_kv"],
            hidden_dim=meta["llama.embedding_length"],
            intermediate_dim=meta["llama.feed_forward_length"],
            rope_max_wavelength=meta["llama.rope.freq_base"],
            layer_norm_epsilon=meta["llama.attention.layer_norm_rms_epsilon"],
            tie_word_embeddings=True,
        )
    tensors = {tensor.name: tensor for tensor in file.tensors}
    head = meta["llama.rope.dimension_count"]

    def read(name: str) -> np.ndarray:
        return _as_keras(dequantize(tensors[name].data, tensors[name].tensor_type), name, head)

    with ThreadPoolExecutor() as pool:  # numpy leaves the interpreter free while it computes
        names = [_name(variable.path) for variable in backbone.weights]
        for variable, weight in zip(backbone.weights, pool.map(read, names), strict=True):
            variable.assign(weight.reshape(variable.shape))
    return LanguageModel(backbone, tokenizer(file), "SmolLM2-135M-Instruct", meta["llama.context_length"])


def _name(path: str) -> str:
    layer, _, part = path.partition("/")
    if part in BLOCK:
        return f"blk.{layer.removeprefix('transformer_layer_')}.{BLOCK[part]}.weight"
    return {"token_embedding": "token_embd.weight", "sequence_output_layernorm": "output_norm.weight"}[layer]


def _as_keras(weight: np.ndarray, name: str, head: int) -> np.ndarray:
    # the file keeps a matrix as (out, in), Keras as (in, out); the embedding is a table in both
    if name.endswith((".attn_q.weight", ".attn_k.weight")):
        # llama.cpp rotates rows 2i and 2i + 1 of a head together, Keras rows i and i + head / 2
        weight = weight.reshape(-1, head // 2, 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)
    return weight if name == "token_embd.weight" else weight.T


def tokenizer(file: "GGUFReader") -> "Tokenizer":
    """Rebuild the byte-level byte-pair tokenizer (each digit a token) that the file's metadata describe."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens, types, merges = (
        file.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type", "merges")
    )
    vocabulary = {token: i for i, token in enumerate(tokens)}
    bpe = Tokenizer(models.BPE(vocabulary, [tuple(pair.split(" ")) for pair in merges]))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens(
        [AddedToken(t, normalized=False) for t, kind in zip(tokens, types, strict=True) if kind == CONTROL]
    )
    return bpe
