"""The score sheet of an interview, as JSON, Markdown and HTML, and a panel's sheets merged into one."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write, disk_errors
from playbook.interview import bank
from playbook.interview.schema import Question
from playbook.interview.wording import words

_STRICT = ConfigDict(extra="forbid")


@dataclass
class Asked:
    """What became of one question: points met at once and after a follow-up, each with its sentence."""

    question: str
    at_once: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    seconds: int = 0

    def missed(self, question: Question) -> set[str]:
        """Give the ids of the points that no answer met."""
        return {point.id for point in question.rubric} - self.at_once.keys() - self.after.keys()


@dataclass
class Sheet:
    """One interviewer's sheet of one interview."""

    __pydantic_config__ = _STRICT
    candidate: str
    interviewer: str
    level: str
    lang: str
    grader: str
    asked: list[Asked] = field(default_factory=list)


def write(sheet: Sheet, folder: Path, name: str = "sheet") -> list[Path]:
    """Write `name`.json, .md and .html into `folder`, each whole or not at all; give their paths."""
    texts = {
        "json": json.dumps(asdict(sheet), indent=1, ensure_ascii=False) + "\n",
        "md": render("sheet.md.j2", sheet.lang, sheet=sheet, rows=_rows([sheet])),
        "html": render("sheet.html.j2", sheet.lang, sheet=sheet, rows=_rows([sheet])),
    }
    return put(folder, name, texts)


def read(path: Path) -> Sheet:
    """Read a sheet's JSON; raises PlaybookError when it is none, or names what the bank does not have."""
    try:
        sheet = TypeAdapter(Sheet).validate_python(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise PlaybookError(f"There is no file {path}: name the sheet.json of an interview.") from None
    except (OSError, ValueError, ValidationError) as error:
        raise PlaybookError(
            f"{path} is no score sheet ({type(error).__name__}): name a sheet.json."
        ) from None
    for asked in sheet.asked:
        known = {point.id for point in bank.find(asked.question).rubric}
        unknown = sorted((asked.at_once.keys() | asked.after.keys()) - known)
        if unknown:
            raise PlaybookError(f"{path.name}: {asked.question} has no point {unknown[0][:40]!r}.")
    return sheet


def merge(sheets: Sequence[Sheet], folder: Path, name: str = "panel") -> list[Path]:
    """Write a panel's sheets of one candidate as one: who saw what met, agreement, where they differ.

    Raises PlaybookError for fewer than two sheets, sheets of several candidates, two of one interviewer.
    """
    candidates = sorted({sheet.candidate for sheet in sheets})
    interviewers = [sheet.interviewer for sheet in sheets]
    if len(sheets) < 2:
        raise PlaybookError("A panel needs two sheets or more: name the sheet.json of each interviewer.")
    if len(candidates) > 1:
        raise PlaybookError(f"These sheets are of {len(candidates)} candidates: merge those of one.")
    if len(set(interviewers)) < len(interviewers):
        raise PlaybookError("Two of these sheets are of the same interviewer: name each with --interviewer.")
    lang, rows = sheets[0].lang, _rows(sheets)
    values = {"sheets": sheets, "rows": rows, "alpha": _agreement(rows), "candidate": candidates[0]}
    texts = {kind: render(f"panel.{kind}.j2", lang, **values) for kind in ("md", "html")}
    return put(folder, name, texts)


def _rows(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Give a row a question: its points, and how each fared on each sheet."""
    ids = list(dict.fromkeys(asked.question for sheet in sheets for asked in sheet.asked))
    rows = []
    for one in ids:
        question = bank.find(one)
        by_sheet = [next((a for a in sheet.asked if a.question == one), None) for sheet in sheets]
        points = [
            {"text": point.text, "marks": [_mark(asked, point.id) for asked in by_sheet]}
            for point in question.rubric
        ]
        for point in points:
            seen = {mark["met"] for mark in point["marks"] if mark["met"] is not None}
            point["differ"] = len(seen) > 1
        scores = [None if a is None else len(a.at_once | a.after) for a in by_sheet]
        seconds = [None if a is None else a.seconds for a in by_sheet]
        rows.append({"question": question, "points": points, "scores": scores, "seconds": seconds})
    return rows


def _mark(asked: Asked | None, point: str) -> dict[str, Any]:
    """Say how a point fared on one sheet: met is None when the question was not asked there."""
    if asked is None:
        return {"met": None, "how": "", "sentence": ""}
    how = "at_once" if point in asked.at_once else "after" if point in asked.after else "missed"
    return {
        "met": how != "missed",
        "how": how,
        "sentence": {**asked.at_once, **asked.after}.get(point, ""),
    }


def _agreement(rows: Sequence[dict[str, Any]]) -> str:
    """Give Krippendorff's alpha over the points; "-" where no two interviewers judged the same one."""
    import numpy as np

    from playbook.data.annotation import agreement

    marks = [[mark["met"] for mark in point["marks"]] for row in rows for point in row["points"]]
    ratings = np.array([[np.nan if met is None else float(met) for met in each] for each in marks])
    if not ratings.size or (np.isfinite(ratings).sum(axis=1) > 1).sum() == 0:
        return "-"
    return f"{agreement(ratings):.2f}"


def render(template: str, lang: str, **values: object) -> str:
    """Fill a template of this folder with values and the words of a language."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    folders = [Path(__file__).parent, Path(__file__).parents[1] / "course"]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(["html.j2", "css.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return environment.get_template(template).render(w=words(lang), lang=lang, **values)


def put(folder: Path, name: str, texts: dict[str, str]) -> list[Path]:
    """Write texts as `folder`/`name`.<suffix>, each whole or not at all; give their paths."""
    paths = []
    for suffix, text in texts.items():
        paths.append(folder / f"{name}.{suffix}")
        with disk_errors(folder), atomic_write(paths[-1]) as temporary:
            temporary.write_text(text, "utf-8")
    return paths
