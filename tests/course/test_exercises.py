"""Exercises: right is right, wrong is met by name, and the empty answer scores nothing."""

import copy
import json
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from playbook.course import exercises, record, tries
from playbook.course.checkpoints import Accept, load
from playbook.course.exercises import check, hint, passed, solution
from playbook.errors import PlaybookError
from playbook.inputs import ROOT

BOTH = {"en": "Because it is so.", "zh": "因为事实如此。"}
ENTRY = {
    "id": "data-01",
    "kind": "predict",
    "points": 2,
    "minutes": [2, 4],
    "ask": BOTH,
    "accept": {"between": [3, 6]},
    "wrong": [
        {"name": "forgot-near", "when": {"between": [0, 1]}, "en": "Near ones too.", "zh": "还有近似的。"}
    ],
    "right": BOTH,
    "hints": [{"en": f"Nudge {n} of it.", "zh": f"第 {n} 个提示。"} for n in (1, 2)],
    "solution": {"en": "Between 3 and 6.", "zh": "在三到六之间。"},
}
EMPTY = [None, ..., "", " ", "?", "-", "...", "\u200b", [], {}, float("nan")]


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Write entries to data/exercises/data.yaml of a repository of our own."""
    monkeypatch.setattr("playbook.inputs.ROOT", tmp_path, raising=False)
    monkeypatch.setenv("PLAYBOOK_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("PLAYBOOK_OUT", raising=False)
    exercises._asked.clear()
    tries._here.clear()
    load.cache_clear()

    def write(*entries, name="data"):
        file = tmp_path / "data" / "exercises" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(list(entries), allow_unicode=True), "utf-8")
        load.cache_clear()
        return file

    return write


@pytest.fixture
def earned(monkeypatch):
    results = []
    monkeypatch.setattr(
        exercises, "publish", lambda text, kind, content: results.append((text, content["earned"]))
    )
    return results


def test_right_wrong_and_in_between(book, earned):
    book(ENTRY)
    for answer in (4, 0.5, 99):
        check("data-01", answer)
    (right, full), (known, none), (other, nothing) = earned
    assert (full, none, nothing) == (2, 0, 0)
    assert right == "data-01: right (2 of 2). Because it is so."
    assert "Near ones too." in known and "Near ones" not in other and 'playbook.hint("data-01")' in other


@pytest.mark.parametrize("answer", EMPTY)
def test_the_empty_answer_scores_nothing(book, earned, answer):
    book(ENTRY | {"accept": {"between": [-1e9, 1e9]}})
    check("data-01", answer)
    assert earned[0][1] == 0 and "no answer yet" in earned[0][0]


def test_no_empty_answer_is_among_words_that_look_like_it():
    assert not any(Accept(one_of=["None", "nan", "Ellipsis", "[]x", "{}x"]).holds(answer) for answer in EMPTY)


def test_hints_come_one_by_one_and_the_last_stays(book, capsys):
    book(ENTRY)
    tries.remember("data-01", 0, 2)
    for _ in range(3):
        hint("data-01")
    solution("data-01")
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: Nudge 1 of it.",
        "Hint 2 of 2: Nudge 2 of it.",
        "Hint 2 of 2: Nudge 2 of it.",
        "Solution: Between 3 and 6.",
    ]


def test_the_solution_comes_after_a_try(book, earned, capsys):
    book(ENTRY)
    solution("data-01")
    assert "Between 3" not in (told := capsys.readouterr().out) and "Try first" in told
    check("data-01", 99)
    tries._here.clear()  # as another session would find it
    solution("data-01")
    assert capsys.readouterr().out == "Solution: Between 3 and 6.\n"


def test_tries_are_counted_and_the_best_stays(book, earned, tmp_path):
    book(ENTRY)
    for answer in (99, 4, 0):
        check("data-01", answer)
    assert tries.all_tries() == {"data-01": {"tries": 3, "earned": 2, "points": 2}}
    assert json.loads((tmp_path / "state" / "exercises.json").read_text()) == tries.all_tries()


def test_a_run_of_whole_chapters_leaves_no_trace(book, earned, monkeypatch):
    book(ENTRY)
    monkeypatch.setenv("PLAYBOOK_OUT", "somewhere")
    check("data-01", 4)
    assert tries.all_tries() == {} and tries.tried("data-01")


@pytest.mark.parametrize("content", ["", "[]", '{"data-01": 3}', '{"data-01": {"tries": "x"}}', "\x00"])
def test_a_damaged_file_of_tries_stops_nobody(book, earned, tmp_path, content):
    book(ENTRY)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "exercises.json").write_text(content)
    check("data-01", 4)
    assert tries.all_tries()["data-01"]["earned"] == 2


def test_a_folder_that_cannot_be_made_stops_nobody(book, earned, tmp_path, monkeypatch):
    book(ENTRY)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAYBOOK_STATE", str(tmp_path / "file" / "state"))
    check("data-01", 4)
    assert earned[0][1] == 2 and tries.tried("data-01")


def test_passed_prints_nothing_and_remembers_nothing(book, capsys):
    book(ENTRY)
    assert passed("data-01", 4) is True and passed("data-01", 99) is False and passed("data-01", ...) is False
    assert capsys.readouterr().out == "" and not tries.tried("data-01")


def test_an_answer_is_held_against_a_figure_of_this_run(book, earned):
    book(ENTRY | {"wrong": [], "accept": {"figure": "data.cleaning.rows", "within": 0.25}})
    record.current.figures.clear()
    with pytest.raises(PlaybookError, match=r"data\.cleaning\.rows: run the cells"):
        check("data-01", 4)
    record.current.figures["data.cleaning.rows"] = record.Figure("data.cleaning.rows", 100)
    for answer in (76, "110", 130, True):
        check("data-01", answer)
    assert [points for _, points in earned] == [2, 2, 0, 0]


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(-1e7, 1e7))
def test_a_range_takes_exactly_what_is_in_it(low, width, answer):
    assert Accept(between=(low, low + width)).holds(answer) is (low <= answer <= low + width)


def test_texts_are_compared_without_case_and_numbers_by_value():
    accept = Accept(one_of=["Dropna", 4])
    assert accept.holds(" dropna ") and accept.holds(4.0) and accept.holds("4")
    assert not accept.holds("drop") and not accept.holds(math.nan) and not accept.holds(True)


@pytest.mark.parametrize(
    "change",
    [
        {"accept": {}},
        {"accept": {"equals": 4, "between": [1, 2]}},
        {"accept": {"equals": ""}},
        {"accept": {"one_of": ["a", " "]}},
        {"accept": {"one_of": []}},
        {"accept": {"between": [6, 3]}},
        {"accept": {"figure": "data.a.b"}},
        {"accept": {"equals": 1, "within": 0.1}},
        {"points": 0},
        {"kind": "guess"},
        {"id": "Data 1"},
        {"id": "cost-01"},
        {"hints": []},
        {"right": {"en": "Only English."}},
        {"solution": {"en": "  . ", "zh": "在三到六之间。"}},
        {"surprise": 1},
    ],
)
def test_a_faulty_exercise_is_refused_in_one_sentence(book, change):
    file = book(copy.deepcopy(ENTRY) | change)
    with pytest.raises(PlaybookError, match=r"^data\.yaml") as error:
        load(file)
    assert "\n" not in str(error.value)


def test_an_id_is_used_once(book):
    with pytest.raises(PlaybookError, match="data-01 is used twice"):
        load(book(ENTRY, ENTRY))


def test_what_is_not_there_is_said(book):
    book(ENTRY)
    with pytest.raises(PlaybookError, match="no exercise 'data-09': the chapter has data-01"):
        check("data-09", 1)
    with pytest.raises(PlaybookError, match="There are no exercises"):
        check("poetry-01", 1)


@pytest.mark.parametrize(
    "file", sorted((ROOT / "data" / "exercises").glob("*.yaml")), ids=lambda file: file.stem
)
def test_the_exercises_of_the_chapters_hold(file, earned):
    for name, exercise in load(file).items():
        assert not any(exercise.accept.holds(answer) for answer in EMPTY), name
