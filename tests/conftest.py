"""A shelf of small notebooks that stand in for the chapters, and the command that runs them."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import settings

from playbook.course import notebooks as books

# a busy machine is slow without being wrong, and a test that fails has to fail again
settings.register_profile("playbook", deadline=None, derandomize=True)
settings.load_profile("playbook")

PARAMETERS = """\
profile: str = "quick"  # {quick, full} minutes, or everything
rows: int = 100  # [1, 1000] how many rows
rate: float = 0.5  # [0, 1] a share
source: str = ""  # your own file
"""
CELLS = {
    "validate": "import playbook\nplaybook.parameters('{chapter}', globals())",
    "count": "playbook.report('{chapter}.cleaning.rows', rows, 'rows', textbook=7, gate='>= 50')",
    "decision": "playbook.decide(go='Go.', repair='Mend.')",
}


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.folder, self.notebooks, self.out = folder, folder / "notebooks", folder / "out"
        self.notebooks.mkdir()

    def add(self, chapter: str = "data", **cells: str) -> Path:
        """Write a chapter's notebook; `cells` go in before the decision."""
        number = books.CHAPTERS.index(chapter) + 1
        path = self.notebooks / f"{number:02}_{chapter}.ipynb"
        last = {"decision": CELLS["decision"]}
        sources = {name: CELLS[name] for name in ("validate", "count")} | cells | last
        node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {chapter}", id="title")])
        tagged = {"tags": ["parameters"]}
        node.cells.append(nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata=tagged))
        for name, source in sources.items():
            node.cells.append(nbformat.v4.new_code_cell(source.replace("{chapter}", chapter), id=name))
        node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(node, path)
        return path

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start `playbook ...` on this shelf as a process of its own."""
        program = (
            # a shell that starts the tests in the background leaves them deaf to Ctrl-C
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            "import sys, pathlib; from playbook.course import notebooks as books;"
            "books.NOTEBOOKS = pathlib.Path(sys.argv.pop(1)); books.ROOT = books.NOTEBOOKS.parent;"
            "from playbook.cli import main; main()"
        )
        command = [sys.executable, "-c", program, str(self.notebooks), *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, cwd=self.folder, **pipes)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf(tmp_path)
    monkeypatch.setattr(books, "NOTEBOOKS", made.notebooks)
    monkeypatch.setattr(
        books, "ROOT", tmp_path
    )  # what is at work on the repository meanwhile changes nothing
    return made
