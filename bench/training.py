"""Compares training in Keras with a plain PyTorch loop of the same model, and generating with llama.cpp.

PyTorch is optional (`make frameworks`) and runs in a process of its own: two libraries that both take all
processors should not share one. `python bench/training.py 3M` takes a larger model.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playbook import inputs, lm
from playbook.cost import backends
from playbook.silence import quiet

if TYPE_CHECKING:
    import torch

BATCH, SEQUENCE, STEPS, ROUNDS = 16, 128, 24, 3
AT_MOST_APART = 1e-3  # nats a token: else it is not the same model
NEW_TOKENS = 64


def training(size: str) -> bool:
    """Print tokens a second of both loops, the best of some rounds; False when the models differ."""
    with quiet():
        texts = inputs.docstrings()["text"].head(3000)
        tokenizer = lm.train_tokenizer(texts)
        ids, model = lm.encode(tokenizer, texts), lm.tiny(tokenizer, size)
    tokens = STEPS * BATCH * SEQUENCE
    keras = max(lm.train(model, ids, tokens=tokens, cache=False).tokens_per_second for _ in range(ROUNDS))
    print(f"training {model.parameters:,} parameters, {BATCH} x {SEQUENCE} tokens a step")
    print(f"Keras on TensorFlow  {keras:8,.0f} tokens/s")
    if backends.installed()["torch"] is None:
        print(backends.missing())
        return True
    windows = ids[: BATCH * (SEQUENCE + 1)].reshape(BATCH, -1)
    config = {k: v for k, v in model.backbone.get_config().items() if isinstance(v, int | float)}
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.npz"
        np.savez(given, *model.backbone.get_weights(), windows=windows)
        command = [sys.executable, __file__, "child", str(given), json.dumps(config)]
        torch = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    apart = abs(torch["loss"] - np.mean([lm.loss(model, row).mean() for row in windows]))
    print(f"plain PyTorch loop   {torch['speed']:8,.0f} tokens/s")
    print(f"ratio {keras / torch['speed']:.2f}; losses before training {apart:.1e} nats apart, ", end="")
    print(f"wanted: {AT_MOST_APART:g} or less")
    return apart <= AT_MOST_APART


def train_with_torch(given: str, config: dict) -> None:
    """Be the process that trains with PyTorch: print its loss before training, and tokens a second."""
    sys.path.append(str(backends.FOLDER))
    import torch
    from torch.nn.functional import cross_entropy

    with np.load(given, allow_pickle=False) as kept:
        windows = torch.tensor(kept["windows"], dtype=torch.long)
        weights = [torch.nn.Parameter(torch.tensor(kept[f"arr_{i}"])) for i in range(len(kept.files) - 1)]
    optimizer = torch.optim.AdamW(weights, lr=3e-3, weight_decay=0.1, betas=(0.9, 0.95), eps=1e-7)

    def step() -> float:
        optimizer.zero_grad()
        logits = llama(weights, windows[:, :-1], config)
        loss = cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    first, seconds = step(), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(STEPS):
            step()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"loss": first, "speed": STEPS * BATCH * SEQUENCE / min(seconds)}))


def llama(weights: list["torch.Tensor"], ids: "torch.Tensor", config: dict) -> "torch.Tensor":
    """Logits of the Llama whose weights stand in KerasHub's order: the embedding, nine a block, a norm."""
    import torch
    from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu

    embedding, *blocks, last = weights
    width, epsilon = config["hidden_dim"], config["layer_norm_epsilon"]
    groups = config["num_query_heads"] // config["num_key_value_heads"]
    x = embedding[ids]
    for start in range(0, len(blocks), 9):
        q, k, v, out, norm, up, gate, down, second_norm = blocks[start : start + 9]
        y = rms_norm(x, (width,), norm, epsilon)
        query, key, value = (torch.einsum("bsw,whd->bhsd", y, matrix) for matrix in (q, k, v))
        query, key = (rotate(part, config["rope_max_wavelength"]) for part in (query, key))
        key, value = (part.repeat_interleave(groups, 1) for part in (key, value))
        mixed = scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + torch.einsum("bhsd,hdw->bsw", mixed, out)
        y = rms_norm(x, (width,), second_norm, epsilon)
        x = x + (silu(y @ gate) * (y @ up)) @ down
    return rms_norm(x, (width,), last, epsilon) @ embedding.T


def rotate(x: "torch.Tensor", base: float) -> "torch.Tensor":
    """Give queries or keys (texts, heads, tokens, width of a head) their rotary positions."""
    import torch

    left, right = x.chunk(2, dim=-1)
    half = left.shape[-1]
    angles = torch.outer(torch.arange(x.shape[2]), base ** -(torch.arange(half) / half))
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([left * cos - right * sin, right * cos + left * sin], dim=-1)


def generation() -> None:
    """Print tokens a second that SmolLM2 writes in KerasHub and in llama.cpp, each after a first call."""
    with quiet():
        from keras_hub.models import LlamaCausalLM

        model = lm.load()
    prompt = np.array([lm.tokenize(model, "Write a long story about a cat.")])
    network = LlamaCausalLM(model.backbone, preprocessor=None)
    length = prompt.shape[1] + NEW_TOKENS
    padded = np.pad(prompt, ((0, 0), (0, NEW_TOKENS)))
    given = {"token_ids": padded, "padding_mask": (np.arange(length) < prompt.shape[1]).astype("int32")[None]}
    seconds = []
    for _ in range(2):  # the first call compiles
        start = time.perf_counter()
        with quiet():
            network.generate(given, max_length=length, stop_token_ids=None)
        seconds.append(time.perf_counter() - start)
    keras = NEW_TOKENS / seconds[1]
    lm.generate("Hello", max_tokens=1)
    start = time.perf_counter()
    answer = lm.generate("Write a long story about a cat.", max_tokens=NEW_TOKENS)
    llama_cpp = len(lm.tokenize(model, answer)) / (time.perf_counter() - start)
    print(f"generating with {model.parameters:,} parameters")
    print(f"KerasHub             {keras:8,.0f} tokens/s, after a first call of {seconds[0]:.0f} s")
    print(f"llama.cpp            {llama_cpp:8,.0f} tokens/s, weights of 4 bits instead of 32")
    print(f"ratio {keras / llama_cpp:.2f}")


def main(size: str = "1M") -> int:
    """Print all figures; 1 where the two trained models are not the same."""
    same = training(size)
    generation()
    return 0 if same else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        train_with_torch(sys.argv[2], json.loads(sys.argv[3]))
    else:
        sys.exit(main(*sys.argv[1:2]))
