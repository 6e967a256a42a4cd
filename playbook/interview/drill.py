"""Drills the bank in a terminal: question, rubric, self-rating, proof; FSRS says when a card comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from playbook.course import notebooks as books
from playbook.errors import PlaybookError
from playbook.interview import bank, figures
from playbook.interview.grading import LONGEST, by_rules
from playbook.interview.memory import Memory, state_file
from playbook.interview.schema import LEVELS, MEASURES, Question
from playbook.interview.wording import word


def choose(chapter: str = "", level: str = "", folder: Path | None = None) -> list[Question]:
    """Give the questions of a chapter and level (empty: of all); PlaybookError when there are none.

    >>> choose("poetry")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: There is no chapter 'poetry': use data, cost, interpretability, security.
    """
    for name, given, known in (("chapter", chapter, tuple(MEASURES)), ("level", level, LEVELS)):
        if given and given not in known:
            raise PlaybookError(f"There is no {name} {given[:40]!r}: use {', '.join(known)}.")
    found = [
        question
        for question in bank.load(folder)
        if chapter in ("", question.chapter) and level in ("", question.level)
    ]
    if not found:
        what = " ".join(part for part in (level, chapter) if part)
        raise PlaybookError(f"The bank has no question for {what}: leave out the chapter or the level.")
    return found


@dataclass
class Drill:
    """One sitting: up to `count` cards of `questions` in `lang`, shown on `console`."""

    questions: Sequence[Question]
    lang: str = "en"
    count: int = 10
    console: Console | None = None
    memory: Memory | None = None

    def __post_init__(self) -> None:
        self.console = self.console or Console()
        self.memory = self.memory or Memory(state_file())
        self._names = {f"{question.id}/{self.lang}": question for question in self.questions}

    def play(self) -> int:
        """Ask what is due, then what is new, up to `count` or q or the end; give the number reviewed."""
        due = self.memory.due(list(self._names))[: self.count]
        if self.memory.set_aside:
            self.console.print(word("aside", self.lang, name=self.memory.set_aside), style="bold")
        done = 0
        try:
            for place, name in enumerate(due, 1):
                rating = self._ask(self._names[name], f"{place}/{len(due)}")
                if rating is None:
                    break
                self.memory.review(name, rating)
                done += 1
        except EOFError:
            pass
        self._close(due, done)
        return done

    def _ask(self, question: Question, place: str) -> int | None:
        """Show one card; give its rating, or None when the person wants to stop."""
        shown = figures.filled(question)
        title = f"{place} · {question.chapter} · {question.measure} · {question.level}"
        self.console.print(Panel(escape(shown.question[self.lang]), title=title, subtitle=question.id))
        self.console.print(word("answer", self.lang), style="dim")
        answer = read_answer(self.console)
        if answer == "q":
            return None
        self._show(shown, answer)
        while True:
            reply = self.console.input(f"[bold]{word('rate', self.lang)}:[/bold] ").strip().lower()
            if reply in {"1", "2", "3", "4"}:
                return int(reply)
            if reply == "q":
                return None
            self.console.print(proof(shown) if reply == "p" else word("again", self.lang), markup=False)

    def _show(self, question: Question, answer: str) -> None:
        met = {}
        if answer:
            grade = by_rules(question, answer[:LONGEST], self.lang)
            met = {one.point.id: one.sentence for one in grade.met}
        table = Table(title=word("points", self.lang), show_header=False, title_justify="left")
        for number, point in enumerate(question.rubric, 1):
            mark = ("✓" if point.id in met else "✗") if answer else str(number)
            table.add_row(mark, escape(point.text[self.lang]))
        self.console.print(table)
        for name in ("short", "answer", "trap"):
            title = word("full" if name == "answer" else name, self.lang)
            self.console.print(Panel(escape(getattr(question, name)[self.lang]), title=title))

    def _close(self, due: list[str], done: int) -> None:
        names, cards = list(self._names), self.memory.cards()
        if not due:
            soonest = min(cards[name]["due"] for name in names)
            self.console.print(word("nothing", self.lang, when=soonest[:16].replace("T", " ") + " UTC"))
        self.console.print(
            word(
                "summary",
                self.lang,
                done=done,
                tomorrow=self.memory.by_tomorrow(names),
                new=sum(name not in cards for name in names),
            )
        )


def read_answer(console: Console) -> str:
    """Read lines until an empty one; q alone, at the beginning, is given at once."""
    lines: list[str] = []
    while line := console.input("> ").strip():
        lines.append(line)
        if lines == ["q"]:
            break
    return "\n".join(lines)


def proof(question: Question) -> str:
    """Give the cell that proves an answer: where it is, its code, and the figures it reported.

    Figures are those stored in the notebook; to measure them anew, run the chapter.
    """
    notebook = books.locate(question.chapter)
    source = next(
        (cell["source"] for cell in books.read(notebook) if cell.get("id") == question.proof.cell), ""
    )
    card = figures.reference()
    lines = [f"notebooks/{notebook.name}#{question.proof.cell}", "", source, ""]
    for key in question.proof.keys:
        figure = card.get(key, {})
        parts = [
            f"{name} {figures.show_number(figure[name])}"
            for name in ("value", "textbook", "measured")
            if figure.get(name) is not None
        ]
        lines.append(f"{key}: {', '.join(parts)} {figure.get('unit', '')}".rstrip())
    return "\n".join(lines)
