"""Running chapters: whole files, nothing done twice, and one sentence when a cell fails."""

import json
import os
import subprocess
import sys
import time

import filelock
import nbformat
import psutil
import pytest

from playbook.course import run as runner
from playbook.course.notebooks import fingerprint
from playbook.course.run import run_chapters
from playbook.errors import PlaybookError


def test_a_run_leaves_whole_files_and_the_next_one_skips(shelf, capsys):
    shelf.add("data"), shelf.add("cost")
    seen = []
    assert run_chapters(["cost", "data"], {"rows": "60"}, out=shelf.out, progress=lambda *c: seen.append(c))
    assert [name for name in ("data", "cost") for _ in range(6)] == [chapter for chapter, *_ in seen]
    assert seen[3] == ("data", 4, 6, "validate") and seen[2][3] == "injected-parameters"
    left = sorted(path.name for path in shelf.out.iterdir() if not path.name.startswith("."))
    parts = ("html", "ipynb", "scorecard.json")
    assert left == sorted(
        [f"{c}.{p}" for c in ("data", "cost") for p in parts] + ["brief.html", "scorecard.json"]
    )
    card = json.loads((shelf.out / "data.scorecard.json").read_text())
    assert card["figures"][0] | {"unit": "rows"} == {
        "key": "data.cleaning.rows", "value": 60, "unit": "rows", "textbook": 7, "measured": None,
        "gate": ">= 50", "passed": True, "cell": "count",
    }  # fmt: skip
    assert card["parameters"]["rows"] == 60 and card["decision"]["decision"] == "go"
    before = {path: path.stat().st_mtime_ns for path in shelf.out.glob("data.*")}
    assert run_chapters(["data"], {"rows": "60"}, out=shelf.out)
    assert {path: path.stat().st_mtime_ns for path in shelf.out.glob("data.*")} == before
    assert "unchanged since" in capsys.readouterr().out


def test_the_notebook_left_is_the_same_each_time(shelf):
    shelf.add()
    texts = []
    for _ in range(2):
        run_chapters(["data"], {"rows": "60"}, out=shelf.out, force=True)
        texts.append([(shelf.out / f"data.{kind}").read_bytes() for kind in ("ipynb", "html")])
    assert texts[0] == texts[1]


def test_a_failed_gate_is_told(shelf):
    shelf.add()
    assert not run_chapters(["data"], {"rows": "10"}, out=shelf.out)
    assert not run_chapters(["data"], {"rows": "10"}, out=shelf.out), "also when the chapter is skipped"


@pytest.mark.parametrize("spoil", ["html", "ipynb", "scorecard.json"])
def test_a_spoilt_file_is_made_again(shelf, spoil):
    shelf.add()
    run_chapters(["data"], out=shelf.out)
    whole = (shelf.out / "data.ipynb").read_bytes()
    (shelf.out / f"data.{spoil}").write_text("{")
    assert run_chapters(["data"], out=shelf.out)
    assert (shelf.out / "data.ipynb").read_bytes() == whole


