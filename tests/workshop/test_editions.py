"""The gates of the editions: solutions score, empties do not, mistakes are met, and nothing leaks."""

import ast
import builtins
import json

import nbformat
import pytest

from playbook.course.checkpoints import load
from playbook.course.exercises import RESULT
from playbook.course.notebooks import CHAPTERS, locate, read
from playbook.inputs import ROOT
from playbook.workshop import editions, pages
from playbook.workshop.returned import answer_part, tasks
from playbook.workshop.sections import sections

EXERCISES = {name: e for c in CHAPTERS for name, e in load(ROOT / f"data/exercises/{c}.yaml").items()}
WRONG = [(name, wrong) for name, e in EXERCISES.items() for wrong in e.wrong]


def test_there_are_enough_of_each_kind_and_all_are_asked():
    assert len(EXERCISES) >= 24
    assert {exercise.kind for exercise in EXERCISES.values()} == {"predict", "change", "find", "decide"}
    assert sorted(t.exercise for c in CHAPTERS for t in tasks(c)) == sorted(EXERCISES)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_section_has_one_and_every_chapter_a_longer_one(chapter):
    numbered = [one for one in sections(chapter) if one.title[:1].isdigit() and one.name != "title"]
    without = [one.title for one in numbered if not one.exercises and "thread" not in one.title]
    assert not without
    assert any(
        EXERCISES[t.exercise].points >= 3 and EXERCISES[t.exercise].minutes[1] >= 10 for t in tasks(chapter)
    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_solution_edition_scores_every_point(chapter):
    cells = editions.solution(chapter).cells
    results = [o["data"][RESULT] for c in cells for o in c.get("outputs", []) if RESULT in o.get("data", {})]
    assert sorted(r["id"] for r in results) == sorted(t.exercise for t in tasks(chapter))
    assert [r["id"] for r in results if r["earned"] != EXERCISES[r["id"]].points] == []


@pytest.mark.parametrize("name", EXERCISES)
def test_the_empty_answer_scores_nothing(name):
    assert not any(EXERCISES[name].accept.holds(empty) for empty in (None, ..., "", "answer = ..."))


@pytest.mark.parametrize(("name", "wrong"), WRONG, ids=[f"{n}-{w.name}" for n, w in WRONG])
def test_a_common_wrong_answer_scores_nothing_and_is_met_by_its_name(name, wrong):
    exercise, answer = EXERCISES[name], pages.example(wrong.when)
    assert not exercise.accept.holds(answer)
    assert next(other for other in exercise.wrong if other.when.holds(answer)) is wrong


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_line_of_a_solution_is_in_the_student_edition(chapter):
    student = editions.student(chapter)
    assert not any(cell.get("outputs") for cell in student.cells)
    assert "BEGIN SOLUTION" not in nbformat.writes(student) and "HIDDEN" not in nbformat.writes(student)
    assert editions.leaked(student, chapter) == []
    answers = [cell.source for cell in student.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert len(answers) == len(tasks(chapter)) and all("answer = ..." in source for source in answers)


def test_a_leak_is_seen():
    student = editions.student("data")
    line = next(iter(editions.solutions("data").values())).splitlines()[0]
    student.cells[0].source += f"\n{line}"
    assert editions.leaked(student, "data") == ["data-01"]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_first_hint_gives_nothing_away(name):
    chapter = name.split("-")[0]
    lines = editions.solutions(chapter)[name].splitlines()
    first = EXERCISES[name].hints[0]
    for text in (first.en, first.zh):
        assert not any(line.strip() in text for line in lines if line.strip())
        if EXERCISES[name].accept.equals is not None:
            assert str(EXERCISES[name].accept.equals).removesuffix(".0") not in text.split()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_uses_only_what_came_before(chapter):
    known = set(dir(builtins)) | {"display"}
    for cell in (cell for cell in read(locate(chapter)) if cell["cell_type"] == "code"):
        tree = ast.parse(cell["source"])
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        made |= {a.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for a in node.args}
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        made |= {(a.asname or a.name).split(".")[0] for node in imports for a in node.names}
        if "exercise" in cell["metadata"].get("tags", []):
            used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
            assert used - made - known == set(), cell["id"]
        known |= made


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_asks_what_the_handout_asks(chapter):
    prose = "\n".join(cell["source"] for cell in read(locate(chapter)) if cell["cell_type"] == "markdown")
    asked = {task.exercise: EXERCISES[task.exercise].ask.en for task in tasks(chapter)}
    assert [name for name, text in asked.items() if f"** {text}" not in prose] == []


def test_the_teacher_edition_names_the_mistakes():
    cells = {cell.id: cell.source for cell in editions.teacher("data").cells}
    assert "words-not-grams" in cells["cleaning-exercise-teacher"]
    assert "Common wrong answers" in cells["cleaning-exercise-teacher"]


def test_the_parts_of_an_exercise_make_the_whole():
    whole = {cell["id"]: cell["source"] for cell in read(locate("data"))}
    parts = {cell.id: cell.source for cell in editions.source("data").cells}
    for task in tasks("data"):
        assert parts[task.cell] == answer_part(whole[task.cell])
        rest = parts[task.cell + editions.CHECKED].split("\n### BEGIN HIDDEN")[0]
        assert f"{parts[task.cell]}\n{rest}" == whole[task.cell]


def test_source_is_a_notebook_that_nbgrader_knows(tmp_path):
    from nbgrader.nbgraderformat import MetadataValidator

    notebook = editions.source("security")
    for cell in notebook.cells:
        MetadataValidator().validate_cell(cell)
    nbformat.validate(json.loads(nbformat.writes(notebook)))
