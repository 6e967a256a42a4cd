"""The papers that go with a corpus: ATTRIBUTION, Croissant metadata and the AI Act's training summary."""

import html
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

_SUMMARY = """# Public summary of training content: {model}
(AI Act, Regulation (EU) 2024/1689, Art. 53(1)(d); sections of the Commission's template of 2025-07-24)

## 1. General information
Provider, contact, model names and versions, date of placing on the market: TO FILL IN.
Modality: text. Size of the training data: {characters} characters.

## 2. List of data sources
| source | documents | share of characters | licence |
|---|---|---|---|
{rows}

Data scraped from the web, with the crawler's name, its conduct and the top domains: TO FILL IN.
Data of users, licensed private data, synthetic data: TO FILL IN.

## 3. Data processing aspects
Reservations of text and data mining (Directive (EU) 2019/790, Art. 4(3)) not ruled out for: {reserved}.
Personal data not ruled out for: {personal}.
Removal of illegal content, and other processing: TO FILL IN.
"""


def attribution(sources: pd.DataFrame) -> str:
    """Write the ATTRIBUTION file that permissive licences ask for, a line a source; undecided ones too.

    >>> print(attribution(pd.DataFrame([{"source": "demo", "spdx": "MIT", "written": "MIT"}])))
    # Attribution
    This corpus holds texts of the following sources, each under its own licence.
    <BLANKLINE>
    - demo: MIT
    """
    lines = [
        "# Attribution",
        "This corpus holds texts of the following sources, each under its own licence.",
        "",
    ]
    for row in sources.sort_values("source").to_dict("records"):
        undecided = f"not decided, written as: {_plain(row['written']) or 'nothing'}"
        lines.append(f"- {_plain(row['source'])}: {_plain(row['spdx']) or undecided}")
    return "\n".join(lines)


def croissant(
    sources: pd.DataFrame,
    name: str,
    file: str,
    sha256: str,
    fields: Mapping[str, str],
    published: date | None = None,
) -> dict[str, Any]:
    """Describe the corpus as Croissant JSON-LD (MLCommons), which `mlcroissant` validates.

    `fields` maps a column of `file` (JSON lines) to its description; the licences are those of `sources`;
    `published` is today unless given.
    """
    import mlcroissant as mlc

    columns = [
        mlc.Field(
            id=f"documents/{column}",
            name=column,
            description=told,
            data_types=mlc.DataType.TEXT,
            source=mlc.Source(file_object=file, extract=mlc.Extract(column=column)),
        )
        for column, told in fields.items()
    ]
    stored = mlc.FileObject(
        id=file, name=file, content_url=file, encoding_formats=["application/jsonlines"], sha256=sha256
    )
    metadata = mlc.Metadata(
        name=name,
        description=f"{int(sources['documents'].sum()):,} documents of {len(sources)} sources.",
        license=sorted({_plain(expression) or "not decided" for expression in sources["spdx"]}),
        url="https://example.org/corpus",
        version="1.0.0",
        date_published=published or date.today(),
        cite_as=name,
        distribution=[stored],
        record_sets=[mlc.RecordSet(id="documents", name="documents", fields=columns)],
    )
    return metadata.to_json()


def training_summary(sources: pd.DataFrame, model: str = "our model") -> str:
    """Draft the public summary of training content that the AI Act asks for in Art. 53(1)(d).

    The sections are those of the template of 2025-07-24; what a machine cannot know is marked TO FILL IN.

    >>> demo = {"source": "demo", "documents": 2, "characters": 10, "spdx": "MIT"}
    >>> summary = training_summary(pd.DataFrame([demo | {"personal_data": "no", "opt_out": "unknown"}]))
    >>> [line for line in summary.splitlines() if "demo" in line]
    ['| demo | 2 | 100.0% | MIT |',
     'Reservations of text and data mining (Directive (EU) 2019/790, Art. 4(3)) not ruled out for: demo.']
    """
    total = int(sources["characters"].sum())
    rows = [
        f"| {_plain(row['source'])} | {row['documents']:,} | {row['characters'] / max(total, 1):.1%} "
        f"| {_plain(row['spdx']) or 'not decided'} |"
        for row in sources.sort_values(["characters", "source"], ascending=[False, True]).to_dict("records")
    ]
    return _SUMMARY.format(
        model=_plain(model),
        characters=f"{total:,}",
        rows="\n".join(rows),
        personal=_not_ruled_out(sources, "personal_data"),
        reserved=_not_ruled_out(sources, "opt_out"),
    )


def _not_ruled_out(sources: pd.DataFrame, column: str) -> str:
    return ", ".join(sorted(map(_plain, sources.loc[sources[column] != "no", "source"]))) or "none found"


def _plain(text: Any) -> str:  # noqa: ANN401
    """Make any text one line that Markdown and HTML show as it is; a missing one is empty."""
    if pd.isna(text):
        return ""
    visible = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return re.sub(r"([\\`*|\[\]])", r"\\\1", html.escape(" ".join(visible.split()), quote=False))
