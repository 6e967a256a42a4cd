"""The corpus of the course: docstrings of installed packages, each with the licence its package claims."""

import ast
import gzip
import hashlib
import importlib.metadata
import json
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs.cache import cache_dir
from playbook.inputs.files import atomic_write, disk_errors

QUICK = ("numpy", "scipy", "pandas", "scikit-learn", "matplotlib")

# Part of the cache's key: raise it whenever the rows change, or old ones will be read.
READER_VERSION = 3

# Shipped for Python 3.11 only, and different on Windows: without them every machine gives the same rows.
_LEFT_OUT = ("numpy/distutils/", "sklearn/_distributor_init.py")

_DOCUMENTED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(packages: Sequence[str] = QUICK) -> pd.DataFrame:
    """Read the docstrings of installed packages from their source files, which are parsed and never imported.

    One row a docstring, in the order of package, path and line: `id` (unique, such as
    `numpy/linalg/_linalg.py:svd`), `text`, `package`, `version`, `path`, `licence` (as the package writes it:
    an expression or a whole text) and `classifiers` (joined by "; "); the last two are None where the package
    is silent. Folders named `tests` are left out. The rows are kept in the cache, by package versions. Raises
    PlaybookError for a package that is not installed.

    >>> frame = docstrings(["filelock"])
    >>> [line for line in frame["id"] if line.endswith(":BaseFileLock.acquire")]
    ['filelock/_api.py:BaseFileLock.acquire']
    """
    if isinstance(packages, str) or not packages:
        raise PlaybookError("docstrings() takes a list of package names: give at least one, as in ['numpy'].")
    known = {name: _about(name) for name in sorted(set(packages))}
    rows, digest = _cached(known)
    frame = pd.DataFrame(rows, columns=["id", "text", "package", "path"])
    for position, column in ((3, "version"), (5, "licence"), (6, "classifiers")):
        # as objects, so that thousands of rows share one text: a licence may be 50,000 characters long
        values = [known[package][column] for package in frame["package"]]
        frame.insert(position, column, pd.Series(values, dtype=object))
    frame.attrs = {
        "name": "docstrings",
        "sha256": digest,
        "rows": len(frame),
        "licence": " AND ".join(sorted({f"({_short(about)})" for about in known.values()})),
    }
    return frame


def _about(package: str) -> dict[str, str | None]:
    """Give what a distribution's METADATA says: version, licence as written, classifiers."""
    try:
        metadata = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise PlaybookError(
            f"The package {package!r} is not installed here: install it or leave it out."
        ) from error
    classifiers = metadata.get_all("Classifier") or []
    return {
        "version": metadata["Version"],
        "licence": metadata.get("License-Expression")
        or metadata.get("License")
        or "; ".join(_claims(classifiers))
        or None,
        "classifiers": "; ".join(classifiers) or None,
    }


def _claims(classifiers: Sequence[str]) -> list[str]:
    return [text for text in classifiers if text.startswith("License ::")]


def _short(about: dict[str, str | None]) -> str:
    """Give a licence in a few words: as written if that is one line, else by its classifier."""
    written = about["licence"] or "not stated"
    if len(written) <= 80:
        return written
    claims = _claims((about["classifiers"] or "").split("; "))
    return claims[0].split(" :: ")[-1] if claims else written.strip().splitlines()[0]


def _cached(known: dict[str, dict[str, str | None]]) -> tuple[list[list[str]], str]:
    """Give the rows and their SHA-256: from the cache, or if that is missing or damaged, from the files."""
    versions = json.dumps([READER_VERSION, {name: about["version"] for name, about in known.items()}])
    key = hashlib.sha256(versions.encode()).hexdigest()[:16]
    file = cache_dir() / "docstrings" / f"{key}.jsonl.gz"
    try:
        first, _, body = gzip.decompress(file.read_bytes()).partition(b"\n")
    except (OSError, EOFError, zlib.error):
        first, body = b"", b""
    digest = hashlib.sha256(body).hexdigest()
    if first.decode(errors="replace") == digest:
        return [json.loads(line) for line in body.splitlines()], digest
    rows = [row for package in known for row in _rows(package)]
    body = "".join(json.dumps(row) + "\n" for row in rows).encode()
    digest = hashlib.sha256(body).hexdigest()
    with disk_errors(file.parent), atomic_write(file) as temporary:
        temporary.write_bytes(gzip.compress(digest.encode() + b"\n" + body, compresslevel=3, mtime=0))
    return rows, digest


def _rows(package: str) -> Iterator[list[str]]:
    """Yield id, text, package and path of every docstring of one distribution."""
    files = importlib.metadata.files(package)
    if files is None:
        raise PlaybookError(
            f"{package} keeps no list of its files: install it with pip to read its docstrings."
        )
    for file in sorted(files, key=lambda file: file.as_posix()):
        path = file.as_posix()
        if file.suffix != ".py" or "tests" in file.parts or ".." in file.parts or path.startswith(_LEFT_OUT):
            continue
        seen: dict[str, int] = {}
        for name, text in _documented(Path(str(file.locate()))):
            # a function may be defined twice, as in the two branches of an `if`
            seen[name] = seen.get(name, 0) + 1
            identity = f"{path}:{name}" if name else path
            yield [identity if seen[name] == 1 else f"{identity}#{seen[name]}", text, package, path]


def _documented(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the dotted name ("" for the module) and the docstring of all that has one in a file."""
    try:
        with warnings.catch_warnings(action="ignore"):  # other people's invalid escape sequences
            # the grammar of the oldest Python that the course supports, whichever runs
            tree = ast.parse(file.read_bytes(), feature_version=(3, 11))
    except (OSError, SyntaxError, ValueError):  # listed but not there, or no Python of ours: a template
        return
    yield from _docstrings_below(tree, "")


def _docstrings_below(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, (ast.Module, *_DOCUMENTED)):
        text = ast.get_docstring(node, clean=True)
        if text and text.strip():
            yield name, text
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _DOCUMENTED):
            yield from _docstrings_below(child, f"{name}.{child.name}".lstrip("."))
        elif isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield from _docstrings_below(child, name)