def test_whatever_a_chapter_is_made_from_changes_its_fingerprint(shelf, tmp_path):
    notebook = shelf.add()
    user = tmp_path / "my.csv"
    user.write_text("a")
    (tmp_path / "data").mkdir()
    values = {"profile": "quick", "source": str(user)}
    seen = {fingerprint(notebook, values, "en")}
    assert fingerprint(notebook, values, "en") in seen
    seen.add(fingerprint(notebook, values | {"profile": "full"}, "en"))
    seen.add(fingerprint(notebook, values, "zh"))
    for file in (user, tmp_path / "requirements.lock", tmp_path / "data" / "prices.toml"):
        file.write_text("b")
        seen.add(fingerprint(notebook, values, "en"))
    node = nbformat.read(notebook, as_version=4)
    node.cells[-1].outputs = [nbformat.v4.new_output("stream", text="an output is nothing it is made from")]
    nbformat.write(node, notebook)
    assert fingerprint(notebook, values, "en") in seen
    node.cells[-1].source += "\n# changed"
    nbformat.write(node, notebook)
    seen.add(fingerprint(notebook, values, "en"))
    assert len(seen) == 7


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (
            "raise ValueError('the well\\n is dry')",
            "data, cell broken: ValueError: the well is dry. What ran",
        ),
        (
            "raise playbook.PlaybookError('my.csv has no rows.')",
            "data, cell broken: my.csv has no rows. What",
        ),
        ("import os; os._exit(1)", "data, cell broken: the kernel died"),
    ],
)
def test_a_failing_cell_is_named_and_its_notebook_kept(shelf, cell, fault):
    shelf.add(), shelf.add("cost", broken=cell.replace("data", "cost"))
    shelf.add("data", broken=cell)
    with pytest.raises(PlaybookError) as error:
        run_chapters(["data"], out=shelf.out)
    assert str(error.value).startswith(fault) and "\n" not in str(error.value)
    partial = nbformat.read(shelf.out / "data.failed.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in partial.cells if cell.id == "count")
    assert not (shelf.out / "data.scorecard.json").exists()
    assert "Not run" in (shelf.out / "brief.html").read_text("utf-8")


def test_chapters_before_a_failing_one_are_kept(shelf):
    shelf.add("data"), shelf.add("cost", broken="1 / 0")
    with pytest.raises(PlaybookError, match="cost, cell broken: ZeroDivisionError"):
        run_chapters(["data", "cost"], out=shelf.out)
    summary = json.loads((shelf.out / "scorecard.json").read_text())
    assert [card["chapter"] for card in summary["chapters"]] == ["data"]


def test_a_cell_has_its_time(shelf, monkeypatch):
    monkeypatch.setitem(runner.SECONDS_A_CELL, "quick", 2)
    shelf.add(slow="import time; time.sleep(60)")
    with pytest.raises(PlaybookError, match="cell slow: it took more than 2 seconds"):
        run_chapters(["data"], out=shelf.out)


def test_kernels_get_their_environment_and_leave_nothing(shelf):
    worker = "[sys.executable, '-c', 'import time; time.sleep(300)']"
    start = f"import subprocess, sys; print(subprocess.Popen({worker}, start_new_session=True).pid)"
    names = "PLAYBOOK_LANG", "PLAYBOOK_OUT", "FLWR_TELEMETRY_ENABLED", "HF_HUB_OFFLINE"
    notebook = shelf.add(worker=start, where=f"import os; print(os.getcwd(), *map(os.getenv, {names}))")
    before = dict(os.environ)
    run_chapters(["data"], out=shelf.out)
    cells = {cell.id: cell for cell in nbformat.read(shelf.out / "data.ipynb", as_version=4).cells}
    said = cells["where"].outputs[0].text.split()
    assert said == [str(notebook.parent), "en", str(shelf.out), "0", "1"]
    pid = int(cells["worker"].outputs[0].text)
    end = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert dict(os.environ) == before


def test_one_run_at_a_time_in_a_folder(shelf):
    shelf.add()
    shelf.out.mkdir()
    with (
        filelock.FileLock(shelf.out / ".lock"),
        pytest.raises(PlaybookError, match="Another run is at work in"),
    ):
        run_chapters(["data"], out=shelf.out)


def test_a_disk_that_takes_no_more_ends_in_one_sentence(shelf):
    shelf.add()
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000));"
        "from pathlib import Path; from playbook.course import notebooks as books, run;"
        "books.NOTEBOOKS = Path(sys.argv[1]); run.run_chapters(['data'], out=Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", limited, str(shelf.notebooks), str(shelf.out)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (
        "PlaybookError" in done.stderr.splitlines()[-1] and "File too large" in done.stderr.splitlines()[-1]
    )
    assert not list(shelf.out.glob("*.ipynb")) + list(shelf.out.glob(".*.part*"))
    assert run_chapters(["data"], out=shelf.out)


def test_a_run_starts_in_a_moment_when_nothing_changed(shelf):
    shelf.add()
    run_chapters(["data"], out=shelf.out)
    began = time.monotonic()
    run_chapters(["data"], out=shelf.out)
    assert time.monotonic() - began < 5
