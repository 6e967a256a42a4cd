"""What an encrypted file withstands: every flipped bit, every cut, repeat, swap and append of its chunks."""

import errno
import os
import stat
import tracemalloc
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security import container
from playbook.security.container import HEADER, TAG
from playbook.security.encryption import decrypt_file, encrypt_file, new_key, rotate

SMALL = 4  # log2 of the chunks in these tests: 16 bytes
CHUNK = (1 << SMALL) + TAG


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(container, "CHUNK_LOG2", SMALL)


@pytest.fixture
def sealed(tmp_path) -> tuple[Path, bytes]:
    """An encrypted file of three chunks and a half, and its key."""
    (tmp_path / "plain").write_bytes(bytes(range(56)))
    key = new_key()
    encrypt_file(tmp_path / "plain", tmp_path / "sealed", key)
    return tmp_path / "sealed", key


def refused(sealed: bytes, key: bytes, folder: Path) -> bool:
    (folder / "changed").write_bytes(sealed)
    before = sorted(folder.iterdir())
    try:
        decrypt_file(folder / "changed", folder / "target", key)
    except PlaybookError as error:
        return "\n" not in str(error) and sorted(folder.iterdir()) == before
    return False


@given(data=st.binary(max_size=100))
def test_what_comes_out_is_what_went_in(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("law")
    (folder / "plain").write_bytes(data)
    key = new_key()
    encrypt_file(folder / "plain", folder / "sealed", key)
    decrypt_file(folder / "sealed", folder / "again", key)
    assert (folder / "again").read_bytes() == data
    chunks = max(1, -(-len(data) // 16))
    assert (folder / "sealed").stat().st_size == HEADER + len(data) + chunks * TAG


def test_every_flipped_bit_is_refused(sealed, tmp_path):
    file, key = sealed
    (tmp_path / "plain").write_bytes(b"a chunk and a half of it")
    encrypt_file(tmp_path / "plain", file, key)
    whole = file.read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        assert refused(bytes(changed), key, tmp_path), bit


def test_every_cut_is_refused(sealed, tmp_path):
    file, key = sealed
    whole = file.read_bytes()
    assert all(refused(whole[:length], key, tmp_path) for length in range(len(whole)))


@pytest.mark.parametrize(
    "order",
    [
        [0, 1, 1, 2, 3],
        [1, 0, 2, 3],
        [0, 1, 2],
        [0, 2, 3],
        [3],
        [0, 1, 2, 3, 3],
        [0, 1, 3, 2],
        [0, 1, 2, 3, 0],
    ],
    ids=["repeated", "swapped", "last cut", "one cut", "last alone", "last twice", "last moved", "appended"],
)
def test_chunks_in_any_other_order_are_refused(sealed, tmp_path, order):
    file, key = sealed
    whole = file.read_bytes()
    chunks = [whole[start : start + CHUNK] for start in range(HEADER, len(whole), CHUNK)]
    assert len(chunks) == 4
    assert refused(whole[:HEADER] + b"".join(chunks[place] for place in order), key, tmp_path)


@pytest.mark.parametrize("tail", [b"\0", bytes(TAG), bytes(CHUNK)])
def test_what_is_appended_is_refused(sealed, tmp_path, tail):
    file, key = sealed
    assert refused(file.read_bytes() + tail, key, tmp_path)


def test_a_chunk_of_another_file_under_the_same_key_is_refused(sealed, tmp_path):
    file, key = sealed
    encrypt_file(tmp_path / "plain", tmp_path / "other", key)
    mine, other = file.read_bytes(), (tmp_path / "other").read_bytes()
    assert mine[HEADER:] != other[HEADER:]  # a key of its own for every file
    assert refused(mine[: HEADER + CHUNK] + other[HEADER + CHUNK :], key, tmp_path)


def test_another_key_is_refused_and_not_shown(sealed, tmp_path):
    file, _ = sealed
    wrong = b"k" * 32
    with pytest.raises(PlaybookError, match="the key is another one") as caught:
        decrypt_file(file, tmp_path / "target", wrong)
    assert "kkkk" not in str(caught.value) and not (tmp_path / "target").exists()


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), "0" * 32, None])
def test_a_key_of_another_length_is_refused(sealed, tmp_path, key):
    for act in (encrypt_file, decrypt_file):
        with pytest.raises(PlaybookError, match="A key is 32 bytes"):
            act(sealed[0], tmp_path / "target", key)
    assert not (tmp_path / "target").exists()


def test_a_file_that_is_not_ours_is_told_so(tmp_path):
    for content in (b"", b"PLAYBOOK", b"%PDF-1.7" + bytes(99)):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(PlaybookError, match="is not a file that the playbook encrypted"):
            decrypt_file(tmp_path / "file", tmp_path / "target", new_key())
    with pytest.raises(PlaybookError, match="does not exist"):
        encrypt_file(tmp_path / "missing", tmp_path / "target", new_key())
    with pytest.raises(PlaybookError, match="is a folder"):
        encrypt_file(tmp_path, tmp_path / "target", new_key())


def test_rotation_leaves_the_data_and_shuts_out_the_old_key(sealed, tmp_path):
    file, old = sealed
    new, before = new_key(), file.read_bytes()
    rotate(file, old, new)
    after = file.read_bytes()
    assert (
        after[HEADER:] == before[HEADER:]
        and after[:12] == before[:12]
        and after[12:HEADER] != before[12:HEADER]
    )
    decrypt_file(file, tmp_path / "again", new)
    assert (tmp_path / "again").read_bytes() == bytes(range(56))
    with pytest.raises(PlaybookError):
        decrypt_file(file, tmp_path / "never", old)
    with pytest.raises(PlaybookError):
        rotate(file, old, new_key())
    assert file.read_bytes() == after


def test_an_old_target_stays_when_its_successor_is_refused(sealed, tmp_path):
    file, key = sealed
    (tmp_path / "target").write_bytes(b"old")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(PlaybookError):
        decrypt_file(file, tmp_path / "target", key)
    assert (tmp_path / "target").read_bytes() == b"old"


def test_a_full_disk_is_one_sentence_and_leaves_nothing(sealed, tmp_path):
    file, key = sealed
    before = sorted(tmp_path.iterdir())
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    broken = patch("playbook.security.encryption.unseal", side_effect=full)
    with broken, pytest.raises(PlaybookError, match="is full"):
        decrypt_file(file, tmp_path / "target", key)
    assert sorted(tmp_path.iterdir()) == before


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(container, "CHUNK_LOG2", 16)
    with (tmp_path / "plain").open("wb") as file:
        file.truncate(32 * 2**20)
    key = new_key()
    tracemalloc.start()
    try:
        encrypt_file(tmp_path / "plain", tmp_path / "sealed", key)
        decrypt_file(tmp_path / "sealed", tmp_path / "again", key)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20
    assert stat.S_ISREG((tmp_path / "again").stat().st_mode)
