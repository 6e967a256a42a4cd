"""What is planted is where it should be; exposure is a matter of rank; repeats are learnt by heart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security import extraction, private
from playbook.security.extraction import canaries, corpora, exposure, figure, measured, summary
from playbook.security.private import Learner

losses = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=40)


@given(st.integers(-50, 50).map(float), losses)
def test_exposure_is_between_none_and_all_bits_and_sees_only_the_order(own, rivals):
    bits = exposure(own, rivals)
    assert 0 <= bits <= np.log2(len(rivals) + 1) + 1e-12
    assert exposure(own**3, [one**3 for one in rivals]) == bits
    assert exposure(own - 1, rivals) >= bits


def test_nobodys_secret_has_one_and_a_half_bits():
    rng = np.random.default_rng(0)
    bits = [exposure(*(lambda all: (all[0], all[1:]))(rng.random(256))) for _ in range(4000)]
    assert np.mean(bits) == pytest.approx(np.log2(np.e), abs=0.08)


@pytest.mark.parametrize("bad", [(1.0, []), (float("nan"), [1.0]), (1.0, [float("inf")]), (1.0, [[1.0]])])
def test_what_cannot_be_ranked_is_one_sentence(bad):
    with pytest.raises(PlaybookError, match="exposure needs"):
        exposure(*bad)


def test_secrets_are_of_different_people():
    secrets = canaries()
    assert secrets["name"].is_unique and (secrets.groupby(["kind", "repeats"]).size() == 6).all()
    with pytest.raises(PlaybookError, match="names for 1 to 64"):
        canaries((1, 2), 17)


def test_each_side_holds_what_it_should():
    texts = corpora(documents=300, held_out=50)
    raw = pd.Series(texts.raw).value_counts()
    for text, times, kind in texts.canaries[["text", "repeats", "kind"]].itertuples(index=False):
        assert raw[text] == times
        assert texts.deduplicated.count(text) == 1
        assert texts.redacted.count(text) == (0 if kind == "number" else times)
    assert len(texts.documents) == 300 and not set(texts.documents) & set(texts.held_out)
    with pytest.raises(PlaybookError, match="too few"):
        corpora(documents=10**6)


def test_repeats_are_learnt_and_removing_them_helps(monkeypatch):
    monkeypatch.setattr(extraction, "RIVALS", 63)
    monkeypatch.setattr(private, "PRIVATE_STEPS", 8)
    texts = corpora(documents=200, held_out=50)
    secrets = canaries((1, 40), 3)
    raw = [*texts.documents, *secrets["text"].repeat(secrets["repeats"])]
    redacted = pd.Series(raw).str.replace(extraction.NUMBER, "[number]", regex=True).tolist()
    small = extraction.Corpora(raw, list(dict.fromkeys(raw)), redacted, texts.held_out, secrets, "")
    found = measured(Learner(small.deduplicated), small, 8.0, 1e-4)
    table = summary(found)
    assert (table.loc["raw", 40] > 5).all() and (table.loc["raw", 1] < 4).all()
    assert table.loc["deduplicated", 40].mean() < 4 and table.loc[("redacted", "number"), 40] < 4
    assert table.loc[("redacted", "words"), 40] > 5  # the rule knows digits and nothing else
    assert table.loc[("private", "number"), "loss"] > table.loc[("raw", "number"), "loss"]
    assert "copies" in figure(found).axes[0].get_xlabel()
