"""Child processes: what they say, how they fail, and that none outlives its parent or its time."""

import subprocess
import sys
import time

import psutil
import pytest

from playbook.cost.processes import children
from playbook.errors import PlaybookError

CHILD = """
import time
from playbook.cost.processes import child
from playbook.errors import PlaybookError
def work(plan, say):
    print("a library that prints")
    say(pid=__import__("os").getpid())
    if plan["do"] == "fail":
        raise RuntimeError("the disk is full")
    if plan["do"] == "refuse":
        raise PlaybookError("one clear sentence.")
    if plan["do"] == "sleep":
        time.sleep(60)
    say(done=plan["do"])
child(work)
"""
PARENT = """
import sys
from playbook.cost.processes import children
with children("made_up_child", [{"do": "sleep"}], PYTHONPATH=sys.argv[1]) as started:
    for _, message in started.messages(60):
        print(message["pid"], flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "made_up_child.py").write_text(CHILD)
    return str(tmp_path)


def run(folder, *tasks, seconds=60):
    plans = [{"do": task} for task in tasks]
    with children("made_up_child", plans, PYTHONPATH=folder) as started:
        return started, list(started.messages(seconds))


def gone(pid, seconds=10):
    end = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_each_child_says_what_it_did_and_a_library_that_prints_disturbs_nothing(folder):
    _, said = run(folder, "this", "that")
    assert sorted(message["done"] for _, message in said if "done" in message) == ["that", "this"]
    assert {index for index, _ in said} == {0, 1}


def test_a_child_that_fails_is_told_with_its_last_words_and_the_others_are_ended(folder):
    plans = [{"do": "fail"}, {"do": "sleep"}]
    words = r"process 0 ended with code 1 \(RuntimeError: the disk is full\)"
    with (
        pytest.raises(PlaybookError, match=words),
        children("made_up_child", plans, PYTHONPATH=folder) as two,
    ):
        list(two.messages(60))
    assert all(process.poll() is not None for process in two.processes)


def test_a_sentence_for_the_reader_passes_through(folder):
    with pytest.raises(PlaybookError, match=r"^one clear sentence\.$"):
        run(folder, "refuse")


def test_a_child_that_takes_too_long_is_ended(folder):
    begun = time.monotonic()
    with pytest.raises(PlaybookError, match="longer than 1 s"):
        run(folder, "sleep", seconds=1)
    assert time.monotonic() - begun < 20


def test_no_child_outlives_a_parent_that_is_killed(folder):
    with subprocess.Popen([sys.executable, "-c", PARENT, folder], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert not gone(pid, seconds=0)
        parent.kill()
    assert gone(pid)
