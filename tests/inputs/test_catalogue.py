"""data/sources.toml says everything about every source, and nothing that is unknown."""

import importlib.metadata
from datetime import date

import pytest
from packaging.licenses import canonicalize_license_expression

from playbook.errors import PlaybookError
from playbook.inputs.catalogue import source, sources

ENTRY = """
[x]
title = "X"
kind = "data"
archive = "wheel"
package = "x"
version = "1"
archive_sha256 = "{sha}"
archive_bytes = 1
file = "x/x.csv"
sha256 = "{sha}"
bytes = 1
licence = "MIT"
package_licence = "MIT"
made_by = "X"
use = "X"
checked = 2026-11-23
checks = []
""".format(sha="0" * 64)


def test_the_design_names_these_sources():
    wanted = {"docstrings", "smollm2", "crowd_ratings", "mortgages", "digits", "breast_cancer", "reveal"}
    assert set(sources()) == wanted


@pytest.mark.parametrize("entry", sources().values(), ids=sources().keys())
def test_an_entry_says_all_that_a_reader_must_know(entry):
    assert all([entry.title, entry.made_by, entry.use, entry.checks, entry.licence, entry.package_licence])
    assert date(2026, 1, 1) < entry.checked <= date.today()
    if entry.licence != "NOASSERTION":
        assert canonicalize_license_expression(entry.licence) == entry.licence


def test_installed_sources_have_the_version_that_is_installed():
    for entry in sources().values():
        if entry.archive == "installed" and entry.file:
            assert entry.version == importlib.metadata.version(entry.package)


def test_both_licences_are_said():
    assert source("mortgages").licences == "MIT (package), NOASSERTION (content)"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("bytes = 1\n", "bytes = -1\n", "bytes"),
        ('"wheel"', '"egg"', "x.archive"),
        ("0" * 64, "0" * 63, "sha256"),
        ('file = "x/x.csv"\n', "", "needs archive_sha256, archive_bytes and file"),
        ("checks = []", "checks = []\ncolour = 1", "x.colour"),
        ("2026-11-23", '"yesterday"', "x.checked"),
        ("[x]", "[x", "is not TOML"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, old, new, sentence):
    file = tmp_path / "sources.toml"
    assert old in ENTRY
    file.write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(PlaybookError, match=sentence) as caught:
        sources(file)
    assert "sources.toml" in str(caught.value)


def test_a_right_entry_is_read(tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text(ENTRY, encoding="utf-8")
    assert sources(file)["x"].fetched


def test_without_the_file_the_sentence_names_the_repository(tmp_path):
    with pytest.raises(PlaybookError, match="clone of the course's repository"):
        sources(tmp_path / "sources.toml")
