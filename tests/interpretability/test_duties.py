"""Duties: every cell named exists, every text is in both languages, and a malformed entry is named."""

import re
from datetime import date
from pathlib import Path

import nbformat
import pytest

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.interpretability.duties import duties, table

FILE = (ROOT / "data" / "duties.toml").read_text(encoding="utf-8")
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_interpretability.ipynb"


def test_every_cell_that_answers_a_duty_exists():
    cells = {cell.id: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
    named = {duty.cell for duty in duties() if duty.cell}
    assert named and not named - set(cells)
    assert all(cells[name].cell_type == "code" for name in named)


@pytest.mark.parametrize("duty", duties(), ids=lambda duty: duty.id)
def test_a_duty_says_what_it_has_to(duty):
    for texts in (duty.asks, duty.open):
        assert not re.search(r"[\u4e00-\u9fff]", texts["en"]) and texts["en"].endswith((".", ")."))
        assert len(re.findall(r"[\u4e00-\u9fff]", texts["zh"])) >= 8 and texts["zh"].endswith("。")
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?]", texts["zh"]), "Chinese punctuation is full-width"
    assert len(duty.asks["en"]) <= 160  # a row of a table
    assert date(2011, 1, 1) < duty.in_force < duty.checked


def test_articles_and_dates_are_those_of_the_laws():
    known = {duty.id: (duty.article, str(duty.in_force)) for duty in duties()}
    assert known["cn-pipl-24-3"] == ("Art. 24(3)", "2021-11-01")
    assert known["eu-gdpr-22-3"] == ("Art. 22(1), 22(3)", "2018-05-25")
    assert known["us-regb-specific"] == ("1002.9(b)(2)", "2011-12-30")
    assert {duty_id[:2] for duty_id in known} == {"cn", "eu", "us"}


def test_what_no_cell_can_answer_is_said():
    shown = table()
    assert len(shown) == len(duties())
    assert (shown["answered by"] == "a person, not a cell").sum() == sum(not duty.cell for duty in duties())
    assert table("zh")["answered by"].str.contains("须由人承担").sum() == 3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "cn-pipl-24-3"\n', 'id = "PIPL"\n', "duty PIPL: id"),
        ('id = "cn-pipl-24-3"\n', "", "duty without id: id"),
        ('id = "cn-pipl-24-3"\n', 'id = "cn-pipl-24-1"\n', "two duties have the same id"),
        ("in_force = 2018-05-25", "in_force = 2033-05-25", "eu-gdpr-22-3: dates: .*before in_force"),
        ("in_force = 2018-05-25", 'in_force = "soon"', "duty eu-gdpr-22-3: in_force"),
        ('cell = "people-groups"', 'cell = "people groups"', "duty cn-pipl-24-1: cell"),
        ("asks.zh", "asks.fr", "duty cn-pipl-24-1: asks"),
        ("checked = 2026-11-23", "", "duty cn-pipl-24-1: checked"),
        ("[[duty]]", "[[duty", "restore it with git"),
    ],
)
def test_a_malformed_duty_is_named(tmp_path, old, new, told):
    file = tmp_path / "duties.toml"
    assert old in FILE
    file.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlaybookError, match=told):
        duties(file)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(PlaybookError, match="restore it with git"):
        duties(tmp_path / "none.toml")
