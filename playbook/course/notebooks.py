"""The chapters' notebooks as files: where they are, what they declare, are made from and reported."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from playbook.course.declaration import Parameter, parse, unknown_name
from playbook.course.record import DECISION, FIGURE, INPUT
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import sha256_file

CHAPTERS = ("data", "cost", "interpretability", "security")
NOTEBOOKS = ROOT / "notebooks"


def locate(chapter: str, lang: str = "en") -> Path:
    """Give the path of a chapter's notebook; raise PlaybookError when chapter or edition is not there."""
    if chapter not in CHAPTERS:
        raise PlaybookError(f"There is no chapter {chapter!r}: the chapters are {', '.join(CHAPTERS)}.")
    folder = NOTEBOOKS / "zh" if lang == "zh" else NOTEBOOKS
    found = sorted(folder.glob(f"??_{chapter}.ipynb"))
    if not found and lang == "zh":
        raise PlaybookError(f"The Chinese edition of {chapter} is not there yet: run it with --lang en.")
    if not found:
        raise PlaybookError(f"{folder} has no notebook of the chapter {chapter}: is the clone whole?")
    return found[0]


def read(notebook: Path) -> list[dict[str, Any]]:
    """Read a notebook's cells, sources joined; raise PlaybookError when the file is no notebook.

    Plain JSON, since nbformat takes a second to import and a run that has nothing to do should not.
    """
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells if cell["cell_type"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise PlaybookError(f"{notebook.name} cannot be read as a notebook ({reason}): restore it.") from None


def declared(notebook: Path) -> list[Parameter]:
    """Give the parameters that a notebook declares in its cell tagged `parameters`."""
    cells = [cell for cell in read(notebook) if "parameters" in cell.get("metadata", {}).get("tags", [])]
    found = parse(cells[0]["source"]) if cells else []
    if found is None:
        raise PlaybookError(f"{notebook.name}: the cell tagged parameters holds more than declarations.")
    return found


def settle(given: Mapping[str, str], notebooks: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Check the given texts against what the chapters declare; give each chapter's values, defaults included.

    Raises PlaybookError for a name that none of the chapters declares and for a value that does not fit.
    """
    known = {chapter: declared(notebook) for chapter, notebook in notebooks.items()}
    names = sorted({parameter.name for parameters in known.values() for parameter in parameters})
    for name in given:
        if name not in names:
            raise PlaybookError(unknown_name(name, names))
    return {
        chapter: {p.name: p.read(given[p.name]) if p.name in given else p.default for p in parameters}
        for chapter, parameters in known.items()
    }


def fingerprint(notebook: Path, parameters: Mapping[str, Any], lang: str) -> str:
    """Hash all that a chapter is made from: cells, parameters, language, package, data/, user's files."""
    cells = [(cell["cell_type"], cell.get("id"), cell["source"]) for cell in read(notebook)]
    user = [value for value in parameters.values() if isinstance(value, str) and Path(value).is_absolute()]
    files = [
        ROOT / "requirements.lock",
        *sorted((ROOT / "playbook").rglob("*.py")),
        *sorted(path for path in (ROOT / "data").rglob("*") if path.is_file()),
        *(Path(value) for value in user),
    ]
    hashes = [(path.name, sha256_file(path)) for path in files if path.is_file()]
    made_from = json.dumps([cells, dict(parameters), lang, hashes], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(made_from.encode()).hexdigest()


def reported(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Read figures (with the id of their cell), inputs and decision out of executed cells.

    >>> figure = {"key": "data.cleaning.found", "value": 3}
    >>> cell = {"id": "dedup", "outputs": [{"data": {FIGURE: figure}}]}
    >>> reported([cell])["figures"]
    [{'key': 'data.cleaning.found', 'value': 3, 'cell': 'dedup'}]
    """
    figures: dict[str, dict[str, Any]] = {}
    inputs: dict[str, dict[str, Any]] = {}
    decision = None
    for cell in cells:
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            if FIGURE in data:
                figures[data[FIGURE]["key"]] = {**data[FIGURE], "cell": cell["id"]}
            if INPUT in data:
                inputs[data[INPUT]["name"]] = dict(data[INPUT])
            decision = data.get(DECISION, decision)
    return {"figures": list(figures.values()), "inputs": list(inputs.values()), "decision": decision}
