"""The command `playbook`: one function a command, each a call to where the work is done."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from playbook.errors import PlaybookError
from playbook.interview.commands import COMMANDS
from playbook.workshop.commands import workshop


class _OneSentence(click.Group):
    """A group whose errors meant for the reader end in one sentence and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        try:
            return super().invoke(ctx)
        except PlaybookError as error:
            click.echo(f"playbook: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("playbook: stopped; the same command goes on from here.", err=True)
            ctx.exit(130)


@click.group(cls=_OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="playbook")
def main() -> None:
    """Run the large-model founder's playbook: four questions, measured."""


@main.command()
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
@click.option("-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter.")
@click.option("--profile", type=click.Choice(["quick", "full"]), help="Minutes, or everything.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the notebooks.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/run"), show_default=True)
@click.option("--force", is_flag=True, help="Run also what did not change.")
def run(
    chapters: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    profile: str | None,
    lang: str,
    out: Path,
    force: bool,
) -> None:
    """Run chapters and write the brief.

    The chapters are data, cost, interpretability and security; all run when none is named. Exit code
    0: every gate passed; 1: a gate failed; 2: bad input, or a cell failed.
    """
    from playbook.course.progress import shown
    from playbook.course.run import run_chapters

    values = dict(given) | ({"profile": profile} if profile else {})
    command = shlex.join(["playbook", *sys.argv[1:]])
    with shown() as progress:
        passed = run_chapters(
            chapters, values, lang=lang, out=out, force=force, command=command, progress=progress
        )
    click.echo(f"Look next: {out / 'brief.html'}" + ("" if passed else " (a gate failed)"))
    sys.exit(0 if passed else 1)


@main.command()
@click.argument("chapter", required=False)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the notebooks.")
def parameters(chapter: str | None, lang: str) -> None:
    """List what can be set with -p."""
    from playbook.course.declaration import table
    from playbook.course.notebooks import CHAPTERS, declared, locate

    rows = [("chapter", "name", "type", "default", "meaning")]
    for name in [chapter] if chapter else CHAPTERS:
        for p in declared(locate(name, lang)):
            rows.append((name, p.name, p.type, repr(p.default), f"{p.limits} {p.help}".strip()))
    click.echo(table(rows))


@main.command()
def fetch() -> None:
    """Bring data and model into the cache."""
    from playbook.inputs import fetch as bring

    for name, path in bring().items():
        click.echo(f"{name}: {path}")


@main.command()
@click.option("--class", "in_class", is_flag=True, help="Look also at what a class needs.")
def doctor(in_class: bool) -> None:
    """Say what is missing on this machine."""
    from playbook.course.doctor import classroom, examine

    findings = examine() + (classroom() if in_class else [])
    for finding in findings:
        click.echo(f"{'ok' if finding.ok else 'MISSING':8}{finding.name}: {finding.detail}")
        if not finding.ok:
            click.echo(f"{'':8}{finding.remedy}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8443, show_default=True)
@click.option("--policy", type=click.Path(path_type=Path), help="Who may do what; default: data/policy.csv.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("build/server"), show_default=True)
def serve(host: str, port: int, policy: Path | None, folder: Path) -> None:
    """Serve the language model and the mortgage model, with access control."""
    from playbook.security import serving

    click.echo(f"http://{host}:{port}; keys and audit log are in {folder}; stop with Ctrl-C")
    serving.serve(folder, host, port, policy or serving.POLICY)


for _command in (*COMMANDS, workshop):
    main.add_command(_command)
