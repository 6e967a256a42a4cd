"""What one chapter hands to the next arrives whole, or is refused in one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.inputs.handed import datasheet, hand_on, handed_on


@pytest.fixture(autouse=True)
def out(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("PLAYBOOK_OUT", str(tmp_path))
    return tmp_path / "handed"


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"id": ["a", "b"], "text": ["训练\u2028数据\n二", None], "n": [1, 2], "x": [0.1, np.nan]}
    )


def test_a_frame_comes_back_with_what_uses_needs(out):
    hand_on("corpus", frame(), licence="MIT", origin="by hand", parameters={"threshold": np.float64(0.7)})
    back = handed_on("corpus")
    pd.testing.assert_frame_equal(back, frame(), check_dtype=False)
    assert back.attrs["rows"] == 2 and back.attrs["licence"] == "MIT" and back.attrs["name"] == "corpus"
    sheet = datasheet("corpus")
    assert sheet["parameters"] == {"threshold": 0.7} and sheet["sha256"] == back.attrs["sha256"]
    assert {path.name for path in out.iterdir()} == {"corpus.json", sheet["file"]}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), st.text(st.characters())), max_size=5))
def test_any_text_survives(texts):
    hand_on("any", pd.DataFrame({"text": pd.Series(texts, dtype=object)}), licence="MIT")
    back = handed_on("any")["text"].astype(object)
    assert back.where(back.notna(), None).tolist() == texts


def test_nothing_handed_on_is_none():
    assert handed_on("corpus") is None and datasheet("corpus") is None


def test_the_same_rows_have_the_same_fingerprint_and_new_ones_replace_the_old_file(out):
    hand_on("corpus", frame(), licence="MIT")
    first = handed_on("corpus").attrs["sha256"]
    hand_on("corpus", frame(), licence="MIT")
    assert handed_on("corpus").attrs["sha256"] == first
    hand_on("corpus", frame()[:1], licence="MIT")
    assert len(handed_on("corpus")) == 1 and len(list(out.glob("*.gz"))) == 1


def test_names_that_begin_alike_do_not_disturb_each_other(out):
    hand_on("corpus", frame(), licence="MIT")
    hand_on("corpus_raw", frame()[:1], licence="MIT")
    hand_on("corpus", frame()[:1], licence="MIT")
    assert len(handed_on("corpus_raw")) == 1 and len(list(out.glob("*.gz"))) == 2


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b", b"text", "other", None])
def test_a_damaged_file_is_refused_in_one_sentence(out, damage):
    hand_on("corpus", frame(), licence="MIT")
    file = out / datasheet("corpus")["file"]
    if damage is None:
        file.unlink()
    elif damage == "other":
        hand_on("other", frame()[:1], licence="MIT")
        file.write_bytes((out / datasheet("other")["file"]).read_bytes())
    else:
        file.write_bytes(damage)
    with pytest.raises(PlaybookError, match="missing or damaged") as caught:
        handed_on("corpus")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"name": "corpus"}', "\x00"])
def test_a_damaged_datasheet_is_refused_in_one_sentence(out, text):
    hand_on("corpus", frame(), licence="MIT")
    (out / "corpus.json").write_text(text)
    with pytest.raises(PlaybookError, match="damaged"):
        handed_on("corpus")


def test_a_datasheet_cannot_point_out_of_its_folder(out):
    hand_on("corpus", frame(), licence="MIT")
    sheet = datasheet("corpus") | {"file": "../secret.jsonl.gz"}
    (out / "corpus.json").write_text(json.dumps(sheet))
    with pytest.raises(PlaybookError, match="damaged"):
        handed_on("corpus")


def test_a_writer_that_is_killed_leaves_the_old_pair(out):
    hand_on("corpus", frame(), licence="MIT")
    program = (
        "import os, pandas, playbook.inputs.handed as h\n"
        "whole = h.atomic_write\n"
        "h.atomic_write = lambda path: os._exit(9) if path.suffix == '.json' else whole(path)\n"
        "h.hand_on('corpus', pandas.DataFrame({'id': ['new']}), licence='MIT')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=dict(os.environ), capture_output=True, text=True
    )
    assert done.returncode == 9, done.stderr
    assert handed_on("corpus")["id"].tolist() == ["a", "b"]


@pytest.mark.parametrize("name", ["", "a b", "../corpus", "a/b", "a.b"])
def test_a_name_is_a_plain_word(name):
    with pytest.raises(PlaybookError, match="no name"):
        hand_on(name, frame(), licence="MIT")


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(PlaybookError, match="rename"):
        hand_on("corpus", pd.DataFrame([[1, 2]], columns=["a", "a"]), licence="MIT")


def test_outside_a_run_the_cache_holds_it(monkeypatch, tmp_path):
    monkeypatch.delenv("PLAYBOOK_OUT")
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path / "cache"))
    assert hand_on("corpus", frame(), licence="MIT").parent == tmp_path / "cache" / "handed"
