"""Writes a class's marks: a table a student, a table an exercise, as CSV for sheets and HTML for people."""

from collections import Counter
from pathlib import Path

import pandas as pd

from playbook.inputs.files import atomic_write, disk_errors
from playbook.workshop.marking import Mark
from playbook.workshop.returned import Returned, shown

OTHER = ("wrong", "no answer", "the cell is missing")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def by_student(class_: list[Returned], marks: list[Mark], folder: Path) -> pd.DataFrame:
    """Give a row a returned file: student, file, chapter, points earned and possible, and all remarks."""
    rows = []
    for one in class_:
        own = [
            m for m in marks if (m.student, m.chapter, m.file) == (one.student, one.chapter, str(one.file))
        ]
        notes = one.remarks + [f"{m.exercise}: {m.why}" for m in own if m.why != "right"]
        rows.append({
            "student": one.student, "file": shown(str(one.file.relative_to(folder))), "chapter": one.chapter,
            "earned": sum(m.earned for m in own), "points": sum(m.points for m in own),
            "remarks": "; ".join(notes),
        })  # fmt: skip
    return pd.DataFrame(rows)


def by_exercise(marks: list[Mark]) -> pd.DataFrame:
    """Give a row an exercise: how many tried and were right, and what was met how often, commonest first."""
    rows = []
    for exercise in sorted({mark.exercise for mark in marks}):
        whys = Counter(mark.why for mark in marks if mark.exercise == exercise)
        met = [
            f"{why}: {count}"
            for why, count in sorted(whys.items(), key=lambda w: (-w[1], w[0]))
            if why != "right"
        ]
        rows.append(
            {"exercise": exercise, "answers": whys.total(), "right": whys["right"], "met": "; ".join(met)}
        )
    return pd.DataFrame(rows, columns=["exercise", "answers", "right", "met"])


def by_misconception(marks: list[Mark]) -> pd.DataFrame:
    """Give a row a named misconception of an exercise and how many students had it, commonest first."""
    known = Counter(
        (mark.exercise, mark.why)
        for mark in marks
        if not mark.earned and mark.why not in OTHER and ":" not in mark.why and ";" not in mark.why
    )
    rows = sorted(known.items(), key=lambda item: (-item[1], item[0]))
    return pd.DataFrame(
        [(exercise, why, count) for (exercise, why), count in rows],
        columns=["exercise", "misconception", "students"],
    )


def write(tables: dict[str, pd.DataFrame], out: Path) -> list[Path]:
    """Write each table as `<name>.csv` and all as `class.html`; give the paths."""
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    paths = [out / f"{name}.csv" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        _write(path, _harmless(table).to_csv(index=False))
    parts = [f"<h2>{name}</h2>\n{table.to_html(index=False, escape=True)}" for name, table in tables.items()]
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>Class</title><h1>Class</h1>\n"
    style = "<style>body{font:16px sans-serif;margin:2em}td,th{padding:.3em .6em;text-align:left}</style>\n"
    _write(out / "class.html", head + style + "\n".join(parts) + "</html>\n")
    return [*paths, out / "class.html"]


def _harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Put a quote before texts that a spreadsheet would take for a formula (OWASP: CSV injection)."""
    texts = table.select_dtypes(exclude="number").columns
    return table.assign(
        **{c: [f"'{v}" if str(v).startswith(FORMULA) else v for v in table[c]] for c in texts}
    )


def _write(path: Path, text: str) -> None:
    with (
        disk_errors(path.parent),
        atomic_write(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        file.write(text)
