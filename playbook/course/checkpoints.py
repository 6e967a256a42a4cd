"""What an exercise is: its question, which answers are meant, the common wrong ones; read from YAML."""

import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from playbook.course.language import language
from playbook.course.record import current, plain
from playbook.errors import PlaybookError

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """A text in both languages."""

    en: Sentence
    zh: Sentence

    def __str__(self) -> str:
        return getattr(self, language())


class Accept(_Strict):
    """Which answers are meant: a range, a value, one of several, or near a figure of this run."""

    between: tuple[float, float] | None = None
    equals: float | str | None = None
    one_of: list[float | str] | None = Field(default=None, min_length=1)
    figure: str | None = None
    within: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _one_rule(self) -> "Accept":
        rules = [self.between, self.equals, self.one_of, self.figure]
        if sum(rule is not None for rule in rules) != 1:
            raise ValueError("give one of between, equals, one_of and figure")
        if (self.figure is None) != (self.within is None):
            raise ValueError("figure and within belong together")
        if self.between and self.between[0] > self.between[1]:
            raise ValueError("between is [low, high]")
        if any(is_empty(value) for value in (self.one_of or [self.equals if self.equals is not None else 0])):
            raise ValueError("an empty answer must not be right")
        return self

    def holds(self, answer: Any) -> bool:  # noqa: ANN401
        """Say whether `answer` is among those meant; an empty one never is.

        >>> Accept(between=(3, 6)).holds(4), Accept(equals="Idct").holds(" idct "), Accept(equals=4).holds("")
        (True, True, False)
        """
        answer = plain(answer)
        if is_empty(answer):
            return False
        if self.one_of is not None or self.equals is not None:
            return any(_same(answer, value) for value in self.one_of or [self.equals])
        number = _number(answer)
        low, high = self.between or self._around_figure()
        return number is not None and low <= number <= high

    def _around_figure(self) -> tuple[float, float]:
        figure = current.figures.get(self.figure or "")
        value = _number(figure.value) if figure else None
        if value is None or self.within is None:
            raise PlaybookError(
                f"This exercise is checked against {self.figure}: run the cells that report it first."
            )
        return value - abs(value) * self.within, value + abs(value) * self.within


class Wrong(_Strict):
    """A common wrong answer, by name, and what to say to it."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    when: Accept
    en: Sentence
    zh: Sentence

    def __str__(self) -> str:
        return getattr(self, language())


class Exercise(_Strict):
    """One exercise of data/exercises/<chapter>.yaml."""

    id: str = Field(pattern=r"^[a-z]+-\d\d$")
    kind: Literal["predict", "change", "find", "decide"]
    points: int = Field(ge=1, le=10)
    minutes: tuple[int, int]
    ask: Text
    accept: Accept
    wrong: list[Wrong] = []
    right: Text
    hints: list[Text] = Field(min_length=1, max_length=3)
    solution: Text

    @model_validator(mode="after")
    def _takes_time(self) -> "Exercise":
        if not 0 < self.minutes[0] <= self.minutes[1]:
            raise ValueError("minutes is [least, most]")
        return self


@cache
def load(file: Path) -> dict[str, Exercise]:
    """Read a chapter's exercises by id; raise PlaybookError with the first fault of the file."""
    import yaml

    if not file.is_file():
        raise PlaybookError(
            f"There are no exercises in {file}: the id begins with the chapter's name, as in data-01."
        )
    try:
        exercises = [
            Exercise.model_validate(entry) for entry in yaml.safe_load(file.read_text("utf-8")) or []
        ]
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise PlaybookError(f"{file.name}: {error.title} {where}: {fault['msg']}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise PlaybookError(f"{file.name} is not a list of exercises in YAML: {error}.") from None
    repeated = [name for name, count in Counter(e.id for e in exercises).items() if count > 1]
    strange = [e.id for e in exercises if e.id.split("-")[0] != file.stem]
    if repeated or strange:
        raise PlaybookError(
            f"{file.name}: the id {(repeated + strange)[0]} is used twice or is of another chapter."
        )
    return {exercise.id: exercise for exercise in exercises}


def is_empty(answer: object) -> bool:
    """Say whether an answer is none: None, `...`, not-a-number, an empty list, or no letter and no digit.

    >>> [is_empty(answer) for answer in (None, ..., "", " ? ", [], 0, "no")]
    [True, True, True, True, True, False, False]
    """
    if answer is None or answer is ... or (isinstance(answer, float) and math.isnan(answer)):
        return True
    if isinstance(answer, str):
        return not any(letter.isalnum() for letter in answer)
    return not isinstance(answer, bool | int | float)


def _number(answer: object) -> float | None:
    if isinstance(answer, bool):
        return None
    try:
        number = float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _same(answer: object, value: float | str | None) -> bool:
    wanted, given = _number(value), _number(answer)
    if wanted is not None:
        return given is not None and math.isclose(given, wanted, rel_tol=1e-9)
    return str(answer).strip().casefold() == str(value).strip().casefold()
