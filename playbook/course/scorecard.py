"""Collects a chapter's figures, gates, inputs and decision, and shows them where they are measured.

Each output carries its figure as JSON of a type of our own, so that the runner reads the scorecard out of the
executed notebook and knows the cell that each figure came from.
"""

import re
from dataclasses import asdict
from typing import Any

from playbook.course.language import say
from playbook.course.record import (
    DECISION,
    FIGURE,
    INPUT,
    Figure,
    Value,
    checked,
    current,
    line,
    passes,
    plain,
    row,
)
from playbook.errors import PlaybookError

_KEY = re.compile(r"[a-z]+\.[a-z0-9_]+\.[a-z0-9_]+")


def start(chapter: str, parameters: dict[str, Value]) -> None:
    """Begin a fresh scorecard; `playbook.parameters` calls this at the top of a chapter."""
    current.chapter, current.parameters = chapter, dict(parameters)
    current.figures.clear()
    current.inputs.clear()


def uses(frame: Any) -> None:  # noqa: ANN401 - a pandas frame or anything with .attrs
    """Record an input from `frame.attrs` (name, sha256, rows, licence), and show it on one line.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"text": ["a", "b"]})
    >>> frame.attrs = {"name": "notes", "sha256": "0f" * 32, "rows": 2, "licence": "MIT"}
    >>> uses(frame)
    notes: 2 rows, MIT, sha256 0f0f0f0f0f0f
    """
    entry = {name: plain(frame.attrs.get(name)) for name in ("name", "sha256", "rows", "licence")}
    missing = [name for name, value in entry.items() if value is None]
    if missing:
        raise PlaybookError(
            f"uses(frame): frame.attrs has no {', '.join(missing)}: read it with playbook.inputs."
        )
    current.inputs[entry["name"]] = entry
    text = (
        f"{entry['name']}: {entry['rows']:,} {say('rows')}, {entry['licence']}, sha256 {entry['sha256'][:12]}"
    )
    publish(text, INPUT, entry)


def report(
    key: str,
    value: object,
    unit: str = "",
    *,
    textbook: object = None,
    measured: object = None,
    gate: str | None = None,
) -> None:
    """Record the figure `key` ("chapter.measure.figure") and show it on one line.

    `value` is what the better way gives, `textbook` what the article's way gives or claims, `measured` what
    was found missing in it, all rounded to what is the same on every machine. `gate` is an operator and a
    number that `value` has to satisfy.

    >>> start("data", {})
    >>> report("data.cleaning.found", 1480, "documents", textbook=933, measured=547, gate=">= 1000")
    found: 1,480 documents (textbook 933; missed 547; gate >= 1000 passed)
    """
    if not _KEY.fullmatch(key):
        raise PlaybookError(
            f"report: the key {key!r} is not of the form chapter.measure.figure, in small letters."
        )
    if current.chapter and key.split(".")[0] != current.chapter:
        raise PlaybookError(f"report: the key {key!r} does not belong to the chapter {current.chapter!r}.")
    values = {"value": value, "textbook": textbook, "measured": measured}
    valid = {name: checked(key, name, plain(one)) for name, one in values.items()}
    if valid["value"] is None:
        raise PlaybookError(f"report: {key} has no value.")
    passed = None if gate is None else passes(valid["value"], gate, key)
    figure = Figure(key=key, unit=unit, gate=gate and gate.strip(), passed=passed, **valid)
    current.figures[key] = figure
    publish(line(figure), FIGURE, asdict(figure))


def scorecard(chapter: str) -> None:
    """Show the chapter's table *textbook | measured | better* with its gates, from all that was reported.

    >>> start("cost", {})
    >>> report("cost.cloud.price", 12.5, "USD", textbook=20, gate="<= 15")
    price: 12.5 USD (textbook 20; gate <= 15 passed)
    >>> scorecard("cost")
    figure textbook measured better unit         gate
     price       20            12.5  USD <= 15 passed
    Gates: 1 passed, 0 failed.
    """
    import pandas as pd

    figures = _figures(chapter)
    titles = [say(word) for word in ("figure", "textbook", "measured", "better", "unit", "gate")]
    frame = pd.DataFrame([row(figure) for figure in figures], columns=titles)
    gates = say(
        "gates", passed=sum(f.passed is True for f in figures), failed=sum(f.passed is False for f in figures)
    )
    with pd.option_context("display.max_colwidth", None):
        html = frame.to_html(index=False, border=0)
    text = "\n".join(line.rstrip() for line in f"{frame.to_string(index=False)}\n{gates}".splitlines())
    publish(text, "text/html", f"{html}\n<p>{gates}</p>")


def decide(*, go: str, repair: str) -> None:
    """Show the decision that the gates imply: `go` when all passed, else `repair` and the gates that failed.

    >>> start("cost", {})
    >>> report("cost.cloud.price", 12.5, "USD", gate="<= 10")
    price: 12.5 USD (gate <= 10 FAILED)
    >>> decide(go="Sign the contract.", repair="Ask for a second offer.")
    Decision: repair first. Ask for a second offer.
    - price: 12.5 USD (gate <= 10 FAILED)
    """
    gated = [figure for figure in _figures(current.chapter) if figure.gate]
    if not gated:
        raise PlaybookError(
            "decide: no figure has a gate yet: give report(...) a gate, such as gate='>= 0.95'."
        )
    failed = [figure for figure in gated if not figure.passed]
    verdict, text = ("repair", repair) if failed else ("go", go)
    lines = [f"{say(verdict)} {text}", *(f"- {line(figure)}" for figure in failed)]
    decision = {"decision": verdict, "text": text, "failed": [figure.key for figure in failed]}
    publish("\n".join(lines), DECISION, decision)


def publish(text: str, kind: str, content: object) -> None:
    """Show `text`, and carry `content` of the MIME type `kind` in the same output; outside IPython, print."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(text)
    else:
        display({"text/plain": text, kind: content}, raw=True)


def _figures(chapter: str) -> list[Figure]:
    figures = [figure for key, figure in current.figures.items() if key.split(".")[0] == chapter]
    if not figures:
        raise PlaybookError(f"The chapter {chapter!r} has no figures yet: run its cells from the top.")
    return figures
