"""The corpus of the chapter: docstrings of installed packages, beside what each package says about itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata

import pandas as pd

from playbook.data.cleaning import texts_of
from playbook.data.licences import licence_of
from playbook.data.privacy import redact
from playbook.data.tables import Table, read_table
from playbook.errors import PlaybookError


@dataclass(frozen=True)
class Corpus:
    """What the chapter works on: a table as read, its texts, and the group of each row, both as strings."""

    frame: pd.DataFrame
    texts: pd.Series
    group: pd.Series
    rejected: pd.DataFrame


def read_corpus(source: str, profile: str, text: str, label: str) -> Corpus:
    """Read the reader's own table `source` or, where none is named, the docstrings.

    `text` and `label` name columns. Without a label all rows are of the group "all", the docstrings of their
    package. Groups are redacted, since they are shown. Errors are those of `read_table` and `texts_of`.
    """
    table = read_table(source) if source else packaged_corpus(profile)
    frame, label = table.frame, label or ("" if source else "package")
    group = texts_of(frame, label) if label else pd.Series("all", index=frame.index)
    names = {name: redact(name) for name in group.unique()}
    return Corpus(frame, texts_of(frame, text), group.map(names), table.rejected)


def packaged_corpus(profile: str = "quick") -> Table:
    """Give the docstrings of installed packages, each beside the `claims` of its package.

    `profile` is quick (the five packages of `playbook.inputs.QUICK`) or full (every installed package that
    lists its files). Columns: id, text, package, path, those of `claims`, and what `licence_of` reads there:
    licence (in at most 80 characters) and spdx (an expression, or missing). No line is rejected.
    """
    from playbook.inputs import QUICK, docstrings

    packages = QUICK if profile == "quick" else _installed()
    corpus = docstrings(packages)[["id", "text", "package", "path"]]
    told = claims(packages)
    read = [licence_of(metadata.distribution(package)) for package in told["package"]]
    told["licence"], told["spdx"] = ([each[place] for each in read] for place in (0, 1))
    frame = corpus.merge(told, on="package", how="left", validate="many_to_one")
    frame.attrs = corpus.attrs
    return Table(frame, pd.DataFrame(columns=["line", "reason"]))


def claims(packages: Sequence[str]) -> pd.DataFrame:
    """List what installed packages say of their licence, a row a package; what one does not say is missing.

    Columns: package, version, license_expression and license (the fields of its METADATA, as written) and
    license_classifier. Raises PlaybookError for a package that is not installed.

    >>> claims(["rensa"])[["package", "license_expression", "license"]].values.tolist()
    [['rensa', None, 'MIT']]
    """
    rows = []
    for package in packages:
        try:
            about = metadata.metadata(package)
        except metadata.PackageNotFoundError:
            raise PlaybookError(
                f"{package!r} is not installed: name a package that `pip list` shows."
            ) from None
        fields = (about.get(field) or None for field in ("Version", "License-Expression", "License"))
        kinds = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
        rows.append((package, *fields, "; ".join(kinds) or None))
    columns = ["package", "version", "license_expression", "license", "license_classifier"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _installed() -> list[str]:
    """Name the installed packages that list their files, but not this one."""
    return sorted({d.name for d in metadata.distributions() if d.files is not None and d.name != "playbook"})
