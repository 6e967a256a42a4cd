"""A chapter that runs in a second, with the real exercises of chapter 1, and a class that returns it."""

import json
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from playbook.course import notebooks as books

RIGHT = {
    "data-01": "0.615", "data-02": "-0.05", "data-03": '"stop"', "data-04": "1", "data-05": "1400",
    "data-06": '"neither"',
}  # fmt: skip
WRONG = {
    "data-01": "0.94", "data-02": "0.9", "data-03": '"go"', "data-04": "2", "data-05": "3000",
    "data-06": '"age"',
}  # fmt: skip


def cell(name: str) -> str:
    """The id of the cell of an exercise."""
    return f"{name}-exercise"


@pytest.fixture
def chapter(tmp_path, monkeypatch) -> Path:
    """A notebook that stands in for chapter 1: a cell that sets something up, then the six exercises."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(books, "NOTEBOOKS", folder)
    cells = [
        nbformat.v4.new_markdown_cell("# 1 Data: a small one", id="title"),
        nbformat.v4.new_code_cell("import playbook\n\ngiven = 7", id="validate"),
    ]
    for name, answer in RIGHT.items():
        source = f"### BEGIN SOLUTION\nanswer = {answer}  # {name}, given {{given}}\n### END SOLUTION\n"
        source += f'playbook.check("{name}", answer)'
        made = nbformat.v4.new_code_cell(source, id=cell(name), metadata={"tags": ["exercise"]})
        cells += [nbformat.v4.new_markdown_cell(f"> **Checkpoint {name}.** What?", id=f"{name}-ask"), made]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    path = folder / "01_data.ipynb"
    nbformat.write(notebook, path)
    for other in ("02_cost", "03_interpretability", "04_security"):
        cells = [nbformat.v4.new_code_cell("x = 1", id=f"only-{other[3:]}")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{other}.ipynb")
    return path


@pytest.fixture
def returned(chapter, tmp_path) -> SimpleNamespace:
    """A folder of returned notebooks, and `put` to add one: the student edition with answers filled in."""
    from playbook.workshop import editions

    folder = tmp_path / "returned"
    folder.mkdir()
    student = editions.student("data")

    def put(who: str, answers: dict[str, str], change=None) -> Path:
        notebook = json.loads(nbformat.writes(student))
        for one in notebook["cells"]:
            name = one["id"].removesuffix("-exercise")
            if one["id"] == cell(name) and name in answers:
                one["source"] = answers[name]
        if change:
            change(notebook)
        path = folder / who / "01_data.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook), "utf-8")
        return path

    return SimpleNamespace(folder=folder, put=put)


def given(answers: dict[str, str]) -> dict[str, str]:
    """Answers as a student writes them."""
    return {name: f"answer = {answer}" for name, answer in answers.items()}
