"""Score sheets: written whole, read strictly, merged into a panel's."""

import json
from html.parser import HTMLParser

import pytest

from playbook.errors import PlaybookError
from playbook.interview import sheet
from playbook.interview.sheet import Asked, Sheet

ID, OTHER = "data-cleaning-copies", "data-cleaning-gaps"


def made(interviewer, *asked, candidate="Wang | <b>"):
    return Sheet(candidate, interviewer, "mid", "en", "rules", list(asked))


def texts(page):
    class Reader(HTMLParser):
        found = ""

        def handle_data(self, data):
            self.found += data

    reader = Reader()
    reader.feed(page)
    return reader.found


def test_a_sheet_is_written_and_read_back(small, tmp_path):
    one = made("Li", Asked(ID, {"minhash": "It is <i>MinHash</i> | pairs."}, {"gaps": "Never drop."}, 61))
    paths = sheet.write(one, tmp_path / "out")
    assert [path.name for path in paths] == ["sheet.json", "sheet.md", "sheet.html"]
    assert sheet.read(paths[0]) == one
    page, text = paths[2].read_text("utf-8"), paths[1].read_text("utf-8")
    assert "<i>MinHash" not in page and "It is <i>MinHash</i> | pairs." in texts(page)
    assert "after a follow-up" in page and "61" in text and "2 / 4" in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") == 4 for line in table)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "is no score sheet"),
        ("[]", "is no score sheet"),
        ('{"candidate": "a"}', "is no score sheet"),
        ('{"more": 1}', "is no score sheet"),
    ],
)
def test_what_is_no_sheet_is_said(small, tmp_path, text, fault):
    (tmp_path / "sheet.json").write_text(text)
    with pytest.raises(PlaybookError, match=fault):
        sheet.read(tmp_path / "sheet.json")


def test_a_file_that_is_not_there_and_points_that_are_not(small, tmp_path):
    with pytest.raises(PlaybookError, match="There is no file"):
        sheet.read(tmp_path / "none.json")
    path = sheet.write(made("Li", Asked(ID)), tmp_path)[0]
    path.write_text(path.read_text().replace('"at_once": {}', '"at_once": {"charm": "x"}'))
    with pytest.raises(PlaybookError, match="has no point 'charm'"):
        sheet.read(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"asked": [{"question": "data-none"}]}))
    with pytest.raises(PlaybookError, match="has no question"):
        sheet.read(path)


def test_a_panel_says_where_it_differs(small, tmp_path):
    sheets = [
        made("Li", Asked(ID, {"minhash": "", "verify": ""}), Asked(OTHER)),
        made("Sun", Asked(ID, {"minhash": ""}, {"gaps": ""})),
    ]
    markdown, page = sheet.merge(sheets, tmp_path)
    text = markdown.read_text("utf-8")
    summary, first, _ = text.split("## ")
    lines = {line.split("|")[1].strip(): line for line in first.splitlines() if line.startswith("| ")}
    assert lines["States verify."].count("differ") == lines["States gaps."].count("differ") == 1
    assert "differ" not in lines["States minhash."] and f"{ID} | 2 / 4 | 2 / 4 |" in summary
    assert (
        f"{OTHER} | 0 / 4 | - |" in summary
        and "alpha): 0." in text
        and "alpha): 0." in texts(page.read_text())
    )


def test_what_cannot_be_merged_is_said(small, tmp_path):
    for sheets, fault in (
        ([made("Li")], "two sheets or more"),
        ([made("Li"), made("Li")], "the same interviewer"),
        ([made("Li"), made("Sun", candidate="Zhao")], "of 2 candidates"),
    ):
        with pytest.raises(PlaybookError, match=fault):
            sheet.merge(sheets, tmp_path)


def test_a_panel_that_asked_different_questions_has_no_agreement(small, tmp_path):
    paths = sheet.merge([made("Li", Asked(ID)), made("Sun", Asked(OTHER))], tmp_path)
    assert "alpha): -" in paths[0].read_text("utf-8")
