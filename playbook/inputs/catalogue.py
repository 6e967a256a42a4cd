"""The catalogue of data sets and models: `data/sources.toml`, typed."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from playbook.errors import PlaybookError

ROOT = Path(__file__).resolve().parents[2]


class Source(BaseModel):
    """One entry: what it is, which package brings it, whose it is, what was checked and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    kind: Literal["data", "model", "code"]
    archive: Literal["wheel", "sdist", "installed"]
    package: str
    version: str
    archive_sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    archive_bytes: int = Field(default=0, ge=0)
    file: str = ""
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    bytes: int = Field(default=0, ge=0)
    licence: str
    package_licence: str
    made_by: str
    use: str
    checked: date
    checks: tuple[str, ...]

    @property
    def fetched(self) -> bool:
        """Whether it has to be downloaded; the others came with the installation."""
        return self.archive != "installed"

    @property
    def licences(self) -> str:
        """Both licences in one line, since one says nothing about the other."""
        return f"{self.package_licence} (package), {self.licence} (content)"

    @model_validator(mode="after")
    def _can_be_verified(self) -> "Source":
        if self.fetched and not (self.archive_sha256 and self.archive_bytes and self.file):
            raise ValueError("a source that is fetched needs archive_sha256, archive_bytes and file")
        if self.file and not (self.sha256 and self.bytes):
            raise ValueError("a source with a file needs its sha256 and bytes")
        return self


@cache
def sources(file: Path = ROOT / "data" / "sources.toml") -> dict[str, Source]:
    """All sources by name, in the order of the file.

    >>> list(sources())
    ['docstrings', 'smollm2', 'crowd_ratings', 'mortgages', 'digits', 'breast_cancer', 'reveal']
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlaybookError(f"{file} is missing: work in a clone of the course's repository.") from error
    except tomllib.TOMLDecodeError as error:
        raise PlaybookError(f"{file} is not TOML ({error}): restore it with git.") from error
    return {name: _entry(file, name, fields) for name, fields in entries.items()}


def source(name: str) -> Source:
    """Give the entry of `name` in `data/sources.toml`.

    >>> source("smollm2").licence
    'Apache-2.0'
    """
    if name not in sources():
        raise PlaybookError(f"There is no source {name!r}: choose one of {', '.join(sources())}.")
    return sources()[name]


def _entry(file: Path, name: str, fields: dict[str, object]) -> Source:
    try:
        return Source.model_validate({"name": name, **fields})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, (name, *first["loc"])))
        raise PlaybookError(f"{file.name}, {where}: {first['msg']}; correct the entry.") from error
