"""The release is complete in both languages, needs no network, and nbgrader grades it to the same points."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from playbook.cli import main
from playbook.course.checkpoints import load
from playbook.course.notebooks import CHAPTERS
from playbook.inputs import ROOT
from playbook.workshop import deck, grades, pages, release, shut_in
from tests.workshop.conftest import RIGHT, WRONG, given


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folders = {}
    for lang in ("en", "zh"):
        folders[lang] = tmp_path_factory.mktemp(lang)
        result = CliRunner().invoke(main, ["workshop", "--out", str(folders[lang]), "--lang", lang])
        assert result.exit_code == 0, result.output
    return folders


def test_everything_is_there(made):
    for folder in made.values():
        for kind in release.EDITIONS:
            assert len(list((folder / kind).glob("*.ipynb"))) == 4
        assert len(list((folder / "slides").glob("*.html"))) == 4
        assert len(list((folder / "nbgrader" / "source").glob("*/*.ipynb"))) == 4
        assert {path.stem for path in folder.glob("*.html")} == set(pages.PAGES)


@pytest.mark.parametrize("name", pages.PAGES)
def test_pages_are_whole_in_both_languages(made, name):
    english, chinese = ((made[lang] / f"{name}.html").read_text("utf-8") for lang in ("en", "zh"))
    assert "<script" not in english + chinese and not deck.addresses(english + chinese)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert len(re.findall("[\u4e00-\u9fff]", chinese)) > 150
    assert not re.search(r"\{\{|\{%|>None<|Undefined", english + chinese)


def test_the_key_has_every_exercise_with_its_mistakes(made):
    for lang in ("en", "zh"):
        text = (made[lang] / "key.html").read_text("utf-8")
        for chapter in CHAPTERS:
            for name, exercise in load(ROOT / "data" / "exercises" / f"{chapter}.yaml").items():
                assert name in text and all(wrong.name in text for wrong in exercise.wrong)


def test_the_handout_gives_no_answer(made):
    text = (made["en"] / "handout.html").read_text("utf-8")
    assert "16/26" not in text and "data-01" in text


def test_slides_ask_for_nothing_but_the_files_beside_them(made):
    folder = made["en"] / "slides"
    for path in folder.glob("*.html"):
        text = path.read_text("utf-8")
        assert not deck.addresses(text)
        wanted = re.findall(r"""(?:src|href)=["'](reveal\.js/[^"']+)""", text)
        assert len(wanted) >= 3 and all((folder / name).is_file() for name in wanted)
        assert text.count("<section>") + text.count("<section ") > 20 and "BEGIN SOLUTION" not in text


def test_an_address_in_a_slide_stops_the_release():
    with pytest.raises(ValueError, match=r"would load https://a\.example/x\.js"):
        deck.checked('<script src="https://a.example/x.js"></script>')


def test_a_class_with_nbgrader_gets_the_same_points(returned, chapter, tmp_path):
    release._write(
        tmp_path / "nb" / "source" / "data" / "01_data.ipynb",
        release._text(release.editions.source("data")),
    )
    (tmp_path / "nb" / "nbgrader_config.py").write_text(release.NBGRADER)
    answers = {"ada": RIGHT, "bo": RIGHT | {"data-02": WRONG["data-02"], "data-05": WRONG["data-05"]}}
    run = [sys.executable, "-m", "nbgrader"]
    quiet = {"cwd": tmp_path / "nb", "capture_output": True, "text": True}
    # nbgrader starts alembic by its bare name
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PLAYBOOK_STATE": str(tmp_path / "state"), "PATH": search}
    done = subprocess.run([*run, "generate_assignment", "data", "--create"], **quiet, env=env)
    assert done.returncode == 0, done.stderr
    released = json.loads((tmp_path / "nb" / "release" / "data" / "01_data.ipynb").read_text())
    assert "BEGIN" not in json.dumps(released)
    for who, own in answers.items():
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            name = cell["id"].removesuffix("-exercise")
            if name in own and cell["id"].endswith("-exercise"):
                cell["source"] = given(own)[name]
        for path in (tmp_path / "nb" / "submitted" / who / "data", returned.folder / who):
            path.mkdir(parents=True)
            (path / "01_data.ipynb").write_text(json.dumps(notebook))
    done = subprocess.run([*run, "autograde", "data", "--create"], **quiet, env=env)
    assert done.returncode == 0, done.stderr

    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{tmp_path / 'nb' / 'gradebook.db'}") as book:
        theirs = {who: book.find_submission("data", who).score for who in answers}
    assert theirs == {"ada": 8.0, "bo": 4.0}
    if shut_in.available():
        import pandas as pd

        grades.grade(returned.folder, tmp_path / "grades")
        ours = pd.read_csv(tmp_path / "grades" / "students.csv").set_index("student")["earned"]
        assert ours.to_dict() == theirs
