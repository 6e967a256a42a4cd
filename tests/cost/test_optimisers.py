"""Each optimiser gets the same tokens and as many tries; what is kept in the cache is what was measured."""

import pandas as pd
import pytest

from playbook.cost import ladder, optimisers
from playbook.errors import PlaybookError

TEXTS = [f"the {one} sees the {other} and the {other} likes the {one}" for one in ("cat", "dog", "cow", "hen")
         for other in ("fox", "owl", "rat", "pig", "ant")]  # fmt: skip


@pytest.fixture(scope="module")
def books():
    return ladder.shelf(pd.DataFrame({"text": TEXTS * 10}), tokens=512)


@pytest.fixture
def few(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(optimisers, "WIDTH", 16)
    monkeypatch.setattr(optimisers, "RATES", {"AdamW": (1e-4, 3e-2)})
    return monkeypatch


def test_the_better_rate_is_found_and_the_result_is_kept(books, few):
    table = optimisers.compare(books, tokens=2_048)
    assert list(table.index) == [optimisers.LIBRARY_START, "AdamW"]
    assert table.loc["AdamW", "rate"] == 3e-2
    assert table.loc[optimisers.LIBRARY_START, "rate"] == 1.5e-2
    assert table.loc["AdamW", "state_bytes"] == 8
    assert (table["scatter"] >= 0).all()
    few.setattr(optimisers, "_compare", lambda *_: pytest.fail("trained again"))
    assert optimisers.compare(books, tokens=2_048).equals(table)


def test_keras_keeps_whole_second_moments_for_adafactor(books, few):
    # the paper keeps a row and a column of a matrix; if this fails, Keras was mended and the chapter is old
    from playbook.cost.trainer import Trainer

    trainer = Trainer(ladder.rung(books.tokenizer, 16), optimisers.optimiser("Adafactor"))
    assert trainer.state_bytes > 4


def test_keras_gives_muon_the_feed_forward_matrices_alone(books):
    model = ladder.rung(books.tokenizer, 16)
    assert optimisers.muon_share(model) == pytest.approx(2 * 3 * 16 * 48 / model.parameters)


def test_accumulation_saves_no_step_and_changes_no_loss(books, few):
    few.setattr(optimisers, "RATES", {"AdamW": (1e-2, 3e-2)})
    table = optimisers.batches(books, tokens=2_048)
    assert table["steps"].tolist() == [8, 2, 2, 2]
    large, added, mixed = table["loss"].iloc[1:]
    assert added == pytest.approx(large, abs=0.01)
    assert mixed == pytest.approx(large, abs=0.2)
    assert (table["seconds"] > 0).all()


def test_another_name_is_refused():
    with pytest.raises(PlaybookError, match="no optimiser 'Sophia' here: choose one of AdamW, Lion"):
        optimisers.optimiser("Sophia")
