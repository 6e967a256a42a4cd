"""nbval sees a figure that has changed, and finds the parameters though it keeps no history of cells."""

import subprocess
import sys

import nbformat

from playbook.course.record import FIGURE
from playbook.course.run import run_chapters


def nbval(path):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--nbval",
        "--nbval-current-env",
        path.name,
    ]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True)


def test_a_changed_figure_fails_and_an_equal_one_passes(shelf):
    shelf.add()
    run_chapters(["data"], out=shelf.out)
    same = nbval(shelf.out / "data.ipynb")
    assert same.returncode == 0, same.stdout
    node = nbformat.read(shelf.out / "data.ipynb", as_version=4)
    figure = next(cell for cell in node.cells if cell.id == "count").outputs[0].data[FIGURE]
    assert figure["value"] == 100
    figure["value"] = 101  # the line of text stays: only the figure that it carries has changed
    nbformat.write(node, shelf.out / "changed.ipynb")
    changed = nbval(shelf.out / "changed.ipynb")
    assert changed.returncode == 1 and "1 failed" in changed.stdout
