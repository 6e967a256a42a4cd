"""SmolLM2 in Keras is the model that llama.cpp runs: same tokens, same losses, same choices."""

import json
import unicodedata
import urllib.request

import numpy as np
import pytest

from playbook import lm

WORDS = {
    "English": "It isn't what we'd expected, they're sure: 3.5% of $1,024 – \"quoted\" and re-used ...",
    "Chinese": "大模型公司如何确保训练数据的质量和合法性?清洗、标注与隐私,2024年3月。『引号』,１２３",
    "code": "def f(x: int):\n\treturn f'{x:>08.3f}'  # naïve\n\nfor i in range(10):\r\n    print(i)\n\n\n",
    "emoji": "👍🏽 ok 👩\u200d👧 🇨🇳 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 e\u0301 \u200b\u00a0\u3000 ½ ² Ⅷ ٣ 😀😀",
}


def varied() -> list[str]:
    """200 strings: pieces of every kind, cut anywhere, turned around and mixed."""
    rng = np.random.default_rng(0)
    strings = list(WORDS.values()) + [unicodedata.normalize("NFD", text) for text in WORDS.values()]
    while len(strings) < 200:
        pieces = []
        for text in rng.choice(list(WORDS.values()), rng.integers(1, 4)):
            start, length = rng.integers(len(text)), rng.integers(1, 60)
            pieces.append(text[start : start + length][:: rng.choice([1, 1, 1, -1])])
        strings.append(rng.choice(["", " ", "\n", "  "]).join(pieces))
    return strings


def score(engine, window: list[int]) -> list[tuple[float, int]]:
    """llama.cpp's loss of each token after the first, and the token that it found most likely."""
    scores = []
    for i in range(1, len(window)):
        # a bias forces the token that comes next; the probabilities are those before the bias
        request = {
            "prompt": window[:i],
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": 1,
            "cache_prompt": True,
        }
        answer = engine.handle_completions(request | {"logit_bias": [[window[i], 1000.0]]})
        (token,) = answer["choices"][0]["logprobs"]["content"]
        assert token["id"] == window[i]
        scores.append((-token["logprob"], token["top_logprobs"][0]["id"]))
    return scores


def test_parameters_and_shape(smollm):
    assert smollm.parameters == 134_515_008
    assert smollm.context == 8192
    assert smollm.tokenizer.get_vocab_size() == 49_152


def test_200_strings_have_the_tokens_of_llama_cpp(smollm, engine):
    strings = varied()
    for text in strings:
        body = json.dumps({"content": text, "parse_special": True}).encode()
        request = urllib.request.Request(
            f"{engine.listening_address}/tokenize", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            assert lm.tokenize(smollm, text) == json.load(answer)["tokens"], repr(text)
    assert len(strings) == 200


def test_losses_and_choices_are_those_of_llama_cpp(smollm, engine):
    ids = lm.tokenize(smollm, np.einsum.__doc__)
    windows = [ids[i : i + 126] for i in range(0, 1008, 126)]
    theirs = [pair for window in windows for pair in score(engine, window)]
    losses, choices = map(np.array, zip(*theirs, strict=True))
    ours = np.concatenate([lm.loss(smollm, window) for window in windows])
    ours_chosen = np.concatenate([lm.logits(smollm, window)[:-1].argmax(-1) for window in windows])
    assert len(ours) == 1000
    # llama.cpp computes with activations of 8 bits: close, not equal
    assert ours.mean() == pytest.approx(losses.mean(), rel=0.01)
    assert (ours_chosen == choices).mean() >= 0.95


def test_it_knows_a_capital(smollm):
    ids = lm.tokenize(smollm, "The capital of France is")
    assert lm.detokenize(smollm, [lm.logits(smollm, ids)[-1].argmax()]) == " Paris"
