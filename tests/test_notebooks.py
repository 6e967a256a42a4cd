"""What the four notebooks promise by their form; that their outputs are true is for nbval to say."""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
FIGURE = "application/vnd.playbook.figure+json"


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def lines(cell: nbformat.NotebookNode) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def test_there_are_four() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["01_data", "02_cost", "03_interpretability", "04_security"]


def test_every_cell_was_run_in_order(notebook: nbformat.NotebookNode) -> None:
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_error_and_no_log_line_is_stored(notebook: nbformat.NotebookNode) -> None:
    noisy = [
        cell.id
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert not noisy


def test_most_cells_that_print_are_compared(notebook: nbformat.NotebookNode) -> None:
    printing = [cell for cell in code_cells(notebook) if cell.outputs]
    compared = [cell for cell in printing if "nbval-ignore-output" not in cell.metadata.get("tags", [])]
    assert len(compared) >= 0.7 * len(printing)
    assert not any("skip" in tag for cell in printing for tag in cell.metadata.get("tags", []))


def test_cells_have_readable_ids(notebook: nbformat.NotebookNode) -> None:
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    assert not [
        name
        for name in ids
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or re.fullmatch(r"[0-9a-f]{6,}", name)
    ]


def test_it_has_the_anatomy_of_a_chapter(notebook: nbformat.NotebookNode) -> None:
    ids = [cell.id for cell in notebook.cells]
    marks = ["title", "parameters", "validate", "scorecard", "decision", "interview", "sources"]
    places = [ids.index(mark) for mark in marks]
    assert places == sorted(places)
    assert notebook.cells[places[1]].metadata["tags"] == ["parameters"]
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "Checkpoint" in prose and "Monday morning" in prose and "Interviewers ask" in prose


def test_cells_are_small(notebook: nbformat.NotebookNode) -> None:
    sizes = sorted(lines(cell) for cell in code_cells(notebook))
    assert 20 <= len(notebook.cells) <= 45
    assert statistics.median(sizes) <= 10 and sizes[int(0.9 * len(sizes))] <= 13 and sizes[-1] <= 25


def test_prose_outweighs_code(notebook: nbformat.NotebookNode) -> None:
    words = sum(
        len(re.findall(r"[A-Za-z']+", cell.source)) for cell in notebook.cells if cell.cell_type == "markdown"
    )
    assert words >= 8 * sum(map(lines, code_cells(notebook)))


def test_code_reads_no_address_installs_nothing_and_hides_nothing(notebook: nbformat.NotebookNode) -> None:
    forbidden = re.compile(
        r"https?://(?!127\.0\.0\.1)|^\s*[!%]|\bpip install\b|;\s*$|(?<![\w.])/(tmp|home|root|usr)\b", re.M
    )
    assert not [cell.id for cell in code_cells(notebook) if forbidden.search(cell.source)]


def test_pictures_have_an_alternative_text(notebook: nbformat.NotebookNode) -> None:
    pictures = [
        out for cell in code_cells(notebook) for out in cell.outputs if "image/png" in out.get("data", {})
    ]
    assert pictures
    assert all(out.metadata.get("image/png", {}).get("alt") for out in pictures)


def test_figures_are_reported_once_and_under_their_chapter(notebook: nbformat.NotebookNode) -> None:
    keys = [
        output["data"][FIGURE]["key"]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if FIGURE in output.get("data", {})
    ]
    assert keys and len(keys) == len(set(keys))
    assert len({key.split(".")[0] for key in keys}) == 1
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+\.[a-z0-9_]+", key) for key in keys)


def test_nbval_fails_when_a_stored_output_is_changed(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    last = next(i for i, cell in enumerate(notebook.cells) if cell.id == "validate")
    notebook.cells = notebook.cells[: last + 1]
    verdicts = {"true": 0, "changed": 1}
    for name in verdicts:
        if name == "changed":
            stored = json.dumps(notebook.cells[last].outputs)
            assert "quick" in stored
            changed = json.loads(stored.replace("quick", "quack"))
            notebook.cells[last].outputs = nbformat.from_dict(changed)
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    for name, verdict in verdicts.items():
        nbval = ["-m", "pytest", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", f"{name}.ipynb"]
        done = subprocess.run([sys.executable, *nbval], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == verdict, done.stdout
