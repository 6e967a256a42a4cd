"""Lets a package offer names from its modules without importing them before they are used."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def exports(package: str, where: Mapping[str, str]) -> Callable[[str], Any]:
    """Make a package's `__getattr__` (PEP 562): a name is imported from its module when it is asked for.

    `where` gives, for each name, its module within `package`. Raises AttributeError for any other name.

    >>> exports("playbook", {"quiet": "silence"})("quiet").__module__
    'playbook.silence'
    """

    def find(name: str) -> Any:  # noqa: ANN401
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{where[name]}"), name)

    return find
