"""Writes what a run is read from: a page a chapter, one scorecard for all, and the brief to forward."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.course.language import language, say
from playbook.course.notebooks import CHAPTERS
from playbook.course.record import show_number
from playbook.inputs.files import atomic_write

if TYPE_CHECKING:
    from nbformat import NotebookNode

_HERE = Path(__file__).parent
_NEEDED = {"chapter", "profile", "parameters", "seconds", "figures", "inputs", "decision", "environment"}


def write_page(node: "NotebookNode", chapter: str, lang: str, path: Path) -> None:
    """Write an executed notebook as one page of HTML that needs no network and runs no script."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="basic",
        extra_template_basedirs=[str(_HERE)],
        extra_template_paths=[str(_HERE)],
        template_file="chapter.html.j2",
        language_code=lang,
    )
    text, _ = exporter.from_notebook_node(node, resources={"metadata": {"name": chapter}})
    path.write_text(text, "utf-8")


def read_card(out: Path, chapter: str) -> dict[str, Any] | None:
    """Read a chapter's scorecard; None when there is none. One that cannot be read is set aside."""
    path = out / f"{chapter}.scorecard.json"
    if not path.is_file():
        return None
    try:
        card = json.loads(path.read_text("utf-8"))
        if isinstance(card, dict) and card.keys() >= _NEEDED:
            return card
    except ValueError:
        pass
    path.replace(path.with_suffix(".unreadable"))
    return None


def write_json(path: Path, content: object) -> None:
    """Write JSON, whole or not at all."""
    with atomic_write(path) as temporary:
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", "utf-8")


def write_brief(out: Path, command: str) -> None:
    """Write `scorecard.json` and `brief.html` from the scorecards in `out`; missing chapters are named."""
    cards = {chapter: card for chapter in CHAPTERS if (card := read_card(out, chapter))}
    write_json(out / "scorecard.json", {"chapters": list(cards.values())})
    with atomic_write(out / "brief.html") as temporary:
        temporary.write_text(brief(cards, command), "utf-8")


def brief(cards: dict[str, dict[str, Any]], command: str) -> str:
    """Give the brief as HTML: one page, self-contained, from the scorecards by chapter."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(say=say, show=show_number, lang=language(), chapters=CHAPTERS)
    gates = {name: [f["passed"] for f in card["figures"] if f.get("gate")] for name, card in cards.items()}
    inputs = {entry["name"]: entry for card in cards.values() for entry in card["inputs"]}
    return templates.get_template("brief.html.j2").render(
        cards=cards, gates=gates, inputs=inputs.values(), command=command
    )
