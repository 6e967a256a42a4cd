"""The helper package of the large-model founder's playbook: what a notebook calls by `playbook.<name>`.

Everything is imported when it is first used, so that `import playbook` costs next to nothing.
"""

from importlib import import_module
from typing import Any

from playbook.errors import PlaybookError

_WHERE = {
    "parameters": "playbook.course.parameters",
    "uses": "playbook.course.scorecard",
    "report": "playbook.course.scorecard",
    "scorecard": "playbook.course.scorecard",
    "decide": "playbook.course.scorecard",
    "check": "playbook.course.exercises",
    "hint": "playbook.course.exercises",
    "solution": "playbook.course.exercises",
    "show": "playbook.course.figures",
    "quiet": "playbook.silence",
}

__all__ = ["PlaybookError", *_WHERE]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import what is asked for, at the moment it is asked for (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module 'playbook' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
