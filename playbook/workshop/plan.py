"""Plans a workshop by the minute: what fits into 45, 90, 180 minutes and a day, as ranges."""

import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from playbook.course.checkpoints import load
from playbook.course.notebooks import CHAPTERS
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.workshop.sections import Section, sections

LENGTHS = (45, 90, 180)
DAY = 360  # minutes of work; lunch comes on top
# silent reading: English non-fiction 238 words a minute (Brysbaert 2019, J. of Memory and Language 109),
# Chinese 255 characters (Trauzettel-Klosinski and Dietz 2012, IOVS 53); technical prose up to twice that
WORDS, CHARACTERS, SLOWER = 238, 255, 2
# a machine of a class may be three times as slow as the one on which the outputs were stored
SLOWER_MACHINE = 3


@dataclass(frozen=True)
class Block:
    """One line of a plan: what is done, and how many minutes it takes, at least and at most."""

    kind: str
    least: int
    most: int
    chapter: str = ""
    section: str = ""
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A workshop of `length` minutes on `chapters`; the blocks fill it at most."""

    length: int
    chapters: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def least(self) -> int:
        """Minutes when everything goes fast."""
        return sum(block.least for block in self.blocks)

    @property
    def most(self) -> int:
        """Minutes when everything is slow; never more than the length."""
        return sum(block.most for block in self.blocks)


@cache
def wanted() -> dict[str, Any]:
    """Read data/workshop/plans.toml: the order in which sections are worth a minute, and fixed blocks."""
    return tomllib.loads((ROOT / "data" / "workshop" / "plans.toml").read_text("utf-8"))


def minutes(section: Section, chapter: str) -> tuple[int, int]:
    """Give the least and most minutes of a section: it is read while its cells run, then the exercises."""
    known = load(ROOT / "data" / "exercises" / f"{chapter}.yaml")
    reading = section.words / WORDS + section.characters / CHARACTERS
    low = max(reading, section.seconds / 60) + sum(known[name].minutes[0] for name in section.exercises)
    high = max(reading * SLOWER, section.seconds * SLOWER_MACHINE / 60)
    return math.ceil(low), math.ceil(high + sum(known[name].minutes[1] for name in section.exercises))


def plan(length: int, chapters: Sequence[str], lang: str = "en") -> Plan:
    """Fill `length` minutes with sections of `chapters`, the most worthwhile first, and what frames them.

    A section goes in when it fits even if everything is slow. Raises PlaybookError where none does.

    >>> plan(45, ["data"]).most <= 45
    True
    """
    frame = wanted()["blocks"]
    fixed = [_fixed(kind, frame) for kind in ("welcome", "close")]
    breaks = [_fixed("break", frame)] * (length // 90 - (length % 90 == 0))
    left = length - sum(block.most for block in (*fixed, *breaks))
    chosen: dict[str, list[Block]] = {}
    for chapter in chapters:
        chosen[chapter] = _chosen(chapter, left // len(chapters), lang)
    blocks = [block for chapter in chapters for block in chosen[chapter]]
    if not blocks:
        raise PlaybookError(f"{length} minutes are too few for a section of {', '.join(chapters)}.")
    left -= sum(block.most for block in blocks)
    extras = []
    for kind in ("own_data", "mock", "questions"):
        extra = _fixed(kind, frame)
        if extra.most <= left:
            extras.append(extra)
            left -= extra.most
    return Plan(length, tuple(chapters), (fixed[0], *_with_breaks(blocks + extras, breaks), fixed[1]))


def plans(lang: str = "en") -> list[Plan]:
    """Give the plans for each chapter and length, and for a day with all four."""
    return [plan(length, [chapter], lang) for chapter in CHAPTERS for length in LENGTHS] + [
        plan(DAY, CHAPTERS, lang)
    ]


def timetable(blocks: Iterable[Block]) -> list[tuple[int, int, Block]]:
    """Give each block with the minute at which it begins, at the earliest and at the latest."""
    low = high = 0
    rows = []
    for block in blocks:
        rows.append((low, high, block))
        low, high = low + block.least, high + block.most
    return rows


def _chosen(chapter: str, left: int, lang: str) -> list[Block]:
    known = {section.name: section for section in sections(chapter, lang)}
    order = list(known)
    blocks = {}
    for name in wanted()["order"][chapter]:
        low, high = minutes(known[name], chapter)
        if high <= left:
            blocks[name] = Block("section", low, high, chapter, name, known[name].exercises)
            left -= high
    return sorted(blocks.values(), key=lambda block: order.index(block.section))


def _with_breaks(blocks: list[Block], breaks: list[Block]) -> list[Block]:
    """Put the breaks where they part the time into pieces as equal as the blocks allow."""
    whole, done, placed = sum(block.most for block in blocks), 0, []
    for block in blocks:
        share = done / whole
        used = sum(one.kind == "break" for one in placed)
        if used < len(breaks) and share >= (used + 1) / (len(breaks) + 1):
            placed.append(breaks[used])
        placed.append(block)
        done += block.most
    return placed


def _fixed(kind: str, frame: dict[str, list[int]]) -> Block:
    return Block(kind, *frame[kind])
