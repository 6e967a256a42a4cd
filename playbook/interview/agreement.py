"""Holds the grader against answers labelled by hand, and writes what came out to docs/grading.md.

`python -m playbook.interview.agreement` writes the page; the test that measures does so too.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import atomic_write
from playbook.interview import bank
from playbook.interview.grading import by_rules

LABELLED = bank.BANK / "labelled.yaml"
PAGE = ROOT / "docs" / "grading.md"
KINDS = ("good", "partial", "wrong", "keyword-stuffed", "off-topic")
WANTED = 0.6


class Labelled(BaseModel):
    """An answer, and the rubric points that a reader grants it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/\d+$")]
    lang: Literal["en", "zh"]
    kind: Literal["good", "partial", "wrong", "keyword-stuffed", "off-topic"]
    met: list[str]
    text: str

    @property
    def question(self) -> str:
        """Id of the question that is answered."""
        return self.id.partition("/")[0]

    @property
    def aside(self) -> bool:
        """Whether it is kept aside from tuning: a third, by the hash of the id."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 3 == 0


class Verdict(BaseModel):
    """Whether one point of one answer is met: by the reader, by the rules."""

    answer: Labelled
    point: str
    by_hand: bool
    by_rules: bool


def labelled(path: Path = LABELLED) -> list[Labelled]:
    """Read the labelled answers; PlaybookError when one is malformed or grants a point that is not there."""
    try:
        answers = TypeAdapter(list[Labelled]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise PlaybookError(f"{path.name} cannot be read ({type(error).__name__}): restore it.") from None
    for answer in answers:
        known = {point.id for point in bank.find(answer.question).rubric}
        if not set(answer.met) <= known:
            raise PlaybookError(
                f"{path.name}: {answer.id}: the rubric has no {min(set(answer.met) - known)}."
            )
    return answers


def verdicts(answers: Sequence[Labelled]) -> Iterator[Verdict]:
    """Grade every answer by the rules, and give each of its points beside the hand's."""
    for answer in answers:
        question = bank.find(answer.question)
        met = {one.point.id for one in by_rules(question, answer.text, answer.lang).met}
        for point in question.rubric:
            yield Verdict(
                answer=answer, point=point.id, by_hand=point.id in answer.met, by_rules=point.id in met
            )


def kappa(found: Sequence[Verdict]) -> float:
    """Cohen's kappa by point (Cohen 1960): agreement beyond what chance would give."""
    from sklearn.metrics import cohen_kappa_score

    return float(cohen_kappa_score([one.by_hand for one in found], [one.by_rules for one in found]))


def page(found: Sequence[Verdict]) -> str:
    """Write the page: kappa on the part kept aside, how it falls apart, and what the rules get wrong."""
    aside = [one for one in found if one.answer.aside]
    answers = {one.answer.id: one.answer for one in found}
    substance = [one for one in aside if one.answer.kind in KINDS[:3]]
    rows = [("all answers", aside), ("good, partial and wrong answers alone", substance)]
    rows += [(f"in {lang}", [one for one in aside if one.answer.lang == lang]) for lang in ("en", "zh")]
    rows += [("for comparison: the part open to tuning", [one for one in found if not one.answer.aside])]
    kinds = [(kind, [one for one in aside if one.answer.kind == kind]) for kind in KINDS]
    chapters = sorted({one.partition("-")[0] for one in answers})
    return _PAGE.format(
        answers=len(answers),
        questions=len({answer.question for answer in answers.values()}),
        chapters=", ".join(chapters),
        aside=sum(answer.aside for answer in answers.values()),
        wanted=WANTED,
        kappas="\n".join(f"| {name} | {len(some)} | {kappa(some):.2f} |" for name, some in rows),
        kinds="\n".join(_counts(kind, some) for kind, some in kinds),
    )


def _counts(kind: str, some: Sequence[Verdict]) -> str:
    def count(test: Callable[[Verdict], bool]) -> int:
        return sum(map(test, some))

    both = count(lambda one: one.by_hand and one.by_rules)
    missed = count(lambda one: one.by_hand and not one.by_rules)
    invented = count(lambda one: one.by_rules and not one.by_hand)
    return f"| {kind} | {len(some)} | {both} | {missed} | {invented} |"


_PAGE = """\
# How well does the grader grade?

`playbook grade` reads an answer sentence by sentence and says which rubric points it meets, offline and
always alike. How far it can be trusted was measured: {answers} answers to {questions} questions of the
bank (chapters: {chapters}) were written and labelled by hand, point by point, in English and Chinese:
good ones, partial ones, wrong ones, lists of keywords, and answers to something else. A third, {aside}
answers chosen by a hash of their id, was kept aside: no rule and no pattern was changed because of them.

Cohen's kappa by point, on the part kept aside unless said otherwise (wanted: {wanted} or more):

| | points | kappa |
|---|---|---|
{kappas}

Lists of keywords and answers to something else are easy to refuse, so the second line is the one to look at.
Where do hand and rules part, on the part kept aside?

| kind of answer | points | met, by both | met by hand, missed by the rules | granted by the rules alone |
|---|---|---|---|---|
{kinds}

So a point that the rules grant was nearly always made, and a point that they miss may have been made in words
that nobody foresaw: read the missed ones yourself before you judge a person. Answers and labels come from one
hand, which knew the rubrics; strangers will word things less kindly. A model can grade instead
(`playbook grade QUESTION --endpoint URL --model NAME`); the result says who graded.

This page is written by `tests/interview/test_agreement.py`, which fails when kappa falls below {wanted}.
"""


def write() -> list[Verdict]:
    """Measure, write the page if it changed, and give the verdicts."""
    found = list(verdicts(labelled()))
    text = page(found)
    if not PAGE.is_file() or PAGE.read_text("utf-8") != text:
        with atomic_write(PAGE) as temporary:
            temporary.write_text(text, "utf-8")
    return found


if __name__ == "__main__":
    print(f"kappa {kappa([one for one in write() if one.answer.aside]):.2f}, see {PAGE.name}")
