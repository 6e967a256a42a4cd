"""The command `workshop`: write what a teacher needs, and grade what a class returns."""

from pathlib import Path

import click

_OUT = {"type": click.Path(path_type=Path, file_okay=False), "show_default": True}


@click.group(invoke_without_command=True)
@click.option("--out", default=Path("build/workshop"), help="Where to write.", **_OUT)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of all of it.")
@click.pass_context
def workshop(context: click.Context, out: Path, lang: str) -> None:
    """Write editions, slides, handout, answer key and plan."""
    if context.invoked_subcommand is not None:
        return
    from playbook.workshop import release

    for remark in release.write(out, lang):
        click.echo(remark)
    click.echo(f"Look next: {out / 'plan.html'}")


@workshop.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--out", default=Path("build/grades"), help="Where to write the tables.", **_OUT)
@click.option(
    "--seconds", type=click.FloatRange(0.1, 3600), default=20, show_default=True, help="An answer may take."
)
def grade(folder: Path, out: Path, seconds: float) -> None:
    """Grade the notebooks that a class returned, a folder a student.

    Each answer runs shut in: no network, one folder, limits of time and memory. Linux only.
    """
    from playbook.workshop import grades

    for path in grades.grade(folder, out, seconds):
        click.echo(path)
    click.echo(f"Look next: {out / 'class.html'}")
