"""Executes one notebook in a fresh kernel on papermill, and leaves no process behind."""

import os
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.course.notebooks import read
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from nbformat import NotebookNode

# called for each cell that begins: number of the cell, number of cells, cell id
OnCell = Callable[[int, int, str], None]
_KERNEL = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "HF_HUB_OFFLINE": "1",
    "JUPYTER_PREFER_ENV_PATH": "1",
}
_MARK = "PLAYBOOK_KERNEL_OF"


def execute(
    notebook: Path, partial: Path, parameters: Mapping[str, Any], seconds: int, on_cell: OnCell
) -> "NotebookNode":
    """Run a notebook from top to bottom in its own folder; `partial` grows with each cell.

    `parameters` go in after the cell tagged `parameters`; a cell may take `seconds`. Raises PlaybookError
    that names cell and error when one fails, runs out of time, or takes its kernel down.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    cell_id = "the first cell"

    def on_cell_start(cell: "NotebookNode", cell_index: int) -> None:
        nonlocal cell_id
        cell_id = _name(cell)
        on_cell(cell_index + 1, count, cell_id)

    count = len(read(notebook)) + bool(parameters)
    options = {"on_cell_start": on_cell_start, "record_timing": False, "execution_timeout": seconds}
    options["extra_arguments"] = ["--IPKernelApp.log_level=CRITICAL", "--HistoryManager.enabled=False"]
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        node = papermill.execute_notebook(
            notebook, partial, dict(parameters), progress_bar=False, cwd=notebook.parent, **options
        )
    except papermill.PapermillExecutionError as error:
        kind = "" if error.ename == PlaybookError.__name__ else f"{error.ename}: "
        raise PlaybookError(f"cell {cell_id}: {kind}{textwrap.shorten(error.evalue, 400)}") from None
    except CellTimeoutError:
        raise PlaybookError(f"cell {cell_id}: it took more than {seconds} seconds.") from None
    except DeadKernelError:
        raise PlaybookError(f"cell {cell_id}: the kernel died, perhaps for want of memory.") from None
    return _stable(node)


def _name(cell: "NotebookNode") -> str:
    """Give the cell's id, and to the cell that papermill puts in one that is not drawn at random."""
    return "injected-parameters" if "injected-parameters" in cell.metadata.get("tags", []) else cell.id


def _stable(node: "NotebookNode") -> "NotebookNode":
    """Take out what differs from run to run without meaning: times, paths, a random id."""
    for part in (node, *node.cells):
        part.metadata.pop("papermill", None)
    for cell in node.cells:
        cell["id"] = _name(cell)
    node.metadata["language_info"] = {"name": "python"}
    return node


@contextmanager
def kernels_of(out: Path, lang: str) -> Iterator[None]:
    """Give kernels their environment inside the block; whatever they started is ended before and after it.

    The caller holds the lock of `out`: a process that carries its mark is left from a run that was killed.
    """
    variables = {**_KERNEL, "PLAYBOOK_LANG": lang, "PLAYBOOK_OUT": str(out), _MARK: str(out)}
    before = {name: os.environ.get(name) for name in variables}
    _end_leftovers(out)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        _end_leftovers(out)


def _end_leftovers(out: Path) -> None:
    """End the processes of kernels of `out`: a simulation's workers outlive a kernel that was interrupted."""
    import psutil

    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(_MARK) == str(out):
                process.kill()
        except psutil.Error:
            continue
