"""A package index of one folder, so that the tests download without a network."""

import hashlib
import io
import os
import tarfile
import zipfile

import pytest

from playbook.inputs import cache
from playbook.inputs.catalogue import Source

PAYLOAD = b"the file that is wanted\n" * 1000


def _wheel(folder):
    file = folder / "toy_source-1.0-py3-none-any.whl"
    info = "toy_source-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("toy_source/payload.bin", PAYLOAD)
        wheel.writestr("toy_source/__init__.py", "raise SystemExit('nobody should import this')\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: toy-source\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return file, "toy_source/payload.bin"


def _sdist(folder):
    file = folder / "toy_source-1.0.tar.gz"
    setup = b"from setuptools import setup\nsetup(name='toy-source', version='1.0')\n"
    metadata = b"Metadata-Version: 2.1\nName: toy-source\nVersion: 1.0\n"
    with tarfile.open(file, "w:gz") as archive:
        for name, content in (("setup.py", setup), ("PKG-INFO", metadata), ("more/payload.bin", PAYLOAD)):
            member = tarfile.TarInfo(f"toy_source-1.0/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file, "toy_source-1.0/more/payload.bin"


def _entry(kind, archive, inside, **changes):
    fields = {
        "name": "toy",
        "title": "A toy",
        "kind": "data",
        "archive": kind,
        "package": "toy-source",
        "version": "1.0",
        "archive_sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "archive_bytes": archive.stat().st_size,
        "file": inside,
        "sha256": hashlib.sha256(PAYLOAD).hexdigest(),
        "bytes": len(PAYLOAD),
        "licence": "CC0-1.0",
        "package_licence": "MIT",
        "made_by": "the tests",
        "use": "Testing.",
        "checked": "2026-11-23",
        "checks": [],
    }
    return Source.model_validate(fields | changes)


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A cache of this test alone."""
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def toy(tmp_path, monkeypatch, empty_cache):
    """Makes the source `toy`, which pip finds in a folder; gives where its file will be."""
    index = tmp_path / "index"
    index.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))

    def make(kind="wheel", **changes):
        archive, inside = {"wheel": _wheel, "sdist": _sdist}[kind](index)
        entry = _entry(kind, archive, inside, **changes)
        monkeypatch.setattr(cache, "source", lambda name: entry)
        make.entry, make.archive = entry, archive
        return empty_cache / "sources" / "toy" / "payload.bin"

    return make
