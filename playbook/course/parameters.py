"""Checks a chapter's parameters in the running notebook, before anything is made of them."""

import ast
from typing import Any

from playbook.course.declaration import Parameter, parse, table, unknown_name
from playbook.course.language import say
from playbook.course.scorecard import start
from playbook.errors import PlaybookError
from playbook.garbage import collect_seldom


def parameters(chapter: str, namespace: dict[str, Any]) -> None:
    """Check the notebook's parameters in `namespace`, show them, and begin the chapter's scorecard.

    Raises PlaybookError for an unknown name and for a value of a wrong type or out of range. It stands in the
    cell after the declarations: `playbook.parameters("data", globals())`.
    """
    declared, injected = _cells([*namespace.get("In", []), _last_cell()])
    unknown = sorted(injected - {parameter.name for parameter in declared})
    if unknown:
        raise PlaybookError(unknown_name(unknown[0], [parameter.name for parameter in declared]))
    values = {parameter.name: parameter.check(namespace[parameter.name]) for parameter in declared}
    namespace.update(values)
    collect_seldom()
    start(chapter, values)
    rows = [(p.name, str(values[p.name]), f"{p.limits} {p.help}".strip()) for p in declared]
    print(table([tuple(say(word) for word in ("parameter", "value", "meaning")), *rows]))


def _last_cell() -> str:
    """Give the source of the cell run before this one; nbval keeps no history, and so leaves `In` empty."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    last = shell and shell.last_execution_result
    return last.info.raw_cell if last else ""


def _cells(history: list[str]) -> tuple[list[Parameter], set[str]]:
    """Give the last declarations among the executed cells, and the names set right after them."""
    for position in range(len(history) - 1, -1, -1):
        declared = parse(history[position])
        if declared is None:
            continue
        injected: set[str] = set()
        for source in history[position + 1 :]:
            assigned = _assigned(source)
            if not assigned:
                break
            injected |= assigned
        return declared, injected
    raise PlaybookError("No cell with parameters was run: run the notebook from its top.")


def _assigned(source: str) -> set[str]:
    """Give the names that a cell sets if it does nothing else, as the one that papermill puts in."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return set()
    if not all(isinstance(node, ast.Assign) for node in body):
        return set()
    return {ast.unparse(target) for node in body for target in node.targets}
