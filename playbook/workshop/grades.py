"""Grades a class from the folder of returned notebooks to the tables, chapter by chapter."""

from pathlib import Path

from playbook.errors import PlaybookError
from playbook.workshop import marking, shut_in, tables
from playbook.workshop.returned import collect


def grade(folder: Path, out: Path, seconds: float = 20) -> list[Path]:
    """Mark all notebooks below `folder` and write the tables into `out`; give their paths.

    Raises PlaybookError when there is nothing to grade, or the machine cannot shut strangers' code in.
    """
    if not shut_in.available():
        raise PlaybookError(shut_in.UNAVAILABLE)
    class_ = collect(folder)
    marks = []
    for chapter in sorted({one.chapter for one in class_ if one.chapter}):
        returned = [one for one in class_ if one.chapter == chapter]
        marks += marking.mark(chapter, returned, shut_in.Limits(seconds=seconds))
    by = {
        "students": tables.by_student(class_, marks, folder),
        "exercises": tables.by_exercise(marks),
        "misconceptions": tables.by_misconception(marks),
    }
    return tables.write(by, out)
