"""What every language model does: tokens and back, logits that look only backwards, their losses."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import PlaybookError, lm


def test_importing_lm_imports_nothing_heavy():
    program = (
        "import sys, playbook.lm; sys.exit(any(m in sys.modules for m in ('tensorflow', 'numpy', 'gguf')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# bytes that SmolLM2 has no token for: six control characters, and what only unassigned characters begin with
MISSING = {4, 6, 0x13, 0x14, 0x16, 0x1D, 0xF1, 0xF2}


@given(text=st.text())
@settings(deadline=None)
def test_any_text_comes_back_from_its_tokens(tiny, text):
    assert lm.detokenize(tiny, lm.tokenize(tiny, text)) == text


@given(text=st.text())
@settings(deadline=None)
def test_any_text_comes_back_from_smollm_but_for_bytes_that_it_lacks(smollm, text):
    known = bytes(byte for byte in text.encode() if byte not in MISSING).decode(errors="replace")
    assert lm.detokenize(smollm, lm.tokenize(smollm, text)) == known


@pytest.mark.parametrize("name", ["smollm", "tiny"])
def test_a_special_token_in_a_text_is_one_token_and_comes_back(request, name):
    model, text = request.getfixturevalue(name), "before<|endoftext|>after"
    tokens = lm.tokenize(model, text)
    assert model.tokenizer.token_to_id("<|endoftext|>") in tokens
    assert lm.detokenize(model, tokens) == text


def test_half_a_character_is_refused_in_one_sentence(tiny):
    with pytest.raises(PlaybookError, match="valid Unicode"):
        lm.tokenize(tiny, "\ud800")


@pytest.mark.parametrize("name", ["smollm", "tiny"])
def test_a_later_token_changes_nothing_before_it(request, name):
    model = request.getfixturevalue(name)
    ids = np.arange(20, 40)
    changed = ids.copy()
    changed[12:] = 99
    before, after = lm.logits(model, ids), lm.logits(model, changed)
    np.testing.assert_allclose(before[:12], after[:12], atol=1e-4)
    assert np.abs(before[12] - after[12]).max() > 1e-2


def test_loss_is_the_cross_entropy_of_the_logits(tiny, ids):
    ids = ids[:30]
    logits = lm.logits(tiny, ids).astype(float)[:-1]
    by_hand = np.log(np.exp(logits).sum(-1)) - logits[np.arange(29), ids[1:]]
    assert lm.logits(tiny, ids).shape == (30, tiny.backbone.vocabulary_size)
    np.testing.assert_allclose(lm.loss(tiny, ids), by_hand, atol=1e-5)


def test_an_untrained_model_knows_nothing(tiny, ids):
    assert lm.mean_loss(tiny, ids) == pytest.approx(np.log(tiny.backbone.vocabulary_size), abs=0.1)


@given(length=st.integers(2, 150), sequence=st.integers(9, 40))
@settings(deadline=None, max_examples=20)
def test_mean_loss_predicts_every_token_but_the_first_once(tiny, ids, length, sequence):
    ids = ids[:length]
    windows = [lm.loss(tiny, ids[i : i + sequence + 1]) for i in range(0, length - 1, sequence)]
    every = np.concatenate(windows)
    assert len(every) == length - 1
    assert lm.mean_loss(tiny, ids, sequence) == pytest.approx(every.mean(), abs=1e-4)


def test_the_forward_pass_is_traced_once_for_all_lengths_and_in_silence(tiny, capfd):
    model = dataclasses.replace(tiny)
    for length in (3, 7, 100):
        lm.logits(model, np.zeros(length, int))
        lm.loss(model, np.zeros(length, int))
    assert model.forward.experimental_get_tracing_count() == 1
    assert model.losses.experimental_get_tracing_count() == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([], "takes one list of 1 to 512"),
        ([0] * 513, "use mean_loss"),
        ([[1, 2]], "one list"),
        ([280], "from 0 to 279"),
        ([-1], "from 0 to 279"),
        ([0.5], "whole numbers"),
    ],
)
def test_ids_that_are_none_end_in_one_sentence(tiny, ids, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        lm.logits(tiny, ids)


def test_loss_needs_two_tokens_and_windows_that_fit(tiny):
    with pytest.raises(PlaybookError, match="2 to 512"):
        lm.loss(tiny, [1])
    with pytest.raises(PlaybookError, match="2 to any number"):
        lm.mean_loss(tiny, [1])
    with pytest.raises(PlaybookError, match="sequence is from 1 to 511"):
        lm.mean_loss(tiny, [1, 2], sequence=512)
