"""Holds the bank to its word: figures, comparisons, sums, links, rubrics, repeats; each fault with its place.

`python -m playbook.interview.checks [FILE ...]` prints a line a fault: file, question, field, what.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playbook.course import notebooks as books
from playbook.errors import PlaybookError
from playbook.interview import arithmetic, bank, figures
from playbook.interview.grading import by_rules
from playbook.interview.schema import GENERAL, LANGUAGES, LEVELS, MEASURES, Question
from playbook.interview.sentences import split

QUESTIONS, A_MEASURE, A_LEVEL = 30, 5, 4
_ALIKE = 0.4
_COMPARES = re.compile(
    r"\b(?:more|less|fewer|twice|double|half|third|times|higher|lower)\b|超过|不到|一半|[一二三四五六七八九十两\d]倍|多于|少于|低于|高于"
)


def check(question: Question, card: figures.Card) -> list[str]:
    """Give all faults of one question, as `id: field: what`."""
    faults = [*_texts(question, card), *_proof(question, card), *_holds(question, card)]
    if not faults:
        faults += _rubric(figures.filled(question, card))
    return [f"{question.id}: {fault}" for fault in faults]


def check_together(questions: Sequence[Question], *, spread: bool = True) -> list[str]:
    """Give the faults that show only among several questions: two alike, too few of a kind."""
    return [*_alike(questions), *(_spread(questions) if spread else [])]


def fields(node: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Give every text of a dumped question with the path of its field.

    >>> list(fields({"short": {"en": "a", "zh": "b"}, "holds": ["x"]}))
    [('short.en', 'a'), ('short.zh', 'b')]
    """
    if isinstance(node, str):
        yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        if name not in {"accepts", "holds"}:
            yield from fields(child, f"{path}.{name}".strip("."))


def _texts(question: Question, card: figures.Card) -> Iterator[str]:
    for path, text in fields(question.model_dump()):
        try:
            told = figures.fill(text, card)
        except PlaybookError as error:
            yield f"{path}: {error}"
            continue
        yield from (f"{path}: this sum is wrong: {one}" for one in arithmetic.wrong_sums(told))
        unproved = sorted(figures.keys(text) - set(question.proof.keys))
        if unproved:
            yield f"{path}: proof.keys does not name {', '.join(unproved)}"
        for sentence in split(text) if not question.holds else []:
            if figures.keys(sentence) and _COMPARES.search(figures.BRACES.sub("", sentence)):
                yield f"{path}: compares in words, and holds is empty: {sentence.strip()[:60]!r}"


def _proof(question: Question, card: figures.Card) -> Iterator[str]:
    cells = {cell.get("id") for cell in books.read(books.locate(question.chapter))}
    if question.proof.cell not in cells:
        yield f"proof.cell: the notebook of {question.chapter} has no cell {question.proof.cell}"
    yield from (
        f"proof.keys: no figure {key} is in the scorecard" for key in question.proof.keys if key not in card
    )
    for point in question.rubric:
        for lang in LANGUAGES:
            for accept in getattr(point.accepts, lang):
                value = accept.number.value if accept.number else 0
                if isinstance(value, str) and not figures.keys(value) <= set(card):
                    yield f"rubric.{point.id}.accepts.{lang}: no figure {value} is in the scorecard"


def _holds(question: Question, card: figures.Card) -> Iterator[str]:
    for expression in question.holds:
        try:
            true = arithmetic.evaluate(expression, card) is True
        except PlaybookError as error:
            yield f"holds: {error}"
        else:
            if not true:
                yield f"holds: {expression!r} does not hold"


def _rubric(question: Question) -> Iterator[str]:
    """Check that the full answer earns all points, the short one some, question and bare keywords none."""
    for lang in LANGUAGES:
        grade = by_rules(question, question.answer[lang], lang)
        yield from (f"answer.{lang}: does not earn the point {point.id}" for point in grade.missed)
        if not by_rules(question, question.short[lang], lang).met:
            yield f"short.{lang}: earns no point"
        asked = " ".join(one.question[lang] for one in question.follow_ups)
        empty = {"question": question.question[lang], "follow_ups": asked, "rubric": keywords(question, lang)}
        for name, text in empty.items():
            ids = ", ".join(one.point.id for one in by_rules(question, text, lang).met)
            if ids:
                yield f"{name}.{lang}: earns {ids} by its words alone"


def keywords(question: Question, lang: str) -> str:
    """Give the rubric's own concepts as a bare list, which has to earn nothing."""
    accepts = [accept for point in question.rubric for accept in getattr(point.accepts, lang)]
    return ", ".join(concept.split("|")[0].strip(" *") for accept in accepts for concept in accept.all)


def _alike(questions: Sequence[Question]) -> Iterator[str]:
    from playbook.data.cleaning import near_duplicates

    for lang in LANGUAGES:
        for name in ("question", "answer"):
            texts = [getattr(question, name)[lang] for question in questions]
            for place, kept in enumerate(near_duplicates(texts, _ALIKE)):
                if kept != place:
                    yield f"{questions[place].id}: {name}.{lang}: is nearly that of {questions[kept].id}"


def _spread(questions: Sequence[Question]) -> Iterator[str]:
    measures = Counter((question.chapter, question.measure) for question in questions)
    levels = Counter((question.chapter, question.level) for question in questions)
    for chapter in sorted({question.chapter for question in questions}):
        mine = [question for question in questions if question.chapter == chapter]
        wanted = [(f"measure {one}", measures[chapter, one], A_MEASURE) for one in MEASURES[chapter]]
        wanted += [(f"level {one}", levels[chapter, one], A_LEVEL) for one in LEVELS]
        for name, found, least in [("questions", len(mine), QUESTIONS), *wanted]:
            if found < least:
                yield f"{chapter}: {name}: {found} of at least {least}"
        if mine[0].id != f"{chapter}-{GENERAL}-article":
            yield f"{chapter}: the first question has to be {chapter}-{GENERAL}-article"


def main(paths: Sequence[str]) -> int:
    """Check the given files, or the whole bank; print a line a fault and give the exit code."""
    files = [Path(path) for path in paths] or [bank.BANK / f"{chapter}.yaml" for chapter in MEASURES]
    card, questions, faults = figures.reference(), [], []
    for file in files:
        here, wrong = bank.read(file)
        faults += wrong
        faults += [f"{file.name}: {fault}" for question in here for fault in check(question, card)]
        questions += here
    faults += check_together(questions)
    print("\n".join(faults) or f"{len(questions)} questions, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
