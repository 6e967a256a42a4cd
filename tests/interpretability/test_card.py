"""The model card: Mitchell's headings, nothing of a table's names acts, both files whole or none."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability import card
from playbook.interpretability.applications import applications, table

NASTY = "<script>alert(1)</script> | `x` [y](z) *b* # c\n<img src=x onerror=y>"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)

    def handle_data(self, data):
        self.text += data


def cells(line):
    return line.replace("\\|", "").count("|") - 1


def test_headings_are_mitchells_in_order_and_gaps_are_said():
    text = card.markdown("Model", {"Metrics": ["AUC"], "Model details": ["a network"]})
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(card.HEADINGS)
    assert text.count(card.TO_FILL_IN) == len(card.HEADINGS) - 2
    with pytest.raises(PlaybookError, match="no heading 'Metric'"):
        card.markdown("Model", {"Metric": []})


def test_names_from_a_table_are_shown_and_never_act():
    parts = {
        "Factors": [NASTY],
        "Quantitative analyses": [pd.DataFrame({NASTY: [NASTY, 1], "b": [2.5, NASTY]})],
    }
    page = Tags()
    page.feed(card.page(NASTY, parts))
    assert not {"script", "img"} & set(page.seen)
    assert page.text.count("alert(1)") == 6
    text = card.markdown(NASTY, parts)
    assert "<script" not in text and "<img" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 4 and {cells(row) for row in rows} == {2}
    assert text.count("\n# ") == 0 and text.startswith("# ")


def test_names_of_rows_are_shown():
    named = pd.DataFrame({"AUC": [0.8]}, index=["scorecard"])
    both = pd.DataFrame(
        {"a": [1]}, index=pd.MultiIndex.from_tuples([("approved", "bank")], names=["measure", "by"])
    )
    text = card.markdown("Model", {"Quantitative analyses": [named, both]})
    assert "| row | AUC |" in text and "| scorecard | 0.8 |" in text
    assert "| measure | by | a |" in text and "| approved | bank | 1 |" in text
    assert "<td>scorecard</td>" in card.page("Model", {"Quantitative analyses": [named]})


def test_files_are_the_runs_own_and_whole_or_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_OUT", str(tmp_path / "run"))
    paths = card.write("Model", {})
    assert [path.parent for path in paths] == [tmp_path / "run"] * 2
    before = [path.read_bytes() for path in paths]

    def fail(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", fail)
    with pytest.raises(PlaybookError, match="is full: free some space"):
        card.write("Another", {})
    assert [path.read_bytes() for path in paths] == before
    assert sorted(path.name for path in paths[0].parent.iterdir()) == ["model_card.html", "model_card.md"]


def test_outside_a_run_it_goes_to_the_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("PLAYBOOK_OUT", raising=False)
    monkeypatch.setattr(card, "cache_dir", lambda: tmp_path)
    assert card.write("Model", {})[0] == tmp_path / "handed" / "model_card.md"


@pytest.mark.parametrize("own", [False, True])
def test_a_card_says_what_is_measured_and_what_is_not_known(own):
    frame, protected = table()
    data = applications(frame, protected=protected)
    parts = card.describe(data, "approve", "race", own, {"Approved": data.approvals})
    text = card.markdown("Scorecard", parts)
    assert set(parts) == set(card.HEADINGS)
    assert "1,392 rows, 87.7 % of them with approve = 1" in text and "| Black | 197 | 67.5 |" in text
    assert ("score nobody" in text) is not own
    assert text.count(card.TO_FILL_IN) == 2 + own
    assert "No model sees that column" in text and "not what happened later" in text


def test_a_card_without_groups_says_so():
    frame = pd.DataFrame({"income": np.arange(100.0), "approve": [0, 1] * 50})
    text = card.markdown("Scorecard", card.describe(applications(frame), "approve", "", True, {}))
    assert "no protected column was named" in text and "no other column" in text
