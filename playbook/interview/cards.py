"""The bank as cards: an Anki deck a language that can be imported again, CSV, and a sheet to print."""

import csv
import hashlib
import html
import io
import time
from collections.abc import Sequence
from pathlib import Path

from playbook.inputs.files import atomic_write, disk_errors
from playbook.interview import figures
from playbook.interview.drill import proof
from playbook.interview.schema import Question
from playbook.interview.sheet import put, render
from playbook.interview.wording import word

FIELDS = ("Id", "Question", "Short", "Answer", "Rubric", "Trap", "FollowUps", "Proof", "Sources")
_TITLE = {"en": "Large-model founder's playbook", "zh": "大模型创业手册"}
_FRONT = '<div class="q">{{Question}}</div>'
_BACK = "{{FrontSide}}<hr id=answer>" + "".join(
    f'<div class="{name.lower()}">{{{{{name}}}}}</div>' for name in FIELDS[2:]
)
_CSS = ".card { font: 18px/1.5 sans-serif; text-align: left; } .q, .short { font-weight: bold; }"


def write(questions: Sequence[Question], lang: str, folder: Path) -> list[Path]:
    """Write playbook-`lang`.apkg, .csv and .html into `folder`, figures filled in; give their paths."""
    shown = [figures.filled(question) for question in questions]
    name = f"playbook-{lang}"
    deck = folder / f"{name}.apkg"
    with disk_errors(folder), atomic_write(deck) as temporary:
        write_deck(shown, lang, temporary)
    # a spreadsheet takes a CSV for UTF-8 only when it opens with a byte-order mark
    texts = {"csv": "\ufeff" + table(shown, lang), "html": render("cards.html.j2", lang, cards=shown)}
    return [deck, *put(folder, name, texts)]


def write_deck(questions: Sequence[Question], lang: str, path: Path) -> None:
    """Write an Anki package; model, deck and notes have ids made from names, so that Anki updates them."""
    import genanki

    model = genanki.Model(
        number(f"model {lang}"),
        f"{_TITLE[lang]} ({lang})",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "card", "qfmt": _FRONT, "afmt": _BACK}],
        css=_CSS,
    )
    deck = genanki.Deck(number(f"deck {lang}"), _TITLE[lang])
    for question in questions:
        deck.add_note(
            genanki.Note(
                model=model,
                fields=[html.escape(text).replace("\n", "<br>") for text in row(question, lang)],
                tags=tags(question),
                guid=genanki.guid_for("playbook", question.id, lang),
            )
        )
    # Anki updates a note only from a package that is newer than its own copy
    genanki.Package(deck).write_to_file(str(path), timestamp=time.time())


def number(name: str) -> int:
    """Make an id that Anki accepts (below 2**31) from a name; the same name gives the same id for ever.

    >>> number("deck en") == number("deck en") != number("deck zh")
    True
    """
    return int.from_bytes(hashlib.sha256(f"playbook {name}".encode()).digest()[:4]) % 2**30 + 2**30


def tags(question: Question) -> list[str]:
    """Give Anki's tags: chapter, measure within it, level."""
    return [
        f"chapter::{question.chapter}",
        f"measure::{question.chapter}::{question.measure}",
        f"level::{question.level}",
    ]


def row(question: Question, lang: str) -> list[str]:
    """Give the texts of a card in the order of FIELDS."""
    points = [f"{number}. {point.text[lang]}" for number, point in enumerate(question.rubric, 1)]
    lines = proof(question).splitlines()
    return [
        question.id,
        question.question[lang],
        question.short[lang],
        question.answer[lang],
        "\n".join(points),
        f"{word('trap', lang)}: {question.trap[lang]}",
        "\n".join(one.question[lang] for one in question.follow_ups),
        "\n".join([lines[0], *lines[len(lines) - len(question.proof.keys) :]]),
        "\n".join(
            f"{source.title} ({source.date}) {source.url or ''}".strip() for source in question.sources
        ),
    ]


def table(questions: Sequence[Question], lang: str) -> str:
    """Give the cards as CSV, one a line, tags in the last column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*FIELDS, "Tags"])
    writer.writerows([*row(question, lang), " ".join(tags(question))] for question in questions)
    return text.getvalue()
