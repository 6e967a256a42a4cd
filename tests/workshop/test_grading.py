"""A class of thirty is graded: what is right counts, what is hostile harms nobody, all of it is reported."""

import json
import os

import pandas as pd
import pytest
from click.testing import CliRunner

from playbook.cli import main
from playbook.workshop import shut_in
from tests.workshop.conftest import RIGHT, WRONG, given

pytestmark = pytest.mark.skipif(not shut_in.available(), reason="only Linux can shut code in")
POINTS = 8  # five exercises of one point, one of three

HOSTILE = {
    "loops": ("while True: pass", "stopped: time"),
    "forks": ("import os\nwhile True: os.fork()", "error: PermissionError"),
    "leaves a thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,)).start()",
        "no answer",
    ),
    "deletes": ("import shutil\nshutil.rmtree(playbook.__path__[0])", "error: PermissionError"),
    "deletes its folder": ("import shutil\nshutil.rmtree('.', ignore_errors=True)", "no answer"),
    "prints a gigabyte": ("while True: print('x' * 10**6)", "stopped: output"),
    "fills the memory": ("bytearray(10**11)", "error: MemoryError"),
    "calls home": ("import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=2)", "error: OSError"),
    "exits": ("import os\nos._exit(0)", "stopped: killed"),
    "edits playbook": (
        "import playbook.course.checkpoints as e\ne.Accept.holds = lambda *_: True\ne.load = 1\nanswer = 9",
        "wrong; changed playbook in memory",
    ),
    "does not parse": ("answer = = 3", "error: SyntaxError"),
}


@pytest.fixture
def graded(returned, tmp_path):
    def grade(*arguments: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        out = tmp_path / "grades"
        command = ["workshop", "grade", str(returned.folder), "--out", str(out), *arguments]
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return tuple(pd.read_csv(out / f"{name}.csv") for name in ("students", "exercises", "misconceptions"))

    return grade


def test_a_class_of_thirty(returned, graded, tmp_path):
    returned.put("right", given(RIGHT))
    returned.put("empty", {})
    returned.put("partly", given(RIGHT | {"data-05": "3000", "data-03": '"go"'}))
    returned.put("王小明", given(WRONG))
    for number in range(10):
        returned.put(f"wrong {number}", given({"data-01": WRONG["data-01"]}))
    for name, (code, _) in HOSTILE.items():
        returned.put(name, given(RIGHT) | {"data-01": code})
    (returned.folder / "no notebook.ipynb").write_text("hello")
    (returned.folder / "other.ipynb").write_text(json.dumps({"cells": []}))
    (returned.folder / "notes.txt").write_text("I was ill")
    returned.put("twice", given(RIGHT)).rename(returned.folder / "twice" / "copy.ipynb")
    returned.put("twice", given(RIGHT))
    outside = tmp_path / "untouched"
    outside.write_text("whole")
    students, exercises, misconceptions = graded("--seconds", "3")

    by = students.set_index("student")
    assert len(students) == 30 and (by.loc["right", ["earned", "points"]] == POINTS).all()
    assert by["earned"]["empty"] == 0 and by["remarks"]["empty"].count("no answer") == 6
    assert by["earned"]["partly"] == POINTS - 4 and "data-03: or-covers-all" in by["remarks"]["partly"]
    assert by["earned"]["王小明"] == 0 and "data-06: age-hides" in by["remarks"]["王小明"]
    for name, (_, why) in HOSTILE.items():
        assert by["earned"][name] == POINTS - 1, name
        assert f"data-01: {why}" in by["remarks"][name], (name, by["remarks"][name])
    assert "cannot be read" in by["remarks"]["no notebook"] and "no notebook" in by["remarks"]["notes"]
    assert "no notebook of this course" in by["remarks"]["other"]
    assert by.loc["twice", "remarks"].str.contains("one of two files").all()
    assert outside.read_text() == "whole"
    first = exercises.set_index("exercise").loc["data-01"]
    assert (first["answers"], first["right"]) == (27, 4) and "words-not-grams: 11" in first["met"]
    assert misconceptions.iloc[0].tolist() == ["data-01", "words-not-grams", 11]


def test_odd_notebooks_are_reported(returned, graded):
    def renamed(notebook):
        next(c for c in notebook["cells"] if c["id"] == "data-02-exercise")["id"] = "mine"

    def deleted(notebook):
        notebook["cells"] = [c for c in notebook["cells"] if c["id"] != "data-02-exercise"]

    def older(notebook):
        notebook["metadata"]["playbook"]["version"] = "0" * 12

    def edited(notebook):
        next(c for c in notebook["cells"] if c["id"] == "validate")["source"] = "import playbook\ngiven = 8"

    for name, change in {"renamed": renamed, "deleted": deleted, "older": older, "edited": edited}.items():
        returned.put(name, given(RIGHT), change)
    by = graded()[0].set_index("student")
    assert by["earned"]["renamed"] == POINTS  # nbgrader's own mark on the cell still names it
    assert "cells missing or renamed: data-02-exercise" in by["remarks"]["deleted"]
    assert by["earned"]["deleted"] == POINTS - 1
    assert "another version" in by["remarks"]["older"] and by["earned"]["older"] == POINTS
    assert "1 cells beside the exercises differ" in by["remarks"]["edited"]


def test_names_are_no_formulas_and_no_markup(returned, graded, tmp_path):
    returned.put("=1+1<b>", given(RIGHT))
    assert graded()[0]["student"].tolist() == ["'=1+1<b>"]
    assert "<b>" not in (tmp_path / "grades" / "class.html").read_text()


def test_a_name_that_is_no_unicode_and_a_pipe_stop_nobody(returned, graded):
    os.mkfifo(returned.folder / "pipe.ipynb")
    returned.put(os.fsdecode("王".encode("gbk")), given(RIGHT))
    students = graded()[0].set_index("student")
    assert students["remarks"]["pipe"] == "no regular file"
    assert students["earned"].max() == POINTS


def test_a_place_that_cannot_be_written_is_one_sentence(returned, tmp_path):
    returned.put("right", given(RIGHT))
    (tmp_path / "file").write_text("")
    for command in (["workshop", "grade", str(returned.folder)], ["workshop"]):
        result = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "file" / "below")])
        assert result.exit_code == 2 and "Traceback" not in result.output and result.output.count("\n") == 1


@pytest.mark.parametrize("inside", [False, True])
def test_nothing_to_grade_is_one_sentence(tmp_path, inside):
    folder = tmp_path / "none"
    if inside:
        folder.mkdir()
    result = CliRunner().invoke(main, ["workshop", "grade", str(folder)])
    assert result.exit_code == 2 and "Traceback" not in result.output and str(folder) in result.output
