"""Files appear whole or not at all."""

import errno
import hashlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write, disk_errors, sha256_file


class StopError(Exception):
    pass


@given(old=st.binary(), new=st.binary(), cut=st.integers(0, 10), fails=st.booleans())
def test_a_file_has_its_old_or_its_new_content_and_nothing_between(tmp_path_factory, old, new, cut, fails):
    folder = tmp_path_factory.mktemp("atomic")
    file = folder / "file.bin"
    file.write_bytes(old)
    try:
        with atomic_write(file) as temporary:
            temporary.write_bytes(new[:cut])
            assert file.read_bytes() == old
            if fails:
                raise StopError
            temporary.write_bytes(new)
    except StopError:
        pass
    assert file.read_bytes() == (old if fails else new)
    assert list(folder.iterdir()) == [file]


def test_folders_are_made_and_the_suffix_is_kept(tmp_path):
    with atomic_write(tmp_path / "a" / "b" / "model.weights.h5") as temporary:
        assert temporary.parent == tmp_path / "a" / "b"
        assert temporary.suffix == ".h5"
        temporary.write_text("x")
    assert (tmp_path / "a" / "b" / "model.weights.h5").read_text() == "x"


def test_the_result_has_the_rights_of_any_new_file(tmp_path):
    (tmp_path / "usual").write_text("x")
    with atomic_write(tmp_path / "atomic") as temporary:
        temporary.write_text("x")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_writers_at_the_same_time_do_not_mix(tmp_path):
    def write(letter):
        for _ in range(20):
            with atomic_write(tmp_path / "file") as temporary:
                temporary.write_text(letter * 1000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set((tmp_path / "file").read_text())) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@given(st.binary(max_size=5000))
def test_the_checksum_is_that_of_the_bytes(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("sha") / "file"
    file.write_bytes(content)
    assert sha256_file(file) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk that holds here is full"),
        (errno.EACCES, "Nothing can be written to here"),
        (errno.EROFS, "Nothing can be written to here"),
    ],
)
def test_what_a_disk_refuses_becomes_a_sentence(number, sentence):
    with pytest.raises(PlaybookError, match=sentence), disk_errors("here"):
        raise OSError(number, "no")


def test_other_errors_stay_what_they_are():
    with pytest.raises(OSError, match="broken") as caught, disk_errors("here"):
        raise OSError(errno.EIO, "broken")
    assert not isinstance(caught.value, PlaybookError)
