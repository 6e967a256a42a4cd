"""Every data set and model file of the course: fetched, verified, read.

Imported when first used, so that `playbook --help` waits for neither pandas nor pydantic.
"""

from playbook.lazy import exports

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

__getattr__ = exports(__name__, _WHERE)
