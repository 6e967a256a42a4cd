"""The sections of a chapter, as a workshop needs them: title, prose, seconds of the machine, exercises."""

import json
import re
from dataclasses import dataclass

from playbook.course.notebooks import locate, read
from playbook.course.outputs import SECONDS
from playbook.errors import PlaybookError
from playbook.workshop.returned import CHECK

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9'%.-]+")


@dataclass(frozen=True)
class Section:
    """A part of a chapter between two headings; seconds are those of the run that stored the outputs."""

    name: str
    title: str
    words: int
    characters: int
    seconds: float
    exercises: tuple[str, ...]


def sections(chapter: str, lang: str = "en") -> list[Section]:
    """List the numbered sections of a chapter and those between them, in order; no corner, no sources.

    >>> [section.name for section in sections("data")][:3]
    ['title', 'cleaning', 'annotation']
    """
    seconds = measured(chapter)
    found: list[list] = []
    for cell in read(locate(chapter, lang)):
        heading = _HEADING.search(cell["source"]) if cell["cell_type"] == "markdown" else None
        if cell["id"] in ("scorecard", "interview"):
            break
        if heading or not found:
            title = heading[1] if heading else cell["source"].partition("\n")[0].lstrip("# ")
            found.append([cell["id"], title, [], 0.0, []])
        if cell["cell_type"] == "markdown":
            found[-1][2].append(cell["source"])
        else:
            found[-1][3] += seconds.get(cell["id"], 0)
            found[-1][4] += CHECK.findall(cell["source"])
    return [
        Section(name, title, *_length("\n".join(prose)), round(spent, 1), tuple(exercises))
        for name, title, prose, spent, exercises in found
    ]


def measured(chapter: str) -> dict[str, float]:
    """Give the seconds of a chapter's cells, of those that took half a second or more."""
    try:
        return json.loads(SECONDS.read_text("utf-8"))[chapter]
    except (OSError, ValueError, KeyError):
        raise PlaybookError(f"{SECONDS.name} has no times of {chapter}: run `make outputs`.") from None


def _length(prose: str) -> tuple[int, int]:
    """Count the words written in letters, and the Chinese characters."""
    return len(_WORD.findall(_CHINESE.sub(" ", prose))), len(_CHINESE.findall(prose))
