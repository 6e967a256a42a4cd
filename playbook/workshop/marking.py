"""Marks a class: runs a chapter once, and at each exercise every student's answer in a shut-in copy of it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.course.checkpoints import Exercise, is_empty, load
from playbook.course.notebooks import locate, read
from playbook.course.record import plain
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.workshop import shut_in
from playbook.workshop.returned import Returned, Task, tasks

LIMITS = shut_in.Limits()


@dataclass(frozen=True)
class Mark:
    """What a student got for an exercise; `why` names the misconception, or what happened to the code."""

    student: str
    chapter: str
    file: str
    exercise: str
    points: int
    earned: int
    why: str


def mark(chapter: str, class_: list[Returned], limits: shut_in.Limits = LIMITS) -> list[Mark]:
    """Mark the returned notebooks of one chapter, exercise by exercise, in a process of its own.

    The cells between are those of this version of the course, not the returned ones. An answer is judged
    outside of the process that made it, so code that rewrites `playbook` in memory gains nothing. Raises
    PlaybookError where the chapter itself fails, or the machine cannot shut code in.
    """
    import multiprocessing

    # chapters must not see each other's figures, nor TensorFlow the options of another
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_marks, (locate(chapter), tasks(chapter), class_, limits))


def _marks(notebook: Path, wanted: list[Task], class_: list[Returned], limits: shut_in.Limits) -> list[Mark]:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    os.environ["PLAYBOOK_OUT"] = tempfile.mkdtemp(prefix="playbook-grading-")
    os.chdir(notebook.parent)
    exercises = load(ROOT / "data" / "exercises" / f"{wanted[0].exercise.split('-')[0]}.yaml")
    by_cell = {task.cell: exercises[task.exercise] for task in wanted}
    # the chapter looks back at its cell of parameters; nothing is kept on disk
    shell, marks = InteractiveShell(config=Config(HistoryManager={"enabled": False})), []
    try:
        for cell in (cell for cell in read(notebook) if cell["cell_type"] == "code"):
            if cell["id"] in by_cell:
                marks += [_mark(by_cell[cell["id"]], one, shell, limits) for one in class_]
            with capture_output():
                result = shell.run_cell(cell["source"], store_history=True)
            if not result.success:
                error = result.error_before_exec or result.error_in_exec
                where = f"{notebook.name}: the cell {cell['id']} fails here"
                raise PlaybookError(f"{where} with {type(error).__name__}: {error}")
    finally:
        shutil.rmtree(os.environ["PLAYBOOK_OUT"], ignore_errors=True)
    return sorted(marks, key=lambda mark: (mark.student, mark.file, mark.exercise))


def _mark(exercise: Exercise, one: Returned, shell: Any, limits: shut_in.Limits) -> Mark:  # noqa: ANN401
    earned, why = 0, "the cell is missing"
    if exercise.id in one.answers:
        with tempfile.TemporaryDirectory() as folder:
            outcome = shut_in.run(attempt(shell, one.answers[exercise.id]), Path(folder), limits)
        earned, why = judge(exercise, outcome)
    return Mark(one.student, one.chapter, str(one.file), exercise.id, exercise.points, earned, why)


def attempt(shell: Any, source: str) -> Callable[[], dict[str, Any]]:  # noqa: ANN401
    """Give the task that runs an answer's code in the shell, and says what `answer` is then."""

    def run() -> dict[str, Any]:
        before = _functions()
        shell.user_ns["answer"] = ...
        result = shell.run_cell(source, silent=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            return {"error": type(error).__name__}
        answer = plain(shell.user_ns.get("answer"))
        known = answer if isinstance(answer, bool | int | float | str) else None
        return {"answer": known, "changed": not before.items() <= _functions().items()}

    return run


def judge(exercise: Exercise, outcome: shut_in.Outcome) -> tuple[int, str]:
    """Give points and reason for what came back from an attempt; it may be anything."""
    found = outcome.value if isinstance(outcome.value, dict) else {}
    answer = found.get("answer")
    if outcome.ended or "error" in found:
        return 0, f"stopped: {outcome.ended}" if outcome.ended else f"error: {str(found['error'])[:60]}"
    changed = "; changed playbook in memory" if found.get("changed") else ""
    if not isinstance(answer, bool | int | float | str) or is_empty(answer):
        return 0, f"no answer{changed}"
    if exercise.accept.holds(answer):
        return exercise.points, f"right{changed}"
    known = next((wrong.name for wrong in exercise.wrong if wrong.when.holds(answer)), "wrong")
    return 0, f"{known}{changed}"


def _functions() -> dict[str, int]:
    """Give what the package's modules hold by name, to see whether code changed it."""
    import sys

    modules = {n: m for n, m in sys.modules.items() if n.split(".")[0] == "playbook"}
    return {f"{n}.{k}": id(v) for n, m in modules.items() for k, v in vars(m).items() if callable(v)}
