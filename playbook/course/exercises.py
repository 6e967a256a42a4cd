"""Exercises: `check` an answer, ask for a `hint`, look at the `solution`; texts in data/exercises/."""

from collections import Counter
from typing import Any

from playbook.course import tries
from playbook.course.checkpoints import Exercise, is_empty, load
from playbook.course.language import say
from playbook.course.record import plain
from playbook.course.scorecard import publish
from playbook.errors import PlaybookError

RESULT = "application/vnd.playbook.exercise+json"
_asked: Counter[str] = Counter()


def check(name: str, answer: Any = None) -> None:  # noqa: ANN401
    """Say whether `answer` is right, and why; a common wrong answer is met with what went wrong."""
    exercise = _find(name)
    right = exercise.accept.holds(answer)
    if right:
        text = f"{say('right', id=name, points=exercise.points)} {exercise.right}"
    elif is_empty(plain(answer)):
        text = f"{say('wrong', id=name)} {say('empty')}"
    else:
        known = next((wrong for wrong in exercise.wrong if wrong.when.holds(answer)), None)
        text = " ".join(filter(None, [say("wrong", id=name), str(known or ""), say("ask", id=name)]))
    earned = exercise.points if right else 0
    tries.remember(name, earned, exercise.points)
    publish(text, RESULT, {"id": name, "points": exercise.points, "earned": earned})


def passed(name: str, answer: Any = None) -> bool:  # noqa: ANN401
    """Say whether `answer` is right, and print nothing: for a test that is hidden from students."""
    return _find(name).accept.holds(answer)


def hint(name: str) -> None:
    """Show the next hint, from a nudge to almost the answer; the last one stays."""
    hints = _find(name).hints
    number = min(_asked[name], len(hints) - 1)
    _asked[name] += 1
    print(say("hint", n=number + 1, all=len(hints), text=hints[number]))


def solution(name: str) -> None:
    """Show the solution, once an answer was tried in this course, in whatever session."""
    text = _find(name).solution
    print(say("solution", text=text) if tries.tried(name) else say("try-first", id=name))


def _find(name: str) -> Exercise:
    from playbook.inputs import ROOT

    exercises = load(ROOT / "data" / "exercises" / f"{name.split('-')[0]}.yaml")
    if name not in exercises:
        raise PlaybookError(f"There is no exercise {name!r}: the chapter has {', '.join(exercises)}.")
    return exercises[name]
