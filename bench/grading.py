"""Grades a made-up class of thirty on the whole of chapter 1, and says how long it took."""

import json
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pandas as pd

from playbook.workshop import editions, grades, shut_in
from playbook.workshop.returned import tasks

STUDENTS, MOST_MINUTES = 30, 10
BAD = (
    "while True: pass",
    "import os\nwhile True: os.fork()",
    "while True: print('x' * 10**6)",
    "bytearray(10**11)",
    "import shutil\nshutil.rmtree(playbook.__path__[0])",
)


def returned(folder: Path) -> None:
    """Write the class: five hostile students, five that left everything empty, twenty with all right."""
    student = nbformat.writes(editions.student("data"))
    whole = {cell.id: cell.source for cell in editions.source("data").cells}
    for number in range(STUDENTS):
        notebook = json.loads(student)
        answers = {task.cell for task in tasks("data")} if number >= 5 else set()
        for cell in notebook["cells"]:
            if cell["id"] in answers:
                cell["source"] = whole[cell["id"]]
        if number < 5:
            next(cell for cell in notebook["cells"] if cell["id"] == tasks("data")[0].cell)["source"] = BAD[
                number
            ]
        elif number < 10:
            notebook = json.loads(student)
        path = folder / f"student {number:02}" / "01_data.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), "utf-8")


def main() -> None:
    """Print minutes and points; exit with 1 when it took too long or the points are not those planted."""
    if not shut_in.available():
        print("skipped: only Linux can shut strangers' code in")
        return
    with tempfile.TemporaryDirectory() as folder:
        returned(Path(folder, "class"))
        start = time.perf_counter()
        grades.grade(Path(folder, "class"), Path(folder, "out"))
        minutes = (time.perf_counter() - start) / 60
        earned = pd.read_csv(Path(folder, "out", "students.csv"))["earned"].tolist()
    print(
        f"{STUDENTS} notebooks of chapter 1: {minutes:.1f} minutes, at most {MOST_MINUTES}; points: {earned}"
    )
    if minutes > MOST_MINUTES or earned != [0] * 10 + [8] * 20:
        sys.exit(1)


if __name__ == "__main__":
    main()
