"""The command: every error ends in one sentence and exit code 2."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from playbook.cli import main


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["run", "poetry"], "There is no chapter 'poetry': the chapters are data, cost"),
        (["run", "cost"], "has no notebook of the chapter cost"),
        (["run", "data", "-p", "row", "1"], "There is no parameter 'row': did you mean rows?"),
        (
            ["run", "data", "-p", "rows", "many"],
            "rows is 'many', and has to be a whole number from 1 to 1000",
        ),
        (["run", "data", "-p", "rows", "0"], "rows is 0, and has to be a whole number from 1 to 1000"),
        (["run", "data", "-p", "rate", "nan"], "rate is nan"),
        (["run", "data", "-p", "profile", "slow"], "one of quick, full"),
        (["run", "data", "-p", "source", "none.csv"], "source names none.csv, which is not a file"),
        (["run", "data", "-p", "source", "empty.csv"], "empty.csv of the parameter source is empty"),
        (["run", "data", "--lang", "zh"], "The Chinese edition of data is not there yet"),
        (["run", "data", "--out", "file/out"], "Not a directory"),
        (["run", "data", "--out", "file"], "mend that, or name another folder with --out"),
        (["parameters", "poetry"], "There is no chapter 'poetry'"),
    ],
)
def test_bad_input_ends_in_one_sentence(shelf, monkeypatch, arguments, fault):
    shelf.add()
    monkeypatch.chdir(shelf.folder)
    for name in ("empty.csv", "file"):
        (shelf.folder / name).touch()
    done = run(*arguments)
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.startswith("playbook: ") and fault in done.stderr and done.stderr.count("\n") == 1
    assert not (shelf.folder / "build").exists()


@pytest.mark.parametrize(
    "arguments", [["run", "-p", "rows"], ["run", "--profile", "slow"], ["run", "--lang", "fr"], ["fly"]]
)
def test_bad_use_ends_in_exit_code_2(arguments):
    done = run(*arguments)
    assert done.exit_code == 2 and "Error:" in done.stderr and "Traceback" not in done.stderr


def test_a_notebook_that_is_none_is_said(shelf):
    shelf.add().write_text("{")
    done = run("run", "data")
    assert done.exit_code == 2 and "01_data.ipynb cannot be read as a notebook" in done.stderr


def test_exit_codes_say_whether_the_gates_passed(shelf, monkeypatch):
    shelf.add()
    monkeypatch.chdir(shelf.folder)
    (shelf.folder / "my.csv").write_text("text\n")
    good = run("run", "data", "--out", "out", "-p", "source", "my.csv", "--profile", "full")
    assert good.exit_code == 0 and good.stdout.splitlines()[-1] == "Look next: out/brief.html"
    assert "data: cell 4/6 validate" in good.stderr
    card = json.loads((shelf.out / "data.scorecard.json").read_text())
    assert card["parameters"]["source"] == str(shelf.folder / "my.csv") and card["profile"] == "full"
    assert run("run", "data", "--out", "out", "-p", "rows", "5").exit_code == 1


def test_a_failing_cell_ends_in_one_sentence(shelf):
    shelf.add(broken="raise ValueError('the well is dry')")
    done = run("run", "data", "--out", str(shelf.out))
    last = done.stderr.splitlines()[-1]
    assert done.exit_code == 2 and last.startswith(
        "playbook: data, cell broken: ValueError: the well is dry."
    )
    assert "Traceback" not in done.stderr


def test_parameters_are_listed(shelf):
    for chapter in ("data", "cost", "interpretability", "security"):
        shelf.add(chapter)
    lines = run("parameters").stdout.splitlines()
    assert len(lines) == 17 and lines[2].split() == [
        "data",
        "rows",
        "int",
        "100",
        "[1,",
        "1000]",
        "how",
        "many",
        "rows",
    ]
    assert len(run("parameters", "cost").stdout.splitlines()) == 5


def test_fetch_and_doctor_say_what_they_found(monkeypatch, tmp_path):
    from playbook.course import doctor

    monkeypatch.setattr("playbook.inputs.fetch", lambda: {"notes": tmp_path / "notes.csv"}, raising=False)
    assert run("fetch").stdout == f"notes: {tmp_path / 'notes.csv'}\n"
    found = [
        doctor.Finding("python", True, "3.11"),
        doctor.Finding("memory", False, "1 GB free", "close others"),
    ]
    monkeypatch.setattr(doctor, "examine", lambda: found)
    done = run("doctor")
    assert (
        done.exit_code == 1 and "MISSING memory: 1 GB free" in done.stdout and "close others" in done.stdout
    )
    monkeypatch.setattr(doctor, "examine", lambda: found[:1])
    assert run("doctor").exit_code == 0


def test_help_imports_nothing_heavy():
    heavy = (
        "papermill",
        "nbformat",
        "nbconvert",
        "pandas",
        "numpy",
        "jinja2",
        "pydantic",
        "rich",
        "tensorflow",
    )
    program = "import sys; from playbook.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    program += f"print(*(name for name in {heavy} if name in sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == "\n" and "doctor" in done.stdout


def test_help_answers_at_once():
    command = shutil.which("playbook", path=Path(sys.executable).parent)

    def seconds():
        began = time.monotonic()
        done = subprocess.run([command, "--help"], check=True, capture_output=True, text=True)
        assert "parameters" in done.stdout
        return time.monotonic() - began

    assert min(seconds() for _ in range(5)) < 0.5
