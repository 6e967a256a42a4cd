"""The helper package of the large-model founder's playbook: what a notebook calls by `playbook.<name>`.

Everything is imported when it is first used, so that `import playbook` costs next to nothing.
"""

from playbook.errors import PlaybookError
from playbook.lazy import exports

_WHERE = {
    "parameters": "course.parameters",
    "uses": "course.scorecard",
    "report": "course.scorecard",
    "scorecard": "course.scorecard",
    "decide": "course.scorecard",
    "check": "course.exercises",
    "passed": "course.exercises",
    "hint": "course.exercises",
    "solution": "course.exercises",
    "show": "course.figures",
    "quiet": "silence",
}

__all__ = ["PlaybookError", *_WHERE]

__getattr__ = exports(__name__, _WHERE)
