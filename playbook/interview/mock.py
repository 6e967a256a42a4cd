"""A timed mock interview: questions of a level over the chapters, follow-ups chosen by what was missed."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from playbook.errors import PlaybookError
from playbook.interview import figures
from playbook.interview.drill import read_answer
from playbook.interview.grading import LONGEST, by_rules
from playbook.interview.schema import LEVELS, MEASURES, FollowUp, Question
from playbook.interview.sheet import Asked, Sheet
from playbook.interview.wording import word

MINUTES_A_QUESTION = 6
_FOLLOW_UPS = 2


def plan(questions: Sequence[Question], minutes: float, level: str, seed: int = 0) -> list[Question]:
    """Choose the questions of an interview: chapters in turn, none twice, those of the level first.

    Below the level stands the next lower one, to begin with; a founder is asked what a senior is asked too.
    Same bank, minutes, level and seed: same interview. Raises PlaybookError for an unknown level, fewer than
    five minutes or more than four hours.
    """
    if level not in LEVELS:
        raise PlaybookError(f"There is no level {level[:40]!r}: use {', '.join(LEVELS)}.")
    if not 5 <= minutes <= 240:
        raise PlaybookError(f"An interview of {minutes:g} minutes is none: use 5 to 240.")
    draw = random.Random(seed)
    below = LEVELS[max(0, LEVELS.index(level) - 1)]
    by_chapter = []
    for chapter in MEASURES:
        ranked = [
            (one.level != level, draw.random(), one.id, one)
            for one in questions
            if one.chapter == chapter and one.level in (level, below)
        ]
        by_chapter.append([one for *_, one in sorted(ranked, key=lambda item: item[:3])])
    in_turn = [one for row in zip_longest(*by_chapter) for one in row if one]
    return in_turn[: max(1, int(minutes // MINUTES_A_QUESTION))]


def next_follow_up(question: Question, missed: set[str], asked: Sequence[FollowUp]) -> FollowUp | None:
    """Give the follow-up that probes most of what was missed and was not asked yet; None when none does."""
    open_ones = [one for one in question.follow_ups if one not in asked and missed & set(one.probes)]
    return max(open_ones, key=lambda one: len(missed & set(one.probes)), default=None)


@dataclass
class Interview:
    """One interview on `console`; with `by_hand` the interviewer ticks the points instead of the rules."""

    questions: Sequence[Question]
    minutes: float
    level: str
    lang: str = "en"
    candidate: str = ""
    interviewer: str = ""
    by_hand: bool = False
    console: Console = field(default_factory=Console)
    clock: Callable[[], float] = time.monotonic

    def hold(self) -> Sheet:
        """Ask until the time is up, the questions are through, q, or the end of input; give the sheet.

        A question that was begun is finished: an interviewer who cuts an answer off learns nothing from it.
        """
        grader = self.interviewer if self.by_hand else "rules"
        sheet = Sheet(self.candidate, self.interviewer, self.level, self.lang, grader or "by hand")
        begun = self.clock()
        for question in self.questions:
            left = self.minutes - (self.clock() - begun) / 60
            if left <= 0:
                self.console.print(word("time_up", self.lang), style="bold")
                break
            try:
                asked = self._ask(figures.filled(question), left)
            except EOFError:
                break
            if asked is None:
                break
            sheet.asked.append(asked)
        return sheet

    def _ask(self, question: Question, left: float) -> Asked | None:
        begun = self.clock()
        asked = Asked(question.id)
        answer = self._put(question.question[self.lang], question, word_left(left, self.lang))
        if answer == "q":
            return None
        self._mark(asked, question, answer, "")
        put: list[FollowUp] = []
        for _ in range(_FOLLOW_UPS):
            follow_up = next_follow_up(question, asked.missed(question), put)
            if follow_up is None:
                break
            put.append(follow_up)
            answer = self._put(follow_up.question[self.lang], question, word("follow_ups", self.lang))
            if answer == "q":
                break
            self._mark(asked, question, answer, follow_up.question[self.lang])
        asked.seconds = round(self.clock() - begun)
        return asked

    def _put(self, text: str, question: Question, title: str) -> str:
        self.console.print(Panel(escape(text), title=title, subtitle=question.id))
        self.console.print(word("say", self.lang), style="dim")
        return read_answer(self.console)

    def _mark(self, asked: Asked, question: Question, answer: str, follow_up: str) -> None:
        """Add what an answer brought to what was met before."""
        found = self._ticked(question) if self.by_hand else self._graded(question, answer, follow_up)
        for point, sentence in found.items():
            if point not in asked.at_once | asked.after:
                (asked.after if follow_up else asked.at_once)[point] = sentence

    def _graded(self, question: Question, answer: str, follow_up: str) -> dict[str, str]:
        if not answer:
            return {}
        grade = by_rules(question, answer[:LONGEST], self.lang, follow_up)
        return {one.point.id: one.sentence for one in grade.met}

    def _ticked(self, question: Question) -> dict[str, str]:
        for number, point in enumerate(question.rubric, 1):
            self.console.print(f"{number} {escape(point.text[self.lang])}")
        reply = self.console.input(f"[bold]{word('tick', self.lang)}:[/bold] ")
        numbers = {int(part) for part in reply.replace(",", " ").split() if part.isdecimal()}
        return {point.id: "" for number, point in enumerate(question.rubric, 1) if number in numbers}


def word_left(minutes: float, lang: str) -> str:
    """Say how many minutes are left.

    >>> word_left(12.4, "zh")
    '还剩 12 分钟'
    """
    return word("minutes_left", lang, minutes=round(minutes))
