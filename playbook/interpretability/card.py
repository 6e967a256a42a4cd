"""A model card (Mitchell et al. 2019) of measured figures, as Markdown and as a page, each written whole."""

import html
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs.cache import cache_dir
from playbook.inputs.files import atomic_write, disk_errors
from playbook.interpretability.applications import Applications

# M. Mitchell et al., Model Cards for Model Reporting (2019), figure 1.
HEADINGS = (
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
)
TO_FILL_IN = "TO FILL IN"

_TEACHING = "Teaching. The applications are of 1990 and of real people: score nobody with this model."
_SAME = {
    "Metrics": (
        "Area under the ROC curve; rates by group with 95 % Wilson intervals; letters that change.",
        "The truth that errors are counted against is the recorded decision, not what happened later.",
    ),
    "Ethical considerations": (
        "A column left out can return through others: compare the rates by group before every release.",
        "Refused people have a say, and somebody who can change the decision (see the duties).",
    ),
    "Caveats and recommendations": (
        "A reason says what the model did, not what caused the decision.",
        "A change that would have led to a yes today promises nothing for tomorrow.",
        "Trained on decisions, the model repeats them, right or wrong.",
    ),
}

Part = str | pd.DataFrame
Parts = Mapping[str, Sequence[Part]]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ max-width: 48rem; margin: 2rem auto; font: 1rem/1.5 sans-serif; padding: 0 1rem }}
table {{ border-collapse: collapse }} th, td {{ padding: .2rem .6rem; text-align: left;
border-bottom: 1px solid #999 }}</style></head>
<body><h1>{title}</h1>
{body}
</body></html>
"""


def markdown(title: str, parts: Parts) -> str:
    """Write the card as Markdown, its headings in Mitchell's order; what is missing says TO FILL IN.

    `parts`: heading -> sentences and tables. Every text is shown as it is: no markup of a column's name acts.
    Raises PlaybookError for a heading that a model card does not have.

    >>> print(markdown("Scorecard", {"Factors": ["a | b"]})[:53])
    # Model card: Scorecard
    <BLANKLINE>
    ## Model details
    <BLANKLINE>
    TO FILL IN
    """
    blocks = [f"# Model card: {_plain(title)}"]
    for heading, content in _ordered(parts):
        blocks.append(f"## {heading}")
        blocks += [_grid(one) if isinstance(one, pd.DataFrame) else _plain(one) for one in content]
    return "\n\n".join(blocks) + "\n"


def page(title: str, parts: Parts) -> str:
    """Write the same card as an HTML page; every text is escaped.

    >>> "<script>" in page("<script>", {"Factors": ["<script>"]})
    False
    """
    body = []
    for heading, content in _ordered(parts):
        body.append(f"<h2>{heading}</h2>")
        for one in content:
            table = isinstance(one, pd.DataFrame)
            body.append(_flat(one).to_html(index=False, border=0) if table else f"<p>{html.escape(one)}</p>")
    return _PAGE.format(title=html.escape(f"Model card: {title}"), body="\n".join(body))


def write(title: str, parts: Parts, folder: Path | None = None) -> list[Path]:
    """Write both into `folder`, or the run's own (the cache outside a run), each whole or not at all.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as out:
    ...     [path.name for path in write("Scorecard", {}, Path(out))]
    ['model_card.md', 'model_card.html']
    """
    out = os.environ.get("PLAYBOOK_OUT")
    folder = folder or (Path(out).absolute() if out else cache_dir() / "handed")
    paths = [folder / f"model_card.{ending}" for ending in ("md", "html")]
    texts = (markdown(title, parts), page(title, parts))
    with disk_errors(folder), atomic_write(paths[0]) as first, atomic_write(paths[1]) as second:
        for target, text in zip((first, second), texts, strict=True):
            target.write_text(text, encoding="utf-8")
    return paths


def describe(
    data: Applications, target: str, protected: str, own: bool, tables: Mapping[str, pd.DataFrame]
) -> dict[str, list[Part]]:
    """Fill a scorecard's card with what the chapter knows; `tables`: caption -> measured table.

    `own` is True for a reader's own table: then its use is for the reader to state. What no run can know
    says TO FILL IN.
    """
    share = f"{100 * data.y_train.mean():.1f} % of them with {target} = 1"
    return {
        **{heading: list(sentences) for heading, sentences in _SAME.items()},
        "Model details": [
            f"A logistic scorecard on {data.x_train.shape[1]} features, in standard units (scikit-learn).",
            "Its explanation is a closed form: weight times distance from the applicants compared with.",
            f"Who answers for it, version, contact: {TO_FILL_IN}.",
        ],
        "Intended use": [f"Uses and users meant, and uses ruled out: {TO_FILL_IN}." if own else _TEACHING],
        "Factors": [
            f"Groups: {protected or 'no protected column was named'}. No model sees that column.",
            f"Features: {', '.join(data.x_train)}.",
            f"Left out: {', '.join(data.left_out) or 'no other column'}.",
        ],
        "Evaluation data": [
            f"{len(data.x_test):,} rows held out; rates by group: every row, by models trained without it."
        ],
        "Training data": [f"{len(data.x_train):,} rows, {share}. How they were collected: {TO_FILL_IN}."],
        "Quantitative analyses": [part for caption, table in tables.items() for part in (caption, table)],
    }


def _ordered(parts: Parts) -> list[tuple[str, Sequence[Part]]]:
    if strange := [heading for heading in parts if heading not in HEADINGS]:
        raise PlaybookError(f"A model card has no heading {strange[0]!r}: use one of {', '.join(HEADINGS)}.")
    return [(heading, parts.get(heading) or [TO_FILL_IN]) for heading in HEADINGS]


def _grid(table: pd.DataFrame) -> str:
    """Write a table as Markdown's, its cells as plain text."""
    flat = _flat(table)
    head = [_plain(str(name)) for name in flat]
    rows = [[_plain(str(value)) for value in row] for row in flat.itertuples(index=False)]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Make the names of rows columns, where rows have names."""
    if isinstance(table.index, pd.RangeIndex):
        return table
    return table.rename_axis([name or "row" for name in table.index.names]).reset_index()


def _plain(text: str) -> str:
    """Make a text one line that Markdown shows as it is."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return re.sub(r"([\\`*_|\[\]#])", r"\\\1", html.escape(" ".join(visible.split()), quote=False))
