"""Writes all that a teacher takes into a room: editions, slides, pages, and an assignment for nbgrader."""

from pathlib import Path
from typing import TYPE_CHECKING

from playbook.course.notebooks import CHAPTERS, locate
from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write, disk_errors
from playbook.workshop import deck, editions, pages
from playbook.workshop.wording import word

if TYPE_CHECKING:
    from nbformat import NotebookNode

EDITIONS = {"student": editions.student, "solution": editions.solution, "teacher": editions.teacher}
NBGRADER = """\
# Settings of the course for nbgrader; `nbgrader generate_assignment data` makes the first assignment.
c = get_config()
c.CourseDirectory.course_id = "playbook"
c.ClearSolutions.code_stub = {"python": "answer = ..."}
c.ExecutePreprocessor.timeout = 900
"""


def write(out: Path, lang: str) -> list[str]:
    """Write the release into `out`; give what a teacher should know, such as an edition that is not there.

    Notebooks and slides are in `lang` where that edition exists, and in English where not; the pages are in
    `lang`. Files of the same names are replaced, each whole; others are left alone.
    """
    remarks = []
    for chapter in CHAPTERS:
        edition = _edition(chapter, lang)
        if edition != lang:
            remarks.append(word("no-edition", lang, chapter=word(chapter, lang)))
        name = locate(chapter, edition).name
        for kind, make in EDITIONS.items():
            _write(out / kind / name, _text(make(chapter, edition)))
        _write(out / "nbgrader" / "source" / chapter / name, _text(editions.source(chapter, edition)))
        slides = deck.checked(deck.html(chapter, edition))
        _write(out / "slides" / Path(name).with_suffix(".html").name, slides)
    deck.scripts(out / "slides" / "reveal.js")
    _write(out / "nbgrader" / "nbgrader_config.py", NBGRADER)
    for name in pages.PAGES:
        _write(out / f"{name}.html", pages.page(name, lang, _edition(CHAPTERS[0], lang)))
    return remarks


def _edition(chapter: str, lang: str) -> str:
    try:
        locate(chapter, lang)
    except PlaybookError:
        return "en"
    return lang


def _text(notebook: "NotebookNode") -> str:
    import nbformat

    return nbformat.writes(notebook) + "\n"


def _write(path: Path, text: str) -> None:
    with disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            temporary.write_text(text, "utf-8")
