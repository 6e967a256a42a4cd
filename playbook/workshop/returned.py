"""Finds the notebooks that a class returned, and the answers in them, whatever state they are in."""

import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbook.course.notebooks import CHAPTERS, locate, read
from playbook.errors import PlaybookError

MOST_BYTES = 50 * 2**20
CHECK = re.compile(r"""^playbook\.check\(\s*["']([a-z]+-[a-z0-9-]+)["']""", re.MULTILINE)


@dataclass(frozen=True)
class Task:
    """An exercise of a chapter: its id, and the notebook's cell that holds the answer."""

    exercise: str
    cell: str


@dataclass
class Returned:
    """A returned notebook: whose, which chapter, the code of each answer, and what is odd about the file."""

    student: str
    file: Path
    chapter: str = ""
    version: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def tasks(chapter: str, lang: str = "en") -> list[Task]:
    """List a chapter's exercises in the order of its notebook.

    >>> tasks("data")[0]
    Task(exercise='data-01', cell='cleaning-exercise')
    """
    found = []
    for cell in read(locate(chapter, lang)):
        if "exercise" in cell.get("metadata", {}).get("tags", []):
            checked = CHECK.search(cell["source"])
            if not checked:
                raise PlaybookError(f"{chapter}: the exercise {cell['id']} has no line playbook.check.")
            found.append(Task(checked[1], cell["id"]))
    return found


def answer_part(source: str) -> str:
    r"""Give what stands before the line that checks the answer; all of it where there is none.

    >>> answer_part('answer = 4\nplaybook.check("data-01", answer)\nmore()')
    'answer = 4'
    """
    checked = CHECK.search(source)
    return source[: checked.start()].rstrip("\n") if checked else source


def version(chapter: str, lang: str = "en") -> str:
    """Give twelve characters that change when any code cell of the chapter does.

    >>> len(version("data"))
    12
    """
    code = "\0".join(c["source"] for c in read(locate(chapter, lang)) if c["cell_type"] == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:12]


def collect(folder: Path) -> list[Returned]:
    """Read the files of a class: `<student>/.../<chapter>.ipynb`, as nbgrader has them, or `<student>.ipynb`.

    Every file that is there is in the result, with remarks about what cannot be used. Raises PlaybookError
    when there is no file.
    """
    if not folder.is_dir():
        raise PlaybookError(f"{folder} is no folder: name the one with the returned notebooks.")
    hidden = (".ipynb_checkpoints",)
    files = sorted(
        p for p in folder.rglob("*") if not p.is_dir() and not {*hidden} & {*p.parts} and p.name[0] != "."
    )
    if not files:
        raise PlaybookError(
            f"{folder} holds no file: put the returned notebooks into it, a folder a student."
        )
    found = [_read(file, folder) for file in files]
    twice = Counter((r.student, r.chapter) for r in found if r.chapter)
    for one in found:
        if one.chapter and twice[one.student, one.chapter] > 1:
            one.remarks.append("one of two files or more of this student")
    return found


def shown(name: str) -> str:
    r"""Give a file's name as text that can be written: bytes that are no UTF-8 become question marks.

    >>> ascii(shown("\udccd (from an old zip)"))
    "'\\ufffd (from an old zip)'"
    """
    return os.fsencode(name).decode("utf-8", "replace")


def _read(file: Path, folder: Path) -> Returned:
    parts = file.relative_to(folder).parts
    one = Returned(shown(parts[0] if len(parts) > 1 else file.stem), file)
    cells = _cells(one)
    if cells is None:
        return one
    one.chapter = _chapter(file, cells)
    if not one.chapter:
        one.remarks.append("no notebook of this course")
        return one
    if one.version and one.version != version(one.chapter):
        one.remarks.append("made from another version of the course")
    own = {cell["id"]: cell["source"] for cell in read(locate(one.chapter)) if cell["cell_type"] == "code"}
    wanted = tasks(one.chapter)
    exercises = {task.cell for task in wanted}
    parted = {f"{name}-check" for name in exercises}  # the other half of an exercise in a student edition
    extra, seen = [], {}
    for cell in cells:
        if cell["id"] in parted:
            continue
        if cell["id"] in exercises:
            seen[cell["id"]] = "\n".join([*extra, answer_part(cell["source"])])
        elif cell["id"] not in own:
            extra.append(cell["source"])
    one.answers = {task.exercise: seen[task.cell] for task in wanted if task.cell in seen}
    missing = [task.cell for task in wanted if task.cell not in seen]
    changed = sum(
        cell["source"].strip() != own[cell["id"]].strip()
        for cell in cells
        if cell["id"] in own.keys() - exercises
    )
    one.remarks += [f"cells missing or renamed: {', '.join(missing)}"] if missing else []
    one.remarks += (
        [f"{changed} cells beside the exercises differ from this version of the course"] if changed else []
    )
    return one


def _cells(one: Returned) -> list[dict[str, str]] | None:
    """Give a file's code cells as id and source; None, with a remark, when it is no notebook."""
    try:
        if not one.file.is_file():
            one.remarks.append("no regular file")
            return None
        if one.file.stat().st_size > MOST_BYTES:
            one.remarks.append(f"larger than {MOST_BYTES >> 20} MB: not read")
            return None
        content = json.loads(one.file.read_text("utf-8"))
        cells = content["cells"]
        one.version = str(content.get("metadata", {}).get("playbook", {}).get("version", ""))[:40]
        return [_cell(cell) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        one.remarks.append("no notebook: it cannot be read as one")
        return None


def _cell(cell: dict[str, Any]) -> dict[str, str]:
    """Give id and source; a class that went through nbgrader has the id in `grade_id` too."""
    known = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
    return {"id": str(known or cell.get("id", "")), "source": "".join(cell["source"])}


def _chapter(file: Path, cells: list[dict[str, str]]) -> str:
    """Tell the chapter by the cells, whatever the file is called: that with which it shares most ids."""
    ids = {cell["id"] for cell in cells}
    shared = {chapter: len(ids & {cell["id"] for cell in read(locate(chapter))}) for chapter in CHAPTERS}
    # every chapter has cells called parameters, validate, scorecard and decision
    best = max(shared, key=lambda chapter: (shared[chapter], chapter in file.name))
    return best if shared[best] > 4 else ""
