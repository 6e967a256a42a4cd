"""The main job from end to end: four chapters, no network, killed in the middle of each, and all the same."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from playbook.course.notebooks import CHAPTERS, ROOT, locate, reported

# in the namespace: bring the loopback up (kernels listen there), see that nothing else is, go on as playbook
OFFLINE = """
import errno, fcntl, os, socket, struct, sys
with socket.socket() as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
    assert s.connect_ex(("192.0.2.1", 80)) == errno.ENETUNREACH, "there is a network"
os.execv(sys.executable, [sys.executable, "-c", "from playbook.cli import main; main()", *sys.argv[1:]])
"""
MINUTES = 60


def unshare() -> list[str]:
    """The command that cuts the network; the test is skipped only where there is none."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and not subprocess.run([*command, "true"], capture_output=True).returncode:
            return command
    pytest.skip("no network namespaces on this platform")


def start(out: Path) -> subprocess.Popen[str]:
    command = [*unshare(), sys.executable, "-c", OFFLINE, "run", "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def killed_in(process: subprocess.Popen[str], spared: set[str]) -> tuple[str | None, list[str]]:
    """Kill the run in the middle of a chapter that is not spared; the chapter, or None when the run ended."""
    said = []
    for line in process.stderr:
        said.append(line)
        found = re.match(r"(\w+): cell (\d+)/(\d+) ", line)
        if found and found[1] not in spared and int(found[2]) > int(found[3]) // 3:
            process.kill()
            process.wait()
            return found[1], said
    process.wait()
    return None, said


def of_this_run(out: Path) -> list[list[str]]:
    """The command lines of what this run's kernels started and is still there, Ray's processes included."""
    left = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PLAYBOOK_KERNEL_OF") == str(out) and process.status() != "zombie":
                left.append(process.cmdline())
        except psutil.Error:
            continue
    return left


def wait_until_gone(out: Path, which: str = "", seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while left := [command for command in of_this_run(out) if which in " ".join(command)]:
        assert time.monotonic() < end, left
        time.sleep(0.2)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[Path, set[str]]:
    """A run without network that was killed in each chapter and started again, until it ended well."""
    out = tmp_path_factory.mktemp("run") / "out"
    killed: set[str] = set()
    end = time.monotonic() + 60 * MINUTES
    while time.monotonic() < end:
        process = start(out)
        chapter, said = killed_in(process, killed)
        if chapter is None:
            break
        wait_until_gone(out, "ipykernel")
        killed.add(chapter)
    assert process.returncode == 0, "".join(said[-3:]) + process.stdout.read()
    return out, killed


def test_it_was_killed_in_every_chapter(finished):
    assert finished[1] == set(CHAPTERS)


def test_it_leaves_whole_files_and_no_process(finished):
    out, _ = finished
    names = [f"{chapter}.{kind}" for chapter in CHAPTERS for kind in ("ipynb", "html", "scorecard.json")]
    assert all((out / name).stat().st_size for name in [*names, "brief.html", "scorecard.json"])
    assert len(json.loads((out / "scorecard.json").read_text("utf-8"))["chapters"]) == len(CHAPTERS)
    wait_until_gone(out)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_its_figures_are_those_of_the_committed_notebook(finished, chapter):
    out, _ = finished
    committed = nbformat.read(locate(chapter), as_version=4)
    compared = {c.id for c in committed.cells if "nbval-ignore-output" not in c.metadata.get("tags", [])}
    card = json.loads((out / f"{chapter}.scorecard.json").read_text("utf-8"))
    here, there = (
        [figure for figure in figures if figure["cell"] in compared]
        for figures in (card["figures"], reported(committed.cells)["figures"])
    )
    assert here and here == there
    assert [f["key"] for f in card["figures"]] == [f["key"] for f in reported(committed.cells)["figures"]]


def test_the_pages_need_no_network(finished):
    out, _ = finished
    for page in out.glob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r"<script\b|<link\b|<iframe\b|src=\"(?!data:)|url\((?!['\"]?data:)", text), (
            page.name
        )


def test_a_further_run_has_nothing_to_do(finished):
    out, _ = finished
    began = time.monotonic()
    process = start(out)
    said, _ = process.communicate()
    assert process.returncode == 0 and said.count("unchanged since") == len(CHAPTERS)
    assert time.monotonic() - began < 10
