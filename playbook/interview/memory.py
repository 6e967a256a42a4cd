"""Remembers what a person reviewed and when it is due again: one JSON file, whole after every review."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from playbook.course.tries import state_folder
from playbook.inputs.files import atomic_write, disk_errors

_VERSION = 1


def state_file() -> Path:
    """Give the review file: in the user's data folder, or in `$PLAYBOOK_STATE`."""
    return state_folder() / "drill.json"


@dataclass
class Memory:
    """The review file at `path`; `set_aside` names the damaged one that it replaced, if there was one."""

    path: Path
    set_aside: str = ""

    def cards(self) -> dict[str, dict[str, Any]]:
        """Give the cards by name ("<question id>/<language>"): FSRS's state, as plain values."""
        with self._alone():
            return self._read()["cards"]

    def review(self, name: str, rating: int, now: datetime | None = None) -> datetime:
        """Record a review (1 again, 2 hard, 3 good, 4 easy) and give the time when the card is due again.

        It is on disk when this returns. Two drills at once lose nothing: each reads the file again before it
        writes. The schedule is FSRS's (Ye et al. 2022, KDD), with its published default weights.
        """
        from fsrs import Card, Rating, Scheduler

        now = now or datetime.now(UTC)
        with self._alone():
            state = self._read()
            known = state["cards"].get(name)
            # fuzz would make the same reviews give other dates
            scheduler = Scheduler(enable_fuzzing=False)
            card = Card.from_dict(known) if known else Card(due=now)
            card, _ = scheduler.review_card(card, Rating(rating), now)
            state["cards"][name] = card.to_dict()
            state["reviews"].append({"card": name, "rating": int(rating), "at": now.isoformat()})
            self._write(state)
        return card.due

    def due(self, names: list[str], now: datetime | None = None) -> list[str]:
        """Give those of `names` that are due, the longest overdue first, then those never seen, in order."""
        now, cards = now or datetime.now(UTC), self.cards()
        seen = sorted((_when(cards[name]), name) for name in names if name in cards)
        return [name for when, name in seen if when <= now] + [name for name in names if name not in cards]

    def by_tomorrow(self, names: list[str], now: datetime | None = None) -> int:
        """Count the cards that are due before the end of tomorrow, by the local calendar."""
        local = (now or datetime.now(UTC)).astimezone()
        end = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
        cards = self.cards()
        return sum(_when(cards[name]) < end for name in names if name in cards)

    def _alone(self) -> FileLock:
        with disk_errors(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path.with_suffix(".lock"))

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            return {"version": _VERSION, "cards": {}, "reviews": []}
        try:
            return _checked(json.loads(self.path.read_text("utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError):
            self._keep_damaged()
            return {"version": _VERSION, "cards": {}, "reviews": []}

    def _keep_damaged(self) -> None:
        number = 1
        while (kept := self.path.with_name(f"{self.path.stem}.damaged-{number}.json")).exists():
            number += 1
        self.path.rename(kept)
        self.set_aside = kept.name

    def _write(self, state: dict[str, Any]) -> None:
        text = json.dumps(state, indent=1, ensure_ascii=False, sort_keys=True)
        with (
            disk_errors(self.path.parent),
            atomic_write(self.path) as temporary,
            temporary.open("w", encoding="utf-8") as file,
        ):
            file.write(text + "\n")
            # a rename may reach the disk before the content, and then a power cut leaves an empty file
            file.flush()
            os.fsync(file.fileno())


def _when(card: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(card["due"])


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state that FSRS can read, or raise what an unreadable one raises."""
    from fsrs import Card

    if state["version"] != _VERSION or not isinstance(state["reviews"], list):
        raise ValueError("another version")
    for card in state["cards"].values():
        if Card.from_dict(card).due.tzinfo is None:
            raise ValueError("a date without a zone")
    return state
