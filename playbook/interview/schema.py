"""What a question of the bank has to hold: the types of data/interview/<chapter>.yaml."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from typing_extensions import TypedDict  # pydantic asks for this one on Python 3.11

LANGUAGES = ("en", "zh")
LEVELS = ("junior", "mid", "senior", "founder")
MEASURES = {
    "data": ("cleaning", "annotation", "sources", "privacy"),
    "cost": ("algorithms", "compression", "frameworks", "cloud"),
    "interpretability": ("visualization", "simplification", "explanation"),
    "security": ("encryption", "access", "testing", "federated"),
}
GENERAL = "general"
KEY = r"[a-z]+\.[a-z0-9_]+\.[a-z0-9_]+"

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Concept = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Level = Literal["junior", "mid", "senior", "founder"]


class Text(TypedDict):
    """A text in both languages; a plain dict at run time."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    en: Sentence
    zh: Sentence


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(_Strict):
    """A number that an answer has to give: relative tolerance; unit may be several, separated by `|`."""

    value: float | Annotated[str, StringConstraints(pattern=rf"^\{{{KEY}(\|(textbook|measured))?\}}$")]
    tolerance: float = Field(default=0.02, ge=0, lt=1)
    unit: str = ""


class Accept(_Strict):
    """One way in which a sentence earns a point: concepts that all occur in it, and perhaps a number."""

    all: list[Concept] = Field(min_length=1)
    number: Number | None = None
    negated: bool | Literal["any"] = False

    @model_validator(mode="after")
    def _more_than_a_keyword(self) -> "Accept":
        if len(self.all) < 2 and self.number is None:
            raise ValueError("one concept alone is a keyword: add a second one, or a number")
        if any(not option.strip(" *") for concept in self.all for option in concept.split("|")):
            raise ValueError("a concept has an empty alternative")
        return self


class Accepts(_Strict):
    """How a point is recognised, by language."""

    en: list[Accept] = Field(min_length=1)
    zh: list[Accept] = Field(min_length=1)


class Point(_Strict):
    """A statement that an answer earns a point for."""

    id: Slug
    text: Text
    accepts: Accepts


class FollowUp(_Strict):
    """A question asked when one of the points it probes was missed."""

    question: Text
    probes: list[Slug] = []


class Voices(_Strict):
    """What three people would say to the same question."""

    junior: Text
    senior: Text
    founder: Text


class Source(_Strict):
    """Where a statement comes from; date is a year, a month or a day."""

    title: Sentence
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}){0,2}$")]
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None


class Proof(_Strict):
    """The cell that measures what the answer quotes, and the keys of the figures."""

    cell: Slug
    keys: list[Annotated[str, StringConstraints(pattern=f"^{KEY}$")]] = []


class Question(_Strict):
    """One question of the bank, in both languages."""

    id: Slug
    chapter: Literal["data", "cost", "interpretability", "security"]
    measure: str
    level: Level
    question: Text
    why: Text
    short: Text
    answer: Text
    follow_ups: list[FollowUp] = Field(min_length=2, max_length=4)
    trap: Text
    rubric: list[Point] = Field(min_length=4, max_length=8)
    voices: Voices
    sources: list[Source] = Field(min_length=1)
    proof: Proof
    holds: list[str] = []

    @field_validator("rubric")
    @classmethod
    def _ids_once(cls, rubric: list[Point]) -> list[Point]:
        if len({point.id for point in rubric}) < len(rubric):
            raise ValueError("two points have the same id")
        return rubric

    @model_validator(mode="after")
    def _hangs_together(self) -> "Question":
        if self.measure not in (*MEASURES[self.chapter], GENERAL):
            raise ValueError(f"measure {self.measure!r} is none of the chapter {self.chapter}")
        if not re.match(f"{self.chapter}-{self.measure}-", self.id):
            raise ValueError(f"id has to begin with {self.chapter}-{self.measure}-")
        probed = [point for follow_up in self.follow_ups for point in follow_up.probes]
        unknown = sorted(set(probed) - {point.id for point in self.rubric})
        if unknown:
            raise ValueError(f"follow_ups probe {', '.join(unknown)}, which the rubric does not have")
        if len(set(probed)) < len(probed):
            raise ValueError("two follow_ups probe the same point")
        return self
