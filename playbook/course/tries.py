"""Remembers which exercises a person tried and solved: one JSON file in the user's data folder."""

import contextlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from playbook.inputs.files import atomic_write

Tries = dict[str, dict[str, int]]
_here: Tries = {}  # of this process, for whoever has no disk to write to


def state_folder() -> Path:
    """Give the folder of what is remembered of a person: the user's data folder, or `$PLAYBOOK_STATE`."""
    chosen = os.environ.get("PLAYBOOK_STATE")
    folder = Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("playbook"))
    return folder.absolute()


def remember(name: str, earned: int, points: int) -> None:
    """Count a try of the exercise `name`; the most that was ever earned stays.

    A run of whole chapters (`playbook run`) executes our solutions, not anybody's, and leaves no trace.
    """
    _add(_here, name, earned, points)
    if "PLAYBOOK_OUT" in os.environ:
        return
    with contextlib.suppress(OSError, Timeout), _file() as file:
        known = _read(file)
        _add(known, name, earned, points)
        with atomic_write(file) as temporary:
            temporary.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")


def tried(name: str) -> bool:
    """Say whether the exercise was ever tried, here or in an earlier session."""
    return name in _here or name in all_tries()


def all_tries() -> Tries:
    """Give tries, earned and points by exercise; what cannot be read counts as nothing."""
    with contextlib.suppress(OSError, Timeout), _file() as file:
        return _read(file)
    return {}


def _add(known: Tries, name: str, earned: int, points: int) -> None:
    before = known.get(name, {"tries": 0, "earned": 0})
    best = max(earned, before["earned"])
    known[name] = {"tries": before["tries"] + 1, "earned": best, "points": points}


def _read(file: Path) -> Tries:
    try:
        known = json.loads(file.read_text("utf-8"))
        return {
            str(name): {key: int(one[key]) for key in ("tries", "earned", "points")}
            for name, one in known.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


@contextmanager
def _file() -> Iterator[Path]:
    """Hold the file alone: two notebooks may be open at once."""
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "exercises.lock", timeout=5):
        yield folder / "exercises.json"
