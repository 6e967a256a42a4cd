"""A run that is stopped, killed or doubled leaves no kernel, and the same command goes on from there."""

import json
import os
import signal
import time

import psutil
import pytest


def wait_for(happens, seconds=60.0):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def kernels(shelf):
    return [p for p in psutil.process_iter(["status"]) if marked(p, shelf) and p.info["status"] != "zombie"]


def marked(process, shelf):
    try:
        return process.environ().get("PLAYBOOK_KERNEL_OF") == str(shelf.out)
    except psutil.Error:
        return False


def reached(shelf, cell):
    """Say whether the cell before `cell` has run, by the growing notebook."""
    try:
        cells = json.loads((shelf.out / ".partial" / "data.ipynb").read_text())["cells"]
    except (OSError, ValueError):
        return False
    status = {entry["id"]: entry["metadata"].get("papermill", {}).get("status") for entry in cells}
    return status.get(cell) == "running"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_control_c_leaves_no_kernel_and_the_same_command_goes_on(shelf):
    stop = shelf.folder / "stop"
    stop.touch()
    (
        shelf.add("data"),
        shelf.add(
            "cost", slow=f"import time, pathlib\nwhile pathlib.Path({str(stop)!r}).exists(): time.sleep(0.1)"
        ),
    )
    command = ["run", "data", "cost", "--out", "out"]
    process = shelf.start(*command)
    wait_for(lambda: (shelf.out / ".partial" / "cost.ipynb").exists() and kernels(shelf))
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "the same command goes on" in said.splitlines()[-1]
    assert "Traceback" not in said and not kernels(shelf)
    stop.unlink()
    done = shelf.start(*command)
    said, _ = done.communicate(timeout=120)
    assert done.returncode == 0 and "data: unchanged since" in said and "cost: done" in said


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_run_leaves_no_kernel_and_gives_the_same_scorecard(shelf):
    stop = shelf.folder / "stop"
    stop.touch()
    shelf.add(slow=f"import time, pathlib\nwhile pathlib.Path({str(stop)!r}).exists(): time.sleep(0.1)")
    process = shelf.start("run", "data", "--out", "out")
    wait_for(lambda: reached(shelf, "slow"))
    process.kill()
    process.communicate()
    wait_for(lambda: not kernels(shelf), 20)
    assert not list(shelf.out.glob("data.*"))
    stop.unlink()
    cards = []
    for out in ("out", "uninterrupted"):
        done = shelf.start("run", "data", "--out", out)
        done.communicate(timeout=120)
        assert done.returncode == 0
        cards.append(json.loads((shelf.folder / out / "data.scorecard.json").read_text()))
    for card in cards:
        del card["seconds"], card["finished"]
    assert cards[0] == cards[1]


def test_two_runs_at_once_in_a_folder(shelf):
    shelf.add(slow="import time; time.sleep(5)")
    first = shelf.start("run", "data", "--out", "out")
    wait_for(lambda: (shelf.out / ".partial" / "data.ipynb").exists())
    second = shelf.start("run", "data", "--out", "out")
    _, said = second.communicate(timeout=60)
    assert (
        second.returncode == 2
        and said.startswith("playbook: Another run is at work in")
        and said.count("\n") == 1
    )
    first.communicate(timeout=120)
    assert first.returncode == 0
