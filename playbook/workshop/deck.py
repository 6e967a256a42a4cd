"""Makes slides of a chapter: headings, pictures, tables and checkpoints; the prose becomes speaker notes."""

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from playbook.course.checkpoints import Exercise, load
from playbook.errors import PlaybookError
from playbook.inputs import ROOT, path
from playbook.inputs.files import atomic_write
from playbook.workshop.editions import solution
from playbook.workshop.returned import tasks

if TYPE_CHECKING:
    from nbformat import NotebookNode

_HERE = Path(__file__).parent
_FILES = ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js", "LICENSE")
_INSIDE = "sphinx_revealjs/_static/revealjs/"
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")
MOST_WORDS = 70  # on a slide; what is longer goes to the notes
_LEFT_OUT = ("interview", "sources")


def deck(chapter: str, lang: str = "en") -> "NotebookNode":
    """Give a notebook whose cells are slides, marked as nbconvert's exporter wants them."""
    notebook = solution(chapter, lang)
    exercises = load(ROOT / "data" / "exercises" / f"{chapter}.yaml")
    asked = {task.cell: exercises[task.exercise] for task in tasks(chapter, lang)}
    slides: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.id in _LEFT_OUT or "parameters" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            slides += _prose(cell.source)
        elif cell.id in asked:
            slides.append(_markdown(_answer(asked[cell.id], lang), "fragment"))
        elif any("data" in output for output in cell.outputs) and cell.id != "validate":
            cell.metadata["slideshow"] = {"slide_type": "subslide"}
            slides.append(cell)
    notebook.cells = slides
    return notebook


def html(chapter: str, lang: str = "en") -> str:
    """Give the slides as HTML that asks for nothing but the files of `scripts` beside it."""
    from nbconvert import SlidesExporter
    from traitlets.config import Config

    config = Config({
        "SlidesExporter": {
            "template_name": "deck", "extra_template_basedirs": [str(_HERE)],
            "reveal_url_prefix": "reveal.js", "reveal_theme": "playbook",
            "exclude_input": True, "exclude_input_prompt": True, "exclude_output_prompt": True,
        }
    })  # fmt: skip
    text, _ = SlidesExporter(config=config, language_code=lang).from_notebook_node(
        deck(chapter, lang), resources={"metadata": {"name": chapter}}
    )
    return text


def scripts(folder: Path) -> None:
    """Put reveal.js into `folder`, out of the package that the cache holds, verified."""
    with zipfile.ZipFile(path("reveal")) as wheel:
        for name in _FILES:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(target) as temporary:
                temporary.write_bytes(wheel.read(_INSIDE + name))
    theme = folder / "dist" / "theme" / "playbook.css"
    theme.parent.mkdir(exist_ok=True)
    with atomic_write(theme) as temporary:
        temporary.write_bytes((_HERE / "deck" / "theme.css").read_bytes())


def _prose(text: str) -> list["NotebookNode"]:
    """Cut prose into slides: a heading opens one, a quotation or a table is one; the rest is notes."""
    slides, notes, opened = [], [], False
    for block in text.strip().split("\n\n"):
        if block.startswith("#"):
            slides.append(_markdown(block, "slide" if block.startswith(("# ", "## ")) else "subslide"))
            opened = True
        elif block.startswith((">", "|")):
            slides.append(_markdown(block, "subslide"))
        elif opened or block.startswith("**"):
            shown, left = _cut(block)
            slides.append(_markdown(shown, "-" if opened else "subslide"))
            notes += [left] if left else []
            opened = False
        else:
            notes.append(block)
    # notes belong to the slide before; at the beginning of a cell that is the picture they speak of
    at = next((i + 1 for i, slide in enumerate(slides) if _kind(slide) == "-"), 0)
    return [*slides[:at], *([_markdown("\n\n".join(notes), "notes")] if notes else []), *slides[at:]]


def _cut(block: str) -> tuple[str, str]:
    """Give as many first sentences as a slide holds, at least one, and the rest."""
    sentences, shown = _SENTENCE.split(block), []
    while sentences and len(" ".join([*shown, sentences[0]]).split()) <= MOST_WORDS:
        shown.append(sentences.pop(0))
    if not shown:
        shown.append(sentences.pop(0))
    return " ".join(shown), " ".join(sentences)


def _answer(exercise: Exercise, lang: str) -> str:
    return f"**{exercise.id}** {getattr(exercise.right, lang)}"


def _markdown(text: str, kind: str) -> "NotebookNode":
    import nbformat

    return nbformat.v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def _kind(cell: "NotebookNode") -> str:
    return cell.metadata["slideshow"]["slide_type"]


def addresses(text: str) -> list[str]:
    """List what a page would load from elsewhere: the sources of scripts, styles, pictures and imports.

    >>> addresses('<script src="https://a.example/x.js"></script><a href="https://b.example">b</a>')
    ['https://a.example/x.js']
    """
    loaded = re.findall(r"""<(?:script|img|iframe|link)[^>]*?(?:src|href)=["'](https?://[^"']+)""", text)
    return loaded + re.findall(r"""(?:@import|url\()\s*["']?(https?://[^"')]+)""", text)


def checked(text: str) -> str:
    """Give the page back; raise PlaybookError when it would load anything from the network."""
    if found := addresses(text):
        raise PlaybookError(f"The slides would load {found[0]}: change the template of the deck.")
    return text
