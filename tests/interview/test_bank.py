"""The bank's files: every fault is said with file, question and field; the real bank has none."""

from collections import Counter

import pytest
import yaml

from playbook.errors import PlaybookError
from playbook.interview import bank, checks
from playbook.interview.schema import LANGUAGES, LEVELS, MEASURES

from .conftest import write_bank


def broken(entry, path, value):
    *way, last = path
    node = entry
    for step in way:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return entry


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["question", "zh"], None, "data.yaml: data-cleaning-copies: question.zh: Field required"),
        (["rubric", 1, "text", "en"], " ", "rubric.1.text.en: String should have at least"),
        (["rubric", 0, "accepts", "zh"], None, "rubric.0.accepts.zh: Field required"),
        (["rubric", 0, "accepts", "en", 0, "all"], ["lsh"], "one concept alone is a keyword"),
        (["rubric", 0, "accepts", "en", 0, "all"], ["lsh | ", "pair"], "a concept has an empty alternative"),
        (["rubric", 1, "id"], "minhash", "rubric: two points have the same id"),
        (["voices", "founder"], None, "voices.founder: Field required"),
        (["colour"], "red", "colour: Extra inputs are not permitted"),
        (["level"], "expert", "level: Input should be 'junior'"),
        (["measure"], "cloud", "measure 'cloud' is none of the chapter data"),
        (["id"], "data-privacy-copies", "id has to begin with data-cleaning-"),
        (
            ["follow_ups", 0, "probes"],
            ["nothing"],
            "follow_ups probe nothing, which the rubric does not have",
        ),
        (["follow_ups", 0, "probes"], ["gaps"], "two follow_ups probe the same point"),
        (["sources", 0, "date"], "yesterday", "sources.0.date: String should match"),
        (["proof", "keys"], ["found"], "proof.keys.0: String should match"),
    ],
)
def test_a_fault_is_named_by_file_question_and_field(tmp_path, entry, path, value, fault):
    file = write_bank(tmp_path, broken(entry, path, value))
    _, faults = bank.read(file)
    assert any(fault in one for one in faults), faults
    assert all(one.startswith("data.yaml: ") for one in faults)
    with pytest.raises(PlaybookError, match=r"The interview bank is wrong: data\.yaml: "):
        bank.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- id: [", "data.yaml: line 2 cannot be read"),
        ("id: a", "has to be a list of questions"),
        ("- 7", "data.yaml: question 1: as a whole"),
        ("- id: a-b\n  id: c", "the field id is given twice"),
        ("- !!python/object/apply:os.getcwd []", "cannot be read"),
    ],
)
def test_a_file_that_is_no_list_of_questions_is_said(tmp_path, text, fault):
    (tmp_path / "data.yaml").write_text(text)
    _, faults = bank.read(tmp_path / "data.yaml")
    assert len(faults) >= 1 and fault in faults[0]


def test_an_id_given_twice_and_a_question_in_the_wrong_file_are_said(tmp_path, entry):
    write_bank(tmp_path, entry, entry)
    with pytest.raises(PlaybookError, match="data-cleaning-copies: id: given twice"):
        bank.load(tmp_path)
    file = write_bank(tmp_path, entry).rename(tmp_path / "cost.yaml")
    assert "chapter: data belongs into data.yaml" in bank.read(file)[1][0]


def test_texts_are_dicts_by_language(small):
    question = bank.find("data-cleaning-copies")
    assert set(question.question) == set(question.rubric[0].text) == {"en", "zh"}
    with pytest.raises(PlaybookError, match="did you mean data-cleaning-copies"):
        bank.find("data-cleaning-copy")
    with pytest.raises(PlaybookError, match="has no question"):
        bank.find("x" * 10_000)


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(PlaybookError, match="holds no file of the interview bank"):
        bank.load(tmp_path)


@pytest.mark.parametrize("chapter", MEASURES)
def test_the_real_bank_has_no_fault(chapter, capsys):
    assert checks.main([str(bank.BANK / f"{chapter}.yaml")]) == 0, capsys.readouterr().out


def test_the_real_bank_is_whole():
    questions = bank.load()
    assert len(questions) >= 120 and len({one.id for one in questions}) == len(questions)
    assert min(Counter(one.chapter for one in questions).values()) >= 30
    assert {one.level for one in questions} == set(LEVELS)
    assert not checks.check_together(questions)
    assert all(set(one.answer) == set(LANGUAGES) for one in questions)


def test_the_yaml_that_is_read_is_plain():
    assert yaml.load("- 1", Loader=bank._Loader) == [1]
