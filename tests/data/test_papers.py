"""The papers of a corpus: no name breaks them, the summary adds up, mlcroissant validates the metadata."""

import hashlib
import json
import re
from datetime import date

import pandas as pd

from playbook.data.papers import attribution, croissant, training_summary
from playbook.data.sources import register

EVIL = "a|b\n\n# c <script>alert(1)</script> [x](http://evil) `d` \u202e\0 *e*"


def frame(**columns):
    return pd.DataFrame({"text": ["one", "three"], "package": ["demo", "demo"], "licence": "MIT"} | columns)


def test_hostile_names_break_neither_attribution_nor_summary():
    sources = register(frame(package=[EVIL, "demo"], licence=[EVIL, "MIT"]), licence="licence")
    lines = attribution(sources).splitlines()
    assert len(lines) == 3 + len(sources)
    assert lines[-1] == "- demo: MIT"
    table = [line for line in training_summary(sources, model=EVIL).splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(sources)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {5}
    for text in (attribution(sources), training_summary(sources, model=EVIL)):
        assert "<script" not in text
        assert "\u202e" not in text
        assert "\0" not in text
        assert not re.search(r"(?<!\\)\[x", text)


def test_the_summary_adds_up_and_marks_what_is_not_known():
    sources = register(frame(package=["a", "b"], opt_out=["no", "yes"]), personal=lambda text: text == "one")
    summary = training_summary(sources, "M1")
    assert "# Public summary of training content: M1\n" in summary
    assert "Size of the training data: 8 characters." in summary
    assert summary.index("| b | 1 | 62.5% | MIT |") < summary.index("| a | 1 | 37.5% | MIT |")
    assert "not ruled out for: b.\nPersonal data not ruled out for: a.\n" in summary
    assert summary.count("TO FILL IN") == 4
    assert "not ruled out for: none found." in training_summary(sources.iloc[:0])


def test_croissant_is_valid_and_reads_the_corpus_back(tmp_path, caplog):
    import mlcroissant

    rows = [{"id": "a:1", "text": "one"}, {"id": "b:2", "text": '二\n"two"'}]
    corpus = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    (tmp_path / "corpus.jsonl").write_bytes(corpus)
    sources = register(frame(package=["a", "b"], licence=["MIT", "BSD"]))
    described = croissant(
        sources,
        "demo",
        "corpus.jsonl",
        hashlib.sha256(corpus).hexdigest(),
        {"id": "identifier", "text": "the text"},
        published=date(2026, 11, 23),
    )
    (tmp_path / "croissant.json").write_text(json.dumps(described, default=str), encoding="utf-8")
    dataset = mlcroissant.Dataset(tmp_path / "croissant.json")
    assert dataset.metadata.ctx.issues.errors == set()
    assert dataset.metadata.ctx.issues.warnings == set()
    read = [{key.split("/")[1]: value for key, value in row.items()} for row in dataset.records("documents")]
    assert [{key: value.decode() for key, value in row.items()} for row in read] == rows
    assert described["license"] == ["MIT", "not decided"]
    assert str(described["datePublished"]).startswith("2026-11-23")
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
