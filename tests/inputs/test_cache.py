"""The cache holds whole and verified files, whatever the network, the disk or another process does."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple

import pytest

from playbook.errors import PlaybookError
from playbook.inputs import cache, download
from playbook.inputs.catalogue import source, sources

# what conftest.py packs
PAYLOAD = b"the file that is wanted\n" * 1000

# what another process runs: the same fetch of the same source
CHILD = """
import sys
from playbook.inputs import cache, catalogue
entry = catalogue.Source.model_validate_json(sys.argv[1])
cache.source = lambda name: entry
print(cache.fetch(["toy"])["toy"])
"""


def child(toy):
    command = [sys.executable, "-c", CHILD, toy.entry.model_dump_json()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def left_in(folder):
    return sorted(file.name for file in folder.iterdir() if file.name != ".lock")


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_fetch_downloads_the_one_file_and_nothing_else(toy, kind, capfd):
    target = toy(kind)
    assert cache.fetch(["toy"]) == {"toy": target}
    assert target.read_bytes() == PAYLOAD
    assert left_in(target.parent) == ["payload.bin"]
    out, err = capfd.readouterr()
    assert out == ""
    assert "fetching toy" in err


def test_a_second_fetch_asks_nobody(toy, monkeypatch):
    target = toy()
    cache.fetch(["toy"])
    monkeypatch.setattr(download, "_pip", None)
    start = time.perf_counter()
    assert cache.fetch(["toy"])["toy"] == cache.path("toy") == target
    assert time.perf_counter() - start < 0.1


def test_an_archive_that_is_not_the_checked_one_is_refused(toy):
    target = toy(archive_sha256="0" * 64)
    with pytest.raises(PlaybookError, match="not the file that was checked for toy"):
        cache.fetch(["toy"])
    assert left_in(target.parent) == []


def test_a_file_that_is_not_the_checked_one_is_refused(toy):
    target = toy(sha256="0" * 64)
    with pytest.raises(PlaybookError, match="does not have the SHA-256 of toy"):
        cache.fetch(["toy"])
    assert left_in(target.parent) == []


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_file_that_the_archive_does_not_hold(toy, kind):
    toy(kind, file="toy_source/other.bin")
    with pytest.raises(PlaybookError, match=r"holds no toy_source/other.bin"):
        cache.fetch(["toy"])


def test_without_a_network_one_sentence_says_what_to_do(toy, monkeypatch):
    toy()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(PlaybookError) as caught:
        cache.fetch(["toy"])
    assert "cannot be reached: run `playbook fetch` with a network." in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_index_without_the_package(toy):
    toy(package="toy-other")
    with pytest.raises(PlaybookError, match=r"pip could not download toy-other 1\.0 for toy"):
        cache.fetch(["toy"])


def test_without_pip_the_sentence_says_so(toy):
    toy()
    said = "/usr/bin/python: No module named pip\n"
    assert "No module named pip" in download._reason(toy.entry, toy.archive.parent, said)


def test_a_file_that_is_not_there_is_not_fetched_by_path(toy, monkeypatch):
    toy()
    monkeypatch.setattr(download, "_pip", None)
    with pytest.raises(
        PlaybookError, match=r"A toy \(toy\) is not in .*: run `playbook fetch` with a network"
    ):
        cache.path("toy")


@pytest.mark.parametrize("damage", [b"", b"x" * len(PAYLOAD), PAYLOAD[:-1]])
def test_a_damaged_file_is_found_and_fetched_again(toy, damage):
    target = toy()
    cache.fetch(["toy"])
    target.write_bytes(damage)
    with pytest.raises(PlaybookError, match=r"payload.bin is damaged .*: run `playbook fetch`"):
        cache.path("toy")
    cache.fetch(["toy"])
    assert target.read_bytes() == PAYLOAD


def test_a_damaged_file_does_not_stay_when_it_cannot_be_fetched(toy, monkeypatch):
    target = toy()
    target.parent.mkdir(parents=True)
    target.write_bytes(b"damaged")
    monkeypatch.setenv("PIP_FIND_LINKS", str(target.parent))
    with pytest.raises(PlaybookError, match="pip could not download"):
        cache.fetch(["toy"])
    assert left_in(target.parent) == []


def test_what_a_killed_run_left_never_looks_finished_and_is_cleared(toy):
    target = toy()
    work = target.parent / ".download-killed"
    work.mkdir(parents=True)
    (work / toy.archive.name).write_bytes(toy.archive.read_bytes()[:100])
    (target.parent / ".payload-123-abc.part.bin").write_bytes(PAYLOAD[:100])
    with pytest.raises(PlaybookError, match="is not in"):
        cache.path("toy")
    cache.fetch(["toy"])
    assert target.read_bytes() == PAYLOAD
    assert left_in(target.parent) == ["payload.bin"]


def test_an_archive_that_a_killed_run_had_finished_is_used(toy, monkeypatch):
    target = toy()
    work = target.parent / ".download-killed"
    work.mkdir(parents=True)
    shutil.copy(toy.archive, work)
    monkeypatch.setattr(download, "_pip", None)
    cache.fetch(["toy"])
    assert target.read_bytes() == PAYLOAD


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_goes_on_the_next_time(toy):
    target = toy()
    first = child(toy)
    deadline = time.monotonic() + 60
    while not list(target.parent.glob(".download-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    first.kill()
    first.communicate()
    assert not target.exists()
    cache.fetch(["toy"])
    assert left_in(target.parent) == ["payload.bin"]


def test_two_processes_at_once(toy):
    target = toy()
    both = [child(toy), child(toy)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert [out.strip() for out, _ in said] == [str(target)] * 2
    assert sum("fetching toy" in err for _, err in said) == 1
    assert left_in(target.parent) == ["payload.bin"]


def test_too_little_room_is_seen_before_the_download(toy, monkeypatch):
    toy()
    monkeypatch.setattr(download, "_pip", None)
    usage = namedtuple("usage", "total used free")(10**9, 10**9 - 1000, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(PlaybookError, match="free some space, or set PLAYBOOK_CACHE"):
        cache.fetch(["toy"])


def test_a_disk_that_fills_up_leaves_nothing(toy, monkeypatch):
    target = toy()

    def full(source, sink, length=0):
        sink.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(PlaybookError, match="is full: free some space"):
        cache.fetch(["toy"])
    assert left_in(target.parent) == []


def test_a_cache_that_cannot_be_written(toy, tmp_path, monkeypatch):
    toy()
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path / "file"))
    with pytest.raises(PlaybookError, match="Nothing can be written to"):
        cache.fetch(["toy"])


def test_a_folder_without_permission(toy, monkeypatch):
    target = toy()

    def refused(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(type(target), "mkdir", refused)
    with pytest.raises(PlaybookError, match=r"Nothing can be written to .*Permission denied"):
        cache.fetch(["toy"])


def test_unknown_names_and_sources_without_a_file():
    with pytest.raises(PlaybookError, match="There is no source 'tweets': choose one of docstrings, smollm2"):
        cache.path("tweets")
    with pytest.raises(PlaybookError, match=r"read it with playbook.inputs.docstrings"):
        cache.path("docstrings")


def test_the_cache_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYBOOK_CACHE", "~/elsewhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert cache.cache_dir() == tmp_path / "elsewhere"
    monkeypatch.delenv("PLAYBOOK_CACHE")
    assert cache.cache_dir().name == "playbook" or cache.cache_dir().parent.name == "playbook"


def test_every_real_source_is_in_the_cache_and_verified():
    for name, entry in sources().items():
        if entry.file:
            assert cache.path(name).stat().st_size == source(name).bytes
    assert os.fspath(cache.path("smollm2")).endswith(".gguf")
