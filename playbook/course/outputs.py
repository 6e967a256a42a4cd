"""Executes the committed notebooks in place (`make outputs`): what they store is what this commit gives."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from playbook.inputs import ROOT
from playbook.inputs.files import atomic_write

if TYPE_CHECKING:
    from nbformat import NotebookNode

SECONDS = ROOT / "data" / "workshop" / "seconds.json"  # of each cell, for the plans of a workshop

_ENDS = ("iopub.execute_input", "shell.execute_reply")


def store_outputs(notebook: Path) -> None:
    """Run a notebook from its first cell to its last and write it back with its outputs.

    Nothing is kept in it that differs between runs or machines without a meaning: no timings of cells, no
    patch level of Python. The seconds of each cell go to `SECONDS`.
    """
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.read(notebook, as_version=4)
    where = {"metadata": {"path": str(notebook.parent)}}
    NotebookClient(node, timeout=600, resources=where).execute()
    _keep_seconds(notebook.stem[3:], {cell.id: _seconds(cell) for cell in node.cells})
    node.metadata["language_info"] = {"name": "python"}
    with atomic_write(notebook) as target:
        nbformat.write(node, target)


def _seconds(cell: "NotebookNode") -> float:
    """Take the times out of a cell that was executed; give what it took."""
    times = cell.metadata.pop("execution", {})
    ends = [datetime.fromisoformat(times[key]) for key in _ENDS if key in times]
    return round((ends[1] - ends[0]).total_seconds(), 1) if len(ends) == 2 else 0.0


def _keep_seconds(chapter: str, seconds: dict[str, float]) -> None:
    known = json.loads(SECONDS.read_text("utf-8")) if SECONDS.exists() else {}
    known[chapter] = {cell: spent for cell, spent in seconds.items() if spent >= 0.5}
    with atomic_write(SECONDS) as target:
        target.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or sorted(map(str, Path("notebooks").glob("*.ipynb")))):
        print(path, flush=True)
        store_outputs(path)
