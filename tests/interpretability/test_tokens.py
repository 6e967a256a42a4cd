"""Explanations of a prompt: each is what it says; the deletion test tells good from broken."""

import numpy as np
import pandas as pd
import pytest

from playbook import PlaybookError, lm
from playbook.interpretability import tokens
from playbook.interpretability.opened import attention_weights


@pytest.fixture(scope="module")
def asked(opened):
    return tokens.question(opened, "The dog sees the other", " mat")


@pytest.fixture(scope="module", autouse=True)
def known(opened):
    # the words that stand for nothing are single tokens of this small vocabulary too
    assert all(len(lm.tokenize(opened.model, word)) == 1 for word in (tokens.NEUTRAL, " the"))


def test_a_question_is_the_prompt_after_an_end_of_text(opened, asked):
    assert lm.detokenize(opened.model, asked.ids) == "<|endoftext|>The dog sees the other"
    assert "".join(asked.tokens) == "The dog sees the other"
    assert asked.answer == lm.tokenize(opened.model, " mat")[0]


def test_occlusion_is_the_difference_without_a_token(opened, asked):
    def log_probability(ids):
        logits = lm.logits(opened.model, ids)[-1].astype(float)
        return logits[asked.answer] - np.logaddexp.reduce(logits)

    neutral = tokens.word_id(opened, tokens.NEUTRAL)
    for place, effect in enumerate(tokens.occlusion(opened, asked)):
        changed = asked.ids.copy()
        changed[1 + place] = neutral
        expected = log_probability(asked.ids) - log_probability(changed)
        assert effect == pytest.approx(expected, abs=2e-3)


def test_gradients_sum_to_the_difference_and_the_gap_closes_with_steps(opened, asked):
    few, many = (tokens.token_gradients(opened, asked, steps=steps) for steps in (2, 256))
    assert abs(many[1]) < 0.05 and abs(many[1]) < abs(few[1])
    whole = tokens.kept(opened, asked, np.array([[True] * 5, [False] * 5]))
    whole = whole[0] - whole[1]
    assert many[0].sum() == pytest.approx(whole + many[1], abs=1e-3)


def test_a_token_that_is_the_neutral_one_has_no_effect(opened):
    asked = tokens.question(opened, "The dog something", " mat")
    assert tokens.occlusion(opened, asked)[2] == pytest.approx(0, abs=1e-5)
    assert tokens.token_gradients(opened, asked, steps=4)[0][2] == 0


def test_the_table_has_four_methods_and_the_gap(opened, asked, monkeypatch):
    table = tokens.explain(opened, asked, steps=4)
    assert table.index.tolist() == asked.tokens
    assert table.columns.tolist() == ["integrated gradients", "occlusion", "attention", "rollout"]
    last = attention_weights(opened, asked.ids)[:, :, -1].mean((0, 1))[1:]
    np.testing.assert_allclose(table["attention"], last / last.sum(), atol=1e-6)
    assert table["rollout"].sum() == pytest.approx(1)
    assert np.isfinite(table.attrs["gap"])


def test_deletion_notices_reversed_and_shuffled_attributions(opened, monkeypatch):
    monkeypatch.setattr(tokens, "JUDGE", " the")
    rng, rows = np.random.default_rng(0), []
    for prompt in ("The dog sees something. it", "A cat likes the other one and sees", "it sees the dog"):
        asked = tokens.question(opened, prompt, " mat")
        true = tokens.occlusion(opened, asked, " the")
        table = pd.DataFrame({"true": true, "reversed": -true, "shuffled": rng.permutation(true)})
        rows.append((asked, table))
    found = tokens.rank(opened, rows)
    assert found.loc["true", "gain, nats"] > 0 > found.loc["reversed", "gain, nats"]
    assert found.loc["true", "gain, nats"] > found.loc["shuffled", "gain, nats"]
    assert found.loc["true", "better than random"] >= 2


@pytest.mark.parametrize(
    ("prompt", "answer", "sentence"),
    [
        ("", " mat", "one of them is empty"),
        ("The dog", "", "one of them is empty"),
        ("The dog " * 60, " mat", "shorten it to 64 or fewer"),
    ],
)
def test_bad_prompts_are_refused_in_one_sentence(opened, prompt, answer, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        tokens.question(opened, prompt, answer)


def test_other_bad_input_is_refused_in_one_sentence(opened):
    with pytest.raises(PlaybookError, match="name a word of one"):
        tokens.word_id(opened, " nonexistent")
    with pytest.raises(PlaybookError, match="of one shape"):
        tokens.integrated_gradients(lambda z: z, [1.0, 2.0], [0.0])
    with pytest.raises(PlaybookError, match="1 or more"):
        tokens.integrated_gradients(lambda z: z, [1.0], [0.0], steps=0)


def test_gaps_are_those_of_the_table_and_of_a_baseline_of_zeros(opened, asked):
    table = tokens.explain(opened, asked, steps=4)
    ours, zero = tokens.mean_gaps(opened, [(asked, table), (asked, table)])
    assert ours == pytest.approx(abs(table.attrs["gap"]))
    assert zero == pytest.approx(abs(tokens.token_gradients(opened, asked, None)[1]))


def test_every_prompt_of_ours_is_a_question(opened):
    asked = tokens.own_questions(opened)
    assert len(asked) == len(tokens.PROMPTS) and ["".join(one.tokens) for one in asked] == [*tokens.PROMPTS]
