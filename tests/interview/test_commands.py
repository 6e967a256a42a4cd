"""The four commands: they work, and bad use ends in one sentence and exit code 2."""

import pytest
from click.testing import CliRunner

from playbook.cli import main


def run(*arguments, text=""):
    return CliRunner().invoke(main, list(arguments), input=text)


def test_grade_says_what_was_met_and_by_whom(small, tmp_path):
    done = run("grade", "data-cleaning-copies", text="MinHash proposes the similar pairs.")
    assert done.exit_code == 0 and "+ minhash: States minhash.\n    MinHash proposes" in done.output
    assert done.output.endswith("1/4 (rules)\n")
    (tmp_path / "a.txt").write_text("候选对要再精确比较一遍。", "utf-8")
    assert "1/4" in run("grade", "data-cleaning-copies", str(tmp_path / "a.txt"), "--lang", "zh").output
    assert "data-cleaning-gaps: 有一列缺值" in run("grade", "--list", "--lang", "zh").output


@pytest.mark.parametrize(
    ("arguments", "text", "fault"),
    [
        (["grade", "data-none"], "words", "The bank has no question 'data-none'"),
        (["grade", "data-cleaning-copies"], "", "The answer is empty"),
        (["grade", "data-cleaning-copies"], "a " * 500_000, "shorten it"),
        (["grade", "data-cleaning-copies", "--endpoint", "x"], "words", "needs a base URL"),
        (["drill", "--chapter", "art"], "", "There is no chapter 'art'"),
        (["cards", "--level", "boss"], "", "There is no level 'boss'"),
        (["mock", "--minutes", "1"], "", "An interview of 1 minutes is none"),
        (["mock", "--merge", "none.json"], "", "There is no file none.json"),
    ],
)
def test_bad_input_ends_in_one_sentence(small, arguments, text, fault):
    done = run(*arguments, text=text)
    assert done.exit_code == 2 and done.stdout == "", done.output
    assert done.stderr.startswith("playbook: ") and fault in done.stderr and done.stderr.count("\n") == 1


def test_drill_mock_and_cards(small, tmp_path):
    done = run("drill", "--count", "1", text="\n3\n")
    assert done.exit_code == 0 and "1 reviewed" in done.output
    out = tmp_path / "out"
    arguments = ["mock", "--level", "mid", "--minutes", "5", "--out", str(out), "--candidate", "Wang"]
    for name in ("Li", "Sun"):
        done = run(*arguments, "--interviewer", name, text="MinHash proposes the similar pairs.\n\n\n\n")
        assert done.exit_code == 0 and "sheet.html" in done.output
        (out / "sheet.json").rename(out / f"{name}.json")
    merged = [part for name in ("Li", "Sun") for part in ("--merge", str(out / f"{name}.json"))]
    assert "panel.html" in run("mock", *merged, "--out", str(out)).output
    assert run("cards", "--lang", "zh", "--out", str(out)).exit_code == 0
    assert {path.suffix for path in out.glob("playbook-zh.*")} == {".apkg", ".csv", ".html"}
