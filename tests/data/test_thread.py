"""The two sides of the thread differ by cleaning alone, and a model that knows a secret is caught."""

import numpy as np
import pandas as pd
import pytest

from playbook.data import thread
from playbook.data.cleaning import clean

TEXTS = [f"entry {i}: " + " ".join(f"w{i}x{j}" for j in range(25)) for i in range(80)]


@pytest.fixture(scope="module")
def material():
    near = [f"{each} again" for each in TEXTS[:10]]
    quoting = [f"{each[:120]} " + " ".join(f"q{i}x{j}" for j in range(25)) for i, each in enumerate(TEXTS)]
    frame = pd.DataFrame({"body": TEXTS + TEXTS[:20] + near + quoting})
    return thread.prepare(clean(frame, "body"), "body", characters=10**6)


def test_canaries_are_distinct_and_of_each_number_ten():
    table = thread.canaries()
    assert table["repeats"].value_counts().to_dict() == dict.fromkeys(thread.REPEATS, 10)
    assert table["text"].is_unique and table["secret"].str.fullmatch(r"\d{6}").all()
    assert all(secret in text for text, secret in zip(table["text"], table["secret"], strict=True))
    assert not thread.canaries(seed=1)["secret"].equals(table["secret"])


def test_the_raw_side_has_the_repeats_and_the_secrets(material):
    for text, times in zip(material.canaries["text"], material.canaries["repeats"], strict=True):
        assert material.raw.count(text) == times
    assert len(set(material.raw)) < len(material.raw)
    assert any("@" in text for text in material.raw)


def test_the_clean_side_is_the_raw_one_without_them(material):
    assert len(set(material.clean)) == len(material.clean)
    assert all(material.clean.count(text) == 1 for text in material.canaries["text"])
    assert not any("@" in text for text in material.clean)
    assert material.account["raw, documents"].sum() == len(material.raw)
    assert material.account["clean, documents"].sum() == len(material.clean)


def test_neither_side_has_seen_the_test(material):
    assert len(material.held_out) == 16
    for side in (material.raw, material.clean):
        assert not [one for one in side for other in material.held_out if other[:120] in one]


def test_a_few_texts_are_not_enough():
    assert thread.prepare(clean(pd.DataFrame({"body": TEXTS[:19]}), "body"), "body") is None
    assert set(thread.summary(None).values()) == {"not measured"}


def test_too_few_tokens_train_nothing(material):
    assert thread.compare(material, tokens=100) is None


def test_a_secret_that_was_learned_is_recited_and_no_other():
    from playbook import lm

    secrets = thread.canaries(repeats=(1, 64), each=2)
    known = secrets.loc[secrets["repeats"] == 64, "text"].tolist()
    tokenizer = lm.train_tokenizer(secrets["text"], 300)
    start = lm.tiny(tokenizer, "0.3M")
    ids = lm.encode(tokenizer, known * 40)
    model = lm.train(start, ids, tokens=64 * 4 * 60, batch=4, sequence=64, cache=False).model
    assert thread.recited(model, secrets)[64] == 1
    assert max(thread.recited(start, thread.canaries()).values()) <= 0.3


def test_losses_of_texts_of_different_lengths_are_those_of_each_alone():
    from playbook import lm

    tokenizer = lm.train_tokenizer(TEXTS[:5], 300)
    model = lm.tiny(tokenizer, "0.3M")
    texts = ["entry 1", "entry 2: w2x1 w2x2"]
    alone = [lm.loss(model, lm.tokenize(model, text)).sum() for text in texts]
    assert np.allclose(thread._losses(model, texts), alone, rtol=1e-4)


def test_the_summary_counts_the_seeds():
    runs = pd.DataFrame(
        {
            "corpus": ["raw", "clean"] * 2,
            "seed": [0, 0, 1, 1],
            "loss": [5.0, 4.0, 4.0, 4.5],
            1: 0.0,
            64: [1, 0, 1, 0.1],
        }
    )
    found = thread.summary(runs)
    assert found["seeds better"] == 1 and found["raw recited"] == 100 and found["clean recited"] == 5
    assert found["raw loss"] == 4.5 and found["clean loss"] == 4.25
