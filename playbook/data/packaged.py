"""The corpus of the chapter: docstrings of installed packages, beside what each package says about itself."""

from collections.abc import Sequence
from importlib import metadata

import pandas as pd

from playbook.data.tables import Table
from playbook.errors import PlaybookError


def packaged_corpus(profile: str = "quick") -> Table:
    """Give the docstrings of installed packages, each beside the `claims` of its package.

    `profile` is quick (the five packages of `playbook.inputs.QUICK`) or full (every installed package that
    lists its files). Columns: id, text, package, path, and those of `claims`. No line is rejected.
    """
    from playbook.inputs import QUICK, docstrings

    packages = QUICK if profile == "quick" else _installed()
    corpus = docstrings(packages)[["id", "text", "package", "path"]]
    frame = corpus.merge(claims(packages), on="package", how="left", validate="many_to_one")
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


def expression(claim: str | None) -> str | None:
    """Give the claim as an SPDX expression where it is one; None where it is prose: nothing is guessed.

    >>> expression("mit or apache-2.0"), expression("BSD License"), expression(None)
    ('MIT OR Apache-2.0', None, None)
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(claim or ""))
    except InvalidLicenseExpression:
        return None


def _installed() -> list[str]:
    """Name the installed packages that list their files, but not this one."""
    return sorted({d.name for d in metadata.distributions() if d.files is not None and d.name != "playbook"})
