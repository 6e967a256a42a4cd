"""Runs chapters: parameters checked first, whole files, no work done twice, and a brief at the end."""

import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.course import notebooks as books
from playbook.course.brief import read_card, write_brief, write_json, write_page
from playbook.course.execute import execute, kernels_of
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import atomic_write, sha256_file

if TYPE_CHECKING:
    from nbformat import NotebookNode

SECONDS_A_CELL = {"quick": 900, "full": 3600}
# called for each cell that begins: chapter, number of the cell, number of cells, cell id
Progress = Callable[[str, int, int, str], None]


def run_chapters(
    chapters: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    out: Path = Path("build/run"),
    force: bool = False,
    command: str = "playbook run",
    progress: Progress = lambda chapter, cell, cells, name: None,
) -> bool:
    """Run the chapters (all when none is named) into the folder `out`; say whether every gate passed.

    `given` are parameters as texts. All is checked before the first kernel starts. A chapter that is made
    from the same things as last time is skipped, so a run that was killed goes on where it stopped. Raises
    PlaybookError for bad input, for a cell that fails, and when another run works in `out`.
    """
    paths = {name: books.locate(name, lang) for name in chapters or books.CHAPTERS}
    paths = {name: paths[name] for name in books.CHAPTERS if name in paths}
    values = books.settle(given or {}, paths)
    out = out.resolve()
    cards = []
    with _alone(out), kernels_of(out, lang):
        for name, notebook in paths.items():
            try:
                cards.append(_chapter(name, notebook, values[name], lang, out, force, progress))
            finally:
                write_brief(out, command)
    return all(figure.get("passed") is not False for card in cards for figure in card["figures"])


def _chapter(
    name: str, notebook: Path, values: dict[str, Any], lang: str, out: Path, force: bool, progress: Progress
) -> dict[str, Any]:
    made_from = books.fingerprint(notebook, values, lang)
    card = None if force else _unchanged(out, name, made_from)
    if card:
        print(f"{name}: unchanged since {card['finished']}, skipped; --force runs it again")
        return card
    card_file = out / f"{name}.scorecard.json"
    card_file.unlink(missing_ok=True)
    began = time.monotonic()
    node = _execute(name, notebook, values, out, progress)
    files = _write_notebook(node, name, lang, out)
    card = {
        "chapter": name,
        "lang": lang,
        "profile": values.get("profile", "quick"),
        "parameters": values,
        "seconds": round(time.monotonic() - began, 1),
        **books.reported(node.cells),
        "environment": _environment(),
        "finished": datetime.now().astimezone().isoformat(sep=" ", timespec="seconds"),
        "fingerprint": made_from,
        "files": files,
    }
    # last, since it is what says that the chapter is whole
    write_json(card_file, card)
    print(f"{name}: done in {card['seconds']:.0f} s")
    return card


def _unchanged(out: Path, name: str, made_from: str) -> dict[str, Any] | None:
    card = read_card(out, name)
    if not card or card.get("fingerprint") != made_from:
        return None
    left = {file: out / file for file in card.get("files", {})}
    as_left = all(path.is_file() and sha256_file(path) == card["files"][file] for file, path in left.items())
    return card if as_left else None


def _execute(
    name: str, notebook: Path, values: Mapping[str, Any], out: Path, progress: Progress
) -> "NotebookNode":
    defaults = {parameter.name: parameter.default for parameter in books.declared(notebook)}
    chosen = {key: value for key, value in values.items() if value != defaults[key]}
    partial, failed = out / ".partial" / f"{name}.ipynb", out / f"{name}.failed.ipynb"
    failed.unlink(missing_ok=True)
    seconds = SECONDS_A_CELL.get(values.get("profile", "quick"), max(SECONDS_A_CELL.values()))
    try:
        node = execute(notebook, partial, chosen, seconds, lambda *cell: progress(name, *cell))
    except PlaybookError as error:
        partial.replace(failed)
        said = str(error).rstrip(".")
        raise PlaybookError(f"{name}, {said}. What ran until then is in {failed}.") from None
    partial.unlink()
    return node


def _write_notebook(node: "NotebookNode", name: str, lang: str, out: Path) -> dict[str, str]:
    """Write a chapter's notebook and page; give the SHA-256 of each by its file's name."""
    import nbformat

    writers = {
        f"{name}.ipynb": lambda path: nbformat.write(node, path),
        f"{name}.html": lambda path: write_page(node, name, lang, path),
    }
    for file, write in writers.items():
        with atomic_write(out / file) as temporary:
            write(temporary)
    return {file: sha256_file(out / file) for file in writers}


def _environment() -> dict[str, str]:
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    lock = ROOT / "requirements.lock"
    return {
        "python": platform.python_version(),
        "lock_sha256": sha256_file(lock) if lock.is_file() else "",
        "cpu": cpu,
    }


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the folder `out` for this run alone; a disk that fails ends in one sentence."""
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
        with FileLock(out / ".lock", timeout=0):
            yield
    except Timeout:
        raise PlaybookError(
            f"Another run is at work in {out}: wait for it, or name another folder with --out."
        ) from None
    except OSError as error:
        where = error.filename or out
        raise PlaybookError(
            f"{where}: {error.strerror}: mend that, or name another folder with --out."
        ) from None
