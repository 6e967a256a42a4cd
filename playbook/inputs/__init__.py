"""Every data set and model file of the course: fetched, verified, read.

Imported when first used, so that `playbook --help` waits for neither pandas nor pydantic.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "ROOT": "catalogue",
    "Source": "catalogue",
    "source": "catalogue",
    "sources": "catalogue",
    "cache_dir": "cache",
    "fetch": "cache",
    "path": "cache",
    "QUICK": "corpus",
    "docstrings": "corpus",
    "crowd_ratings": "tables",
    "mortgages": "tables",
    "MORTGAGE_COLUMNS": "tables",
    "atomic_write": "files",
    "sha256_file": "files",
    "hand_on": "handed",
    "handed_on": "handed",
    "datasheet": "handed",
}

__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import what is asked for, at the moment it is asked for (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module 'playbook.inputs' has no attribute {name!r}")
    return getattr(import_module(f"playbook.inputs.{_WHERE[name]}"), name)
