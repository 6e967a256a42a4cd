"""Executes the committed notebooks in place (`make outputs`): what they store is what this commit gives."""

import sys
from pathlib import Path

from playbook.inputs.files import atomic_write


def store_outputs(notebook: Path) -> None:
    """Run a notebook from its first cell to its last and write it back with its outputs.

    Nothing is kept that differs between runs or machines without a meaning: no timings of cells, no patch
    level of Python.
    """
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.read(notebook, as_version=4)
    where = {"metadata": {"path": str(notebook.parent)}}
    NotebookClient(node, timeout=600, record_timing=False, resources=where).execute()
    node.metadata["language_info"] = {"name": "python"}
    with atomic_write(notebook) as target:
        nbformat.write(node, target)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or sorted(map(str, Path("notebooks").glob("*.ipynb")))):
        print(path, flush=True)
        store_outputs(path)
