"""Makes the editions of a chapter's notebook with nbgrader's own preprocessors: student, teacher, source."""

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from playbook.course.checkpoints import Exercise, load
from playbook.course.notebooks import locate
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.workshop.pages import example
from playbook.workshop.returned import answer_part, tasks, version
from playbook.workshop.wording import word

if TYPE_CHECKING:
    from nbformat import NotebookNode

EMPTY = "answer = ..."
CHECKED = "-check"  # what the id of an exercise's cell gets where its check stands in a cell of its own
_REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", re.DOTALL)


def solution(chapter: str, lang: str = "en") -> "NotebookNode":
    """Give the notebook with the solutions in their place and the stored outputs: what the course shows."""
    import nbformat

    return nbformat.read(locate(chapter, lang), as_version=4)


def source(chapter: str, lang: str = "en") -> "NotebookNode":
    """Give the notebook as nbgrader wants an assignment's source: solutions in, points and hidden tests set.

    nbgrader grades a cell that the student may not change, so each exercise becomes two: the answer, and
    what follows from its check on. A class puts it below `source/` and runs `nbgrader generate_assignment`.
    """
    notebook = solution(chapter, lang)
    exercises = {task.cell: _exercises(chapter)[task.exercise] for task in tasks(chapter, lang)}
    cells = []
    for cell in notebook.cells:
        cells += _parted(cell, exercises[cell.id]) if cell.id in exercises else [cell]
    notebook.cells = cells
    notebook.metadata["playbook"] = {"chapter": chapter, "version": version(chapter, lang)}
    return notebook


def student(chapter: str, lang: str = "en") -> "NotebookNode":
    """Give the notebook that students get: no solution, no output, all cells locked but the answers.

    Raises PlaybookError when a line of a solution stands anywhere else in it.
    """
    from nbgrader import preprocessors

    notebook, resources = source(chapter, lang), {"unique_key": chapter}
    for part in (
        preprocessors.ClearSolutions(code_stub={"python": EMPTY}),
        preprocessors.ClearHiddenTests(),
        preprocessors.ClearOutput(),
        preprocessors.LockCells(),
        preprocessors.ComputeChecksums(),
    ):
        notebook, resources = part.preprocess(notebook, resources)
    leaks = leaked(notebook, chapter, lang)
    if leaks:
        raise PlaybookError(f"{chapter}: a line of a solution stands in the student edition too: {leaks[0]}.")
    return notebook


def teacher(chapter: str, lang: str = "en") -> "NotebookNode":
    """Give the solution edition with a note under each exercise: minutes, points, common wrong answers."""
    import nbformat

    notebook = solution(chapter, lang)
    exercises = {task.cell: _exercises(chapter)[task.exercise] for task in tasks(chapter, lang)}
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.id in exercises:
            note = nbformat.v4.new_markdown_cell(_note(exercises[cell.id], lang))
            note["id"] = f"{cell.id}-teacher"
            cells.append(note)
    notebook.cells = cells
    return notebook


def solutions(chapter: str, lang: str = "en") -> dict[str, str]:
    """Give what stands between the marks of each exercise cell, by exercise id."""
    cells = {cell.id: cell.source for cell in solution(chapter, lang).cells}
    found = {task.exercise: _REGION.search(cells[task.cell]) for task in tasks(chapter, lang)}
    missing = [name for name, region in found.items() if region is None]
    if missing:
        raise PlaybookError(
            f"{chapter}: the exercise {missing[0]} has no marks BEGIN SOLUTION, END SOLUTION."
        )
    return {name: region[1].strip() for name, region in found.items() if region}


def leaked(notebook: "NotebookNode", chapter: str, lang: str = "en") -> list[str]:
    """Name the exercises whose solution shows in a notebook: in a cell, an output, or the metadata."""
    import nbformat

    text = nbformat.writes(notebook)
    known = {name: lines.splitlines() for name, lines in solutions(chapter, lang).items()}
    # as JSON writes it, without the indentation that a copy may have lost
    return [
        name for name, lines in known.items() if any(_in_json(line) in text for line in lines if line.strip())
    ]


def _parted(cell: "NotebookNode", exercise: Exercise) -> list["NotebookNode"]:
    """Make two cells of an exercise: the answer, and the rest from its check on with a hidden test."""
    answer, check = cell, copy.deepcopy(cell)
    before = answer_part(cell.source)
    test = f'assert playbook.passed("{exercise.id}", answer)'
    check["id"], check.metadata["tags"] = cell.id + CHECKED, []
    check.source = cell.source[len(before) :].lstrip("\n")
    check.source += f"\n### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    answer.source, answer.outputs = before, []
    answer.metadata["nbgrader"] = _graded(answer.id, solution=True)
    check.metadata["nbgrader"] = _graded(check.id, points=exercise.points)
    return [answer, check]


def _graded(cell: str, *, solution: bool = False, points: int = 0) -> dict[str, Any]:
    """Give nbgrader's metadata (schema 3) of a cell that holds an answer, or of one that grades it."""
    marks = {"grade": bool(points), "solution": solution, "locked": bool(points), "task": False}
    return {**marks, **({"points": points} if points else {}), "grade_id": cell, "schema_version": 3}


def _note(exercise: Exercise, lang: str) -> str:
    low, high = exercise.minutes
    time = word("minutes", lang, n=f"{low}–{high}")
    head = f"**{word('teacher', lang)}: {exercise.id}**, {word(exercise.kind, lang)}, "
    head += f"{word('points', lang, n=exercise.points)}, {time}. {getattr(exercise.solution, lang)}"
    wrong = [
        f"- `{one.name}` ({word('takes-as', lang)} {example(one.when)}): {getattr(one, lang)}"
        for one in exercise.wrong
    ]
    return "\n".join([head, "", f"{word('wrong', lang)}:", "", *wrong])


def _exercises(chapter: str) -> dict[str, Exercise]:
    return load(ROOT / "data" / "exercises" / f"{chapter}.yaml")


def _in_json(line: str) -> str:
    return json.dumps(line.strip(), ensure_ascii=False)[1:-1]
