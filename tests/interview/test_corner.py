"""The interview corner names every question of the chapter and the cell that proves it."""

from pathlib import Path

import nbformat
import pytest

from playbook.errors import PlaybookError
from playbook.interview.corner import HEADING, corner, write_corner

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize(("lang", "text"), [("en", "How do you deduplicate"), ("zh", "买来的语料怎么去重")])
def test_every_question_stands_with_its_cell(small, lang, text):
    shown = corner("data", lang)
    assert shown.startswith(HEADING[lang]) and text in shown
    assert shown.count("`cleaning-clean`") == 2 and "senior, `data-cleaning-gaps`" in shown


def test_another_chapter_is_said(small):
    with pytest.raises(PlaybookError, match="no chapter 'art'"):
        corner("art")


def test_writing_it_twice_changes_nothing_and_keeps_the_prose(tmp_path, small):
    path = tmp_path / "01_data.ipynb"
    cell = nbformat.v4.new_markdown_cell("## Interview corner\n\nProse.", id="interview")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    write_corner(path)
    once = path.read_bytes()
    write_corner(path)
    assert path.read_bytes() == once
    assert nbformat.read(path, 4).cells[0].source == f"## Interview corner\n\nProse.\n\n{corner('data')}"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.rglob("0*.ipynb")), ids=lambda path: path.stem)
def test_each_notebook_lists_the_questions_of_the_bank(path):
    cell = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.id == "interview")
    chapter, lang = path.stem.partition("_")[2], "zh" if path.parent.name == "zh" else "en"
    assert cell.source.endswith(corner(chapter, lang)), (
        "run: python -m playbook.interview.corner " + path.name
    )
