"""The corpus that is handed on is redacted, split, and described by papers that fit it."""

import json

import pandas as pd
import pytest

from playbook.data import checks
from playbook.data.cleaning import clean
from playbook.data.delivery import corpus_of, deliver
from playbook.data.trials import split_leak
from playbook.inputs import datasheet, handed_on, sha256_file

TEXTS = [" ".join(f"w{i}x{j}" for j in range(30)) for i in range(50)]
FRAME = pd.DataFrame(
    {
        "body": [
            *TEXTS,
            f"see {TEXTS[0]} or ask zhang@example.com",
            *(f"{each} twice twice" for each in TEXTS),
        ],
        "phone": "13800138000",
        "name": [f"doc{i}" for i in range(101)],
    }
)


@pytest.fixture
def delivered(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_OUT", str(tmp_path))
    cleaned = clean(FRAME, "body", threshold=0.99)
    group = pd.Series(["a", "b"] * 50 + ["b"], index=FRAME.index)
    test, leak = split_leak(cleaned.kept["body"], share=0.1)
    corpus = corpus_of(cleaned, "body", group, test, leak, name="name")
    register = checks.register(cleaned.kept.assign(source=group), "body", "licence")
    return corpus, leak, deliver(corpus, register, "a test", {"threshold": 0.7}), tmp_path / "handed"


def test_it_holds_what_was_kept_but_what_repeats_the_test(delivered):
    corpus, leak, _, _ = delivered
    assert leak.any() and len(corpus) == 101 - leak.sum()
    assert corpus["split"].value_counts()["test"] == 10
    train, test = (corpus.loc[corpus["split"] == name, "text"] for name in ("train", "test"))
    assert not [one for one in train for other in test if other in one]
    assert corpus["id"].str.startswith("doc").all() and corpus["id"].is_unique
    assert "13800138000" not in corpus.to_csv() and "zhang" not in corpus.to_csv()


def test_what_differs_by_an_address_alone_is_one_text():
    letters = pd.DataFrame({"body": [f"please write to {name}@example.com today" for name in "abc"]})
    cleaned = clean(letters, "body", threshold=1.0)
    test, leak = split_leak(cleaned.kept["body"], share=0)
    assert len(cleaned.kept) == 3
    assert len(corpus_of(cleaned, "body", pd.Series(["all"] * 3), test, leak)) == 1


def test_the_papers_fit_the_file(delivered):
    corpus, _, checked, folder = delivered
    assert handed_on("corpus").values.tolist() == corpus.values.tolist()
    sheet = datasheet("corpus")
    assert sheet["rows"] == len(corpus) and sheet["parameters"] == {"threshold": 0.7}
    assert [row["source"] for row in sheet["register"]] == ["a", "b"] and sheet["licence"] == "(not decided)"
    described = json.loads((folder / "croissant.json").read_text("utf-8"))
    assert described["distribution"][0]["sha256"] == sha256_file(folder / sheet["file"])
    assert checked["croissant.json"] == "valid Croissant"
    assert set(checked.index) == {path.name for path in folder.iterdir()}
    assert "| a |" in (folder / "training_summary.md").read_text("utf-8")
