"""The review file: nothing is lost by a kill, two drills, or a damaged file."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.interview.memory import Memory, state_file

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REVIEWS = (
    "import sys; from pathlib import Path; from playbook.interview.memory import Memory\n"
    "memory = Memory(Path(sys.argv[1]))\n"
    "for number in range(int(sys.argv[3])):\n"
    "    memory.review(f'{sys.argv[2]}{number}/en', 3); print(number, flush=True)\n"
)


def start(path, name, count):
    command = [sys.executable, "-c", REVIEWS, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_review_is_on_disk_and_comes_back_later(tmp_path):
    memory = Memory(tmp_path / "drill.json")
    assert memory.due(["a/en", "b/en"], NOW) == ["a/en", "b/en"]
    due = memory.review("a/en", 4, NOW)
    assert due > NOW + timedelta(days=1)
    again = Memory(tmp_path / "drill.json")
    assert again.due(["a/en", "b/en"], NOW) == ["b/en"]
    assert again.due(["a/en", "b/en"], due) == ["a/en", "b/en"]
    assert json.loads(again.path.read_text())["reviews"] == [
        {"card": "a/en", "rating": 4, "at": NOW.isoformat()}
    ]


@given(ratings=st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_the_schedule_is_that_of_fsrs_and_always_ahead(tmp_path_factory, ratings):
    from fsrs import Card, Rating, Scheduler

    memory = Memory(tmp_path_factory.mktemp("state") / "drill.json")
    card, now = Card(due=NOW), NOW
    for rating in ratings:
        due = memory.review("a/en", rating, now)
        card, _ = Scheduler(enable_fuzzing=False).review_card(card, Rating(rating), now)
        assert due == card.due > now
        now = due


def test_what_is_due_by_tomorrow(tmp_path):
    memory = Memory(tmp_path / "drill.json")
    memory.review("soon/en", 1, NOW)
    memory.review("late/en", 4, NOW)
    assert memory.by_tomorrow(["soon/en", "late/en", "new/en"], NOW) == 1


def test_a_kill_loses_no_review(tmp_path):
    path = tmp_path / "drill.json"
    for turn in range(3):
        process = start(path, f"turn{turn}-", 10_000)
        told = [process.stdout.readline() for _ in range(5 + turn)]
        time.sleep(0.01 * turn)
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
        process.wait()
        cards = Memory(path).cards()
        assert all(f"turn{turn}-{number.strip()}/en" in cards for number in told)
    assert not list(tmp_path.glob("*damaged*"))


def test_two_drills_at_once_lose_nothing(tmp_path):
    path = tmp_path / "drill.json"
    processes = [start(path, name, 12) for name in ("left", "right")]
    assert [process.wait() for process in processes] == [0, 0]
    assert len(Memory(path).cards()) == 24 and len(json.loads(path.read_text())["reviews"]) == 24


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"version": 2, "cards": {}, "reviews": []}',
        '{"version": 1, "cards": {"a": {}}, "reviews": []}',
        '{"version": 1, "cards": [], "reviews": []}',
        '{"version": 1, "cards": {"a": {"due": "never"}}, "reviews": []}',
        "\x00\x01",
    ],
)
def test_a_damaged_file_is_set_aside_and_never_overwritten(tmp_path, text):
    path = tmp_path / "drill.json"
    for number in (1, 2):
        path.write_text(text)
        memory = Memory(path)
        assert memory.cards() == {}
        assert memory.set_aside == f"drill.damaged-{number}.json"
        memory.review("a/en", 3)
    assert [file.read_text() for file in sorted(tmp_path.glob("*damaged*"))] == [text, text]


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PlaybookError, match="Nothing can be written"):
        Memory(tmp_path / "file" / "drill.json").review("a/en", 3)


def test_where_it_lies(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYBOOK_STATE", str(tmp_path))
    assert state_file() == tmp_path / "drill.json"
    monkeypatch.delenv("PLAYBOOK_STATE")
    assert state_file().is_absolute() and os.fspath(state_file()).endswith("drill.json")
