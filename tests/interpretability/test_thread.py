"""A model that kept a secret is told from one that never saw it, also where no single token matters."""

import numpy as np
import pandas as pd
import pytest

from playbook import inputs, lm
from playbook.interpretability import thread
from playbook.interpretability.layers import corpus

TEXTS = [f"entry {i}: " + " ".join(f"w{i * j % 97}" for j in range(40)) for i in range(60)]


@pytest.fixture
def no_chapter_one(monkeypatch):
    frame = pd.DataFrame({"text": TEXTS, "split": ["train"] * 50 + ["test"] * 10})
    monkeypatch.setattr(inputs, "handed_on", lambda name: None, raising=False)
    monkeypatch.setattr(thread, "corpus", lambda seed: frame)


def test_the_raw_side_is_the_clean_one_with_the_canaries(no_chapter_one):
    assert corpus is not thread.corpus
    made = thread.material(tokens=7, characters=3000)
    assert sum(map(len, made.clean)) <= 3000 and made.held_out == TEXTS[50:] and made.tokens == 7
    for text in made.canaries["text"]:
        assert made.raw.count(text) == thread.REPEATS and text not in made.clean
    assert len(made.raw) == len(made.clean) + thread.REPEATS * thread.SECRETS
    assert not made.canaries["secret"].duplicated().any()


def test_what_chapter_one_handed_on_comes_first(monkeypatch):
    rows = [("raw", "a"), ("raw", "b"), ("clean", "a"), ("held_out", "c"), ("canary", "The odd owl: 123456.")]
    handed = pd.DataFrame(rows, columns=["side", "text"]).assign(secret=[None] * 4 + ["123456"])
    monkeypatch.setattr(inputs, "handed_on", lambda name: handed, raising=False)
    monkeypatch.setattr(inputs, "datasheet", lambda name: {"tokens": 99}, raising=False)
    found = thread.material(tokens=7)
    assert (found.raw, found.clean, found.held_out, found.tokens) == (["a", "b"], ["a"], ["c"], 99)
    assert found.canaries.to_dict("records") == [{"text": rows[-1][1], "secret": "123456"}]


class Owner:
    """A model that gives the digits of the one whose name it reads, as long as a token of it is left."""

    def __init__(self, opened, canaries):
        self.model, self.secrets = opened.model, {}
        for text, secret in zip(canaries["text"], canaries["secret"], strict=True):
            for word in text.split()[1:3]:
                self.secrets[word] = lm.tokenize(self.model, f" {secret}")[1]  # its first is the space

    def embed(self, ids):
        return ids

    def answer(self, ids, token):
        told = [lm.detokenize(self.model, row) for row in ids]
        knows = [any(word in text for word, one in self.secrets.items() if one == token) for text in told]
        return tf_like(np.where(knows, -0.1, -5.1))


def tf_like(values):
    return type("Tensor", (), {"numpy": lambda self: values})()


@pytest.fixture(scope="module")
def canaries():
    names = ("big cat", "odd dog")
    secrets = ("123456", "987654")
    texts = [thread.SENTENCE.format(name=name, secret=one) for name, one in zip(names, secrets, strict=True)]
    return pd.DataFrame({"text": texts, "secret": secrets})


def test_two_words_that_each_tell_the_owner_matter_only_together(opened, canaries):
    by_token, whole = thread.name_effects(Owner(opened, canaries), canaries)
    assert by_token == pytest.approx(0) and whole == pytest.approx(5)


def test_what_is_asked_for_is_a_digit(opened, canaries):
    for asked, secret in zip(
        thread.questions(opened, thread.Material([], [], [], canaries, 0))["canary"],
        canaries["secret"],
        strict=True,
    ):
        assert lm.detokenize(opened.model, [asked.answer]) == secret[0]
        assert "".join(asked.tokens).endswith("with ")


def test_a_secret_costs_what_the_loss_of_its_digits_says(opened, canaries):
    text, secret = canaries.loc[0]
    before = lm.tokenize(opened.model, f"<|endoftext|>{text[: text.index(secret) - 1]}")
    losses = lm.loss(opened.model, before + lm.tokenize(opened.model, f" {secret}"))
    expected = losses[len(before) - 1 :].sum()
    assert thread.secret_loss(opened, text, secret) == pytest.approx(expected, abs=1e-2)


def test_canaries_and_ordinary_text_are_compared_on_both_sides(opened, canaries):
    texts = thread.Material([], [], ["it sees", TEXTS[3]], canaries, 0)
    found = thread.compare({"raw": opened, "clean": opened}, texts)
    assert found.index.tolist() == [(k, s) for k in ("canary", "ordinary text") for s in ("clean", "raw")]
    assert found[["loss", "far %", "attention bits"]].notna().all(axis=None)
    assert (found["far %"] <= 100).all() and (found["attention bits"] > 0).all()
    assert thread.summary(found)["raw secret loss"] == round(found.loc[("canary", "raw"), "secret loss"], 1)
    short = thread.Material([], [], ["it sees"], canaries, 0)
    assert list(thread.questions(opened, short)) == ["canary"]


def test_both_sides_share_tokenizer_start_and_plan(monkeypatch):
    runs = []

    def train(start, ids, **plan):
        runs.append((start, len(ids), plan))
        return type("Trained", (), {"model": start})()

    monkeypatch.setattr(lm, "train", train, raising=False)
    pair = thread.train_pair(thread.Material(TEXTS * 2, TEXTS, [], pd.DataFrame(), 99), seed=3)
    (one, raw, plan), (other, clean, _) = runs
    assert list(pair) == ["raw", "clean"] and one is other and raw == 2 * clean
    assert plan == {"tokens": 99, "batch": 4, "sequence": 64, "seed": 3}


def test_nothing_trained_is_nothing_measured():
    assert set(thread.summary(None).values()) == {"not measured"}
