"""Shows which cell of which chapter runs: a bar on a terminal, a line a cell in a log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playbook.course.run import Progress


@contextmanager
def shown() -> Iterator[Progress]:
    """Give the function that `run_chapters` calls for each cell that begins."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *cell: print("{}: cell {}/{} {}".format(*cell), file=sys.stderr, flush=True)
        return
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Bar(*columns, TextColumn("{task.fields[cell]}"), console=console, transient=True) as bar:
        task = bar.add_task("", total=None, cell="starting")

        def show(chapter: str, number: int, count: int, cell: str) -> None:
            bar.update(task, description=chapter, completed=number - 1, total=count, cell=cell)

        yield show
