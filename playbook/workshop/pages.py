"""Writes what is printed for a class: plan, handout, answer key and checklist, as pages of HTML."""

import tomllib
from pathlib import Path
from typing import Any

from playbook.course.checkpoints import Accept, Exercise, load
from playbook.course.notebooks import CHAPTERS, locate, read, reported
from playbook.course.record import show_number
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.workshop import plan
from playbook.workshop.returned import tasks
from playbook.workshop.sections import sections
from playbook.workshop.wording import word

PAGES = ("plan", "handout", "key", "checklist")
_HERE = Path(__file__).parent


def page(name: str, lang: str, edition: str) -> str:
    """Give the page `name`, one of PAGES, in `lang` as HTML that needs no network and runs no script.

    edition: the language of the notebooks from which times and titles are taken.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader([_HERE, _HERE.parent / "course"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(lang=lang, say=lambda key, **values: word(key, lang, **values), show=show_number)
    content = {"plan": _plan, "handout": _handout, "key": _key, "checklist": _checklist}[name](lang, edition)
    return templates.get_template(f"{name}.html.j2").render(**content)


def titles(chapter: str, lang: str, edition: str) -> dict[str, str]:
    """Give the title of each section in `lang`, of an edition that may be in the other language."""
    own = {section.name: section.title for section in sections(chapter, edition)}
    return own if lang == edition else own | plan.wanted()["titles"][chapter]


def example(accept: Accept) -> float | str:
    """Give an answer that the rule takes, to be shown: the middle of a range, or the first of a list."""
    if accept.between is not None:
        return round(sum(accept.between) / 2, 4)
    if accept.one_of is not None:
        return accept.one_of[0]
    if accept.equals is None:
        raise PlaybookError(f"An answer near {accept.figure} is known only when the chapter has run.")
    return accept.equals


def exercises(chapter: str) -> list[Exercise]:
    """List a chapter's exercises in the order in which its notebook asks them."""
    known = load(ROOT / "data" / "exercises" / f"{chapter}.yaml")
    return [known[task.exercise] for task in tasks(chapter)]


def _plan(lang: str, edition: str) -> dict[str, Any]:
    named = {chapter: titles(chapter, lang, edition) for chapter in CHAPTERS}
    made = plan.plans(edition)
    return {"plans": made, "titles": named, "timetable": plan.timetable, "day": plan.DAY}


def _handout(lang: str, edition: str) -> dict[str, Any]:
    from playbook.interview import bank, figures

    card = figures.reference()
    asked = {q.id: q for q in bank.load() if q.id.endswith("-general-article")}
    parts = []
    for chapter in CHAPTERS:
        question = asked[f"{chapter}-general-article"]
        texts = {key: getattr(question, key)[lang] for key in ("question", "short")}
        parts.append({
            "chapter": chapter, "exercises": exercises(chapter),
            "texts": {key: figures.fill(text, card) for key, text in texts.items()},
            "figures": reported(read(locate(chapter, edition)))["figures"],
        })  # fmt: skip
    return {"parts": parts}


def _key(lang: str, edition: str) -> dict[str, Any]:
    return {"chapters": {chapter: exercises(chapter) for chapter in CHAPTERS}, "example": example}


def _checklist(lang: str, edition: str) -> dict[str, Any]:
    file = ROOT / "data" / "workshop" / "checklist.toml"
    return {"lines": tomllib.loads(file.read_text("utf-8"))[lang]}
