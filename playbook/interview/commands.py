"""The commands of the interview bank: drill, mock, cards and grade."""

from pathlib import Path

import click

_LANG = click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the bank.")
_CHAPTER = click.option("--chapter", default="", help="Only this chapter.")
_OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("build/interview")
)


@click.command()
@_CHAPTER
@click.option("--level", default="", help="Only junior, mid, senior or founder.")
@_LANG
@click.option(
    "-n", "--count", type=click.IntRange(1, 200), default=10, show_default=True, help="How many cards."
)
def drill(chapter: str, level: str, lang: str, count: int) -> None:
    """Learn the questions by spaced repetition."""
    from playbook.interview.drill import Drill, choose

    Drill(choose(chapter, level), lang, count).play()


@click.command()
@click.option("--minutes", type=float, default=45, show_default=True)
@click.option("--level", default="senior", show_default=True, help="junior, mid, senior or founder.")
@_CHAPTER
@_LANG
@click.option("--seed", type=int, default=0, help="Another seed, other questions.")
@click.option("--candidate", default="", help="Name on the sheet.")
@click.option("--interviewer", default="", help="Name on the sheet.")
@click.option("--by-hand", is_flag=True, help="The interviewer ticks the points.")
@click.option("--merge", type=click.Path(path_type=Path), multiple=True, help="Merge sheets: name each one.")
@_OUT
def mock(
    minutes: float,
    level: str,
    chapter: str,
    lang: str,
    seed: int,
    candidate: str,
    interviewer: str,
    by_hand: bool,
    merge: tuple[Path, ...],
    out: Path,
) -> None:
    """Hold a timed interview, or merge a panel's sheets."""
    from playbook.interview import mock as interview
    from playbook.interview import sheet
    from playbook.interview.drill import choose

    if merge:
        paths = sheet.merge([sheet.read(path) for path in merge], out)
    else:
        questions = interview.plan(choose(chapter), minutes, level, seed)
        held = interview.Interview(questions, minutes, level, lang, candidate, interviewer, by_hand).hold()
        paths = sheet.write(held, out)
    click.echo(f"Look next: {paths[-1]}")


@click.command()
@_CHAPTER
@click.option("--level", default="", help="Only junior, mid, senior or founder.")
@_LANG
@_OUT
def cards(chapter: str, level: str, lang: str, out: Path) -> None:
    """Write the bank as an Anki deck, CSV and a sheet to print."""
    from playbook.interview.cards import write
    from playbook.interview.drill import choose

    for path in write(choose(chapter, level), lang, out):
        click.echo(path)


@click.command()
@click.argument("question", required=False)
@click.argument("answer", type=click.File(encoding="utf-8", errors="replace"), default="-")
@_LANG
@click.option(
    "--endpoint", default="", help="Base URL of an OpenAI-compatible grader; default: rules, offline."
)
@click.option("--model", default="", help="Its model.")
@click.option("--list", "listed", is_flag=True, help="List the questions.")
def grade(
    question: str | None, answer: click.File, lang: str, endpoint: str, model: str, listed: bool
) -> None:
    """Grade an answer from a file, or from standard input."""
    from playbook.interview import bank
    from playbook.interview.grading import LONGEST
    from playbook.interview.grading import grade as graded

    if listed or not question:
        for one in bank.load():
            click.echo(f"{one.id}: {one.question[lang]}")
        return
    bank.find(question)
    result = graded(question, answer.read(8 * LONGEST), lang, endpoint=endpoint, model=model)
    for one in result.met:
        click.echo(f"+ {one.point.id}: {one.point.text[lang]}\n    {one.sentence}")
    for point in result.missed:
        click.echo(f"- {point.id}: {point.text[lang]}")
    click.echo(f"{len(result.met)}/{len(result.met) + len(result.missed)} ({result.grader})")


COMMANDS = (drill, mock, cards, grade)
