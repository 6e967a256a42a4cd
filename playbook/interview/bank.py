"""Reads the interview bank, and says file, question and field of whatever is wrong in it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.interview.schema import MEASURES, Question

__all__ = ["BANK", "Question", "find", "load", "read"]

BANK = ROOT / "data" / "interview"


def load(folder: Path | None = None) -> list[Question]:
    """Give every question of the bank, by chapter and in the order of the files, figures as references.

    `playbook.interview.figures.filled` puts a run's figures in. Raises PlaybookError that names file,
    question and field when an entry is not as `playbook.interview.schema` wants it.
    """
    return list(_loaded(folder or BANK))


def find(question_id: str, folder: Path | None = None) -> Question:
    """Give one question; raises PlaybookError when the bank has none of this id."""
    from difflib import get_close_matches

    questions = {question.id: question for question in load(folder)}
    if question_id not in questions:
        near = get_close_matches(question_id[:80], questions, 1)
        hint = f"did you mean {near[0]}?" if near else "see `playbook grade --list`."
        raise PlaybookError(f"The bank has no question {question_id[:80]!r}: {hint}")
    return questions[question_id]


@cache
def _loaded(folder: Path) -> tuple[Question, ...]:
    paths = [folder / f"{chapter}.yaml" for chapter in MEASURES]
    found = [path for path in paths if path.is_file()]
    if not found:
        raise PlaybookError(f"{folder} holds no file of the interview bank: is the clone whole?")
    questions, faults = [], []
    for path in found:
        here, wrong = read(path)
        questions += here
        faults += wrong
    ids = [question.id for question in questions]
    faults += [f"{one}: id: given twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise PlaybookError(f"The interview bank is wrong: {faults[0]}{more}.")
    return tuple(questions)


def read(path: Path) -> tuple[list[Question], list[str]]:
    """Read one file of the bank: its questions, and a line `file: id: field: what` for each fault."""
    try:
        entries = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" line {place.line + 1}" if place else ""
        what = getattr(error, "problem", None) or type(error).__name__
        return [], [f"{path.name}:{where} cannot be read: {what}"]
    if not isinstance(entries, list):
        return [], [f"{path.name}: has to be a list of questions"]
    questions, faults = [], []
    for number, entry in enumerate(entries, 1):
        try:
            questions.append(Question.model_validate(entry))
        except ValidationError as error:
            name = entry.get("id") if isinstance(entry, dict) else None
            faults += [f"{path.name}: {name or f'question {number}'}: {one}" for one in _faults(error)]
    faults += [
        f"{path.name}: {question.id}: chapter: {question.chapter} belongs into {question.chapter}.yaml"
        for question in questions
        if path.stem in MEASURES and question.chapter != path.stem
    ]
    return questions, faults


def _faults(error: ValidationError) -> list[str]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        f"{'.'.join(map(str, one['loc'])) or 'as a whole'}: {one['msg'].removeprefix('Value error, ')}"
        for one in found
    ]


class _Loader(yaml.CSafeLoader):
    """Plain values only, and no field given twice, which YAML's own loader would let pass unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the field {name} is given twice", node.start_mark
                )
        return super().construct_mapping(node, deep)
