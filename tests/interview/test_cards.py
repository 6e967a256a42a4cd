"""Cards: a deck that Anki's own library imports, and imports again without a duplicate."""

import csv
import io
import time
from types import SimpleNamespace

import pytest

from playbook.interview import bank, cards

from .conftest import QUESTION, write_bank


def notes(collection):
    return [dict(collection.get_note(one).items()) for one in collection.find_notes("")]


def imported(path, collection):
    from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

    options = ImportAnkiPackageOptions(merge_notetypes=True, update_notes=0)
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options))


@pytest.fixture
def collection(tmp_path):
    anki = pytest.importorskip("anki.collection")
    opened = anki.Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_anki_imports_all_and_a_second_import_updates(small, tmp_path, collection, monkeypatch, lang):
    deck, table, page = cards.write(bank.load(), lang, tmp_path / "first")
    imported(deck, collection)
    assert len(notes(collection)) == 2
    changed = QUESTION | {"trap": {"en": "A new & better trap.", "zh": "新的误区。"}}
    other = tmp_path / "other"
    other.mkdir()
    write_bank(other, changed, *[one.model_dump() for one in bank.load()[1:]])
    monkeypatch.setattr(cards, "time", SimpleNamespace(time=lambda: time.time() + 60))
    deck, *_ = cards.write(bank.load(other), lang, tmp_path / "second")
    imported(deck, collection)
    found = {note["Id"]: note for note in notes(collection)}
    assert len(found) == len(notes(collection)) == 2
    assert (
        "better trap" in found["data-cleaning-copies"]["Trap"]
        or "新的误区" in found["data-cleaning-copies"]["Trap"]
    )
    tags = collection.get_note(collection.find_notes("Id:data-cleaning-copies")[0]).tags
    assert set(tags) == {"chapter::data", "measure::data::cleaning", "level::mid"}
    assert "521" in table.read_text("utf-8-sig") and "data-cleaning-gaps" in page.read_text("utf-8")


def test_both_languages_live_side_by_side(small, tmp_path, collection):
    for lang in ("en", "zh"):
        imported(cards.write(bank.load(), lang, tmp_path)[0], collection)
    assert len(notes(collection)) == 4


def test_the_real_deck_imports_with_all_notes(tmp_path, collection):
    for lang in ("en", "zh"):
        for _ in range(2):
            imported(cards.write(bank.load(), lang, tmp_path)[0], collection)
    assert len(notes(collection)) == 2 * len(bank.load())


def test_the_table_has_a_line_a_card(small):
    rows = list(csv.reader(io.StringIO(cards.table([bank.find("data-cleaning-copies")], "zh"))))
    assert rows[0] == [*cards.FIELDS, "Tags"] and len(rows) == 2 and len(rows[1]) == len(rows[0])


def test_ids_are_those_of_yesterday():
    # whoever imported an older deck keeps the reviews only as long as these stay
    assert (cards.number("deck en"), cards.number("model zh")) == (1181130614, 2146850790)
