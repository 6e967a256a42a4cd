"""Grades a free answer against a question's rubric, offline and always alike: sentence by sentence."""

from dataclasses import dataclass, field

from playbook.errors import PlaybookError
from playbook.interview import bank, figures
from playbook.interview.concepts import spans
from playbook.interview.negation import denied
from playbook.interview.numbers import states
from playbook.interview.schema import LANGUAGES, Accept, Number, Point, Question
from playbook.interview.sentences import content, echoes, is_statement, normal, split, unlisted, weight

LONGEST = 20_000
RULES = "rules"
_WORDS_A_POINT = 5


@dataclass(frozen=True)
class Met:
    """A rubric point that was met, and the sentence that earned it."""

    point: Point
    sentence: str


@dataclass(frozen=True)
class Grade:
    """What an answer earned: points met and missed, and who graded ("rules", or a model and its host)."""

    question: str
    lang: str
    met: list[Met] = field(default_factory=list)
    missed: list[Point] = field(default_factory=list)
    grader: str = RULES

    @property
    def score(self) -> float:
        """Share of the points met, 0 to 1."""
        return len(self.met) / (len(self.met) + len(self.missed))


def grade(
    question_id: str, answer: str, lang: str = "en", *, endpoint: str = "", model: str = "", asked: str = ""
) -> Grade:
    """Say which rubric points an answer in free text meets, each with the sentence that earned it.

    A sentence earns a point when it is a statement (no bare list, not the question or a follow-up again),
    holds all concepts of one of the point's alternatives, affirmed or denied as the point wants, and the
    number that it wants, within tolerance and with its unit; at most a point for five words. `asked` is what
    else was asked (a follow-up) and earns nothing when repeated. With `endpoint` (an OpenAI-compatible base
    URL) and `model`, that model grades instead. Raises PlaybookError for an unknown question or language,
    an empty answer, and one of more than 20,000 characters.
    """
    question = bank.find(question_id)
    check_answer(answer, lang)
    if endpoint:
        from playbook.interview.remote import grade_remotely

        return grade_remotely(question, answer, lang, endpoint, model)
    return by_rules(question, answer, lang, asked)


def check_answer(answer: str, lang: str) -> None:
    """Raise PlaybookError when the answer or its language cannot be graded.

    >>> check_answer(" ", "en")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: The answer is empty: say something, in whole sentences.
    """
    if lang not in LANGUAGES:
        raise PlaybookError(
            f"The bank has no language {str(lang)[:20]!r}: use one of {', '.join(LANGUAGES)}."
        )
    if not isinstance(answer, str) or not answer.strip():
        raise PlaybookError("The answer is empty: say something, in whole sentences.")
    if len(answer) > LONGEST:
        raise PlaybookError(
            f"The answer has {len(answer):,} characters, and nobody hears out {LONGEST:,}: shorten it."
        )


def by_rules(question: Question, answer: str, lang: str, asked: str = "") -> Grade:
    """Grade by the rubric's own patterns; the same answer always gets the same grade."""
    heard = [question.question, *(follow_up.question for follow_up in question.follow_ups)]
    repeated = [content(text[lang]) for text in heard]
    told = normal(f"{question.question[lang]} {asked}")
    sentences = [(text, unlisted(text, lang)) for text in split(answer)]
    candidates = [
        (text, normal(said))
        for text, said in sentences
        if is_statement(said or "-", lang) and not any(echoes(said, one) for one in repeated)
    ]
    earning: dict[str, list[int]] = {
        point.id: [
            place
            for place, (_, said) in enumerate(candidates)
            if any(_earns(one, said, told, lang) for one in getattr(point.accepts, lang))
        ]
        for point in question.rubric
    }
    chosen = _assign(earning, [max(1, weight(said) // _WORDS_A_POINT) for _, said in candidates])
    met = [Met(point, candidates[chosen[point.id]][0]) for point in question.rubric if point.id in chosen]
    missed = [point for point in question.rubric if point.id not in chosen]
    return Grade(question.id, lang, met, missed)


def _assign(earning: dict[str, list[int]], room: list[int]) -> dict[str, int]:
    """Give each point a sentence that earns it and still has room; the points with fewest choices first."""
    chosen: dict[str, int] = {}
    for point, places in sorted(earning.items(), key=lambda item: len(item[1])):
        free = [place for place in places if room[place] > 0]
        if free:
            chosen[point] = max(free, key=lambda place: room[place])
            room[chosen[point]] -= 1
    return chosen


def _earns(accept: Accept, said: str, told: str, lang: str) -> bool:
    """Whether a normalised sentence is what `accept` describes and says more than was `told` to it."""
    places = [spans(concept, said) for concept in accept.all]
    if not all(places) or (accept.number and not _has_number(accept.number, said)):
        return False
    if not accept.number and all(said[start:end] in told for found in places for start, end in found):
        return False
    if accept.negated == "any":
        return True
    phrases = [place for found in places for place in found]
    refused = [all(denied(said, place, lang, phrases) for place in found) for found in places]
    return any(refused) if accept.negated else not any(refused)


def _has_number(number: Number, said: str) -> bool:
    value = number.value
    if isinstance(value, str):
        key, _, part = value.strip("{}").partition("|")
        value = float(figures.look_up(figures.reference(), key, part or "value"))
    return states(said, value, number.tolerance, number.unit)
