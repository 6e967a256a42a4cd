"""Pickles that run code are told from those that do not, and safetensors are read to the byte."""

import contextlib
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security.model_files import load_listed, names, pickles, read_tensors, verdicts

TENSORS = {"b": np.arange(3, dtype="<i4"), "a": np.eye(2, dtype="<f4")}
# what safetensors 0.8.0 writes for TENSORS (in its order), as figures
PEER = bytes.fromhex(
    "7000000000000000"
    + b'{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},'.hex()
    + b'"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}'.hex()
    + "0000803f00000000000000000000803f000000000100000002000000"
)


def test_three_of_four_pickles_run_code_and_who_lets_them_through(tmp_path: Path):
    table = verdicts(tmp_path)
    assert table["code ran"].tolist() == [False, True, True, True]
    assert table["deny-list"].tolist() == [True, False, True, True]
    assert table["numpy.*"].tolist() == [True, False, False, True]
    assert table["three names"].tolist() == [True, False, False, False]
    assert not table["safetensors"].any()
    assert list(tmp_path.iterdir()) == []


def test_a_refused_pickle_has_called_nothing(tmp_path: Path):
    marker = tmp_path / "ran"
    for name, content in pickles(marker).items():
        if name == "weights alone":
            assert load_listed(content)["weights"].tolist() == [[0, 1, 2], [3, 4, 5]]
        else:
            with pytest.raises(PlaybookError, match="do not load it"):
                load_listed(content)
    assert not marker.exists()


def test_names_are_found_where_they_were_memoized_or_written_in_an_old_protocol():
    assert names(pickle.dumps([np.dtype("f4"), np.dtype("f8")], protocol=4)) == {"numpy.dtype"}
    assert names(b"cos\nsystem\n.") == {"os.system"}


@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"no pickle", b"\x80\x04K\x01"])
def test_what_is_no_pickle_is_one_sentence(content: bytes):
    with pytest.raises(PlaybookError, match="no pickle of arrays"):
        load_listed(content)


def test_tensors_are_read():
    found = {name: (one.dtype.str, one.tolist()) for name, one in read_tensors(PEER).items()}
    assert found == {name: (one.dtype.str, one.tolist()) for name, one in TENSORS.items()}


@pytest.mark.parametrize(
    "change",
    [
        lambda good: good[:-1],
        lambda good: good + b"\0",
        lambda good: good[:20],
        lambda good: b"\xff" * 8 + good[8:],
        lambda good: good.replace(b"[16,28]", b"[15,28]"),
        lambda good: good.replace(b"[16,28]", b"[16,99]"),
        lambda good: good.replace(b"[2,2]", b"[2,3]"),
        lambda good: good.replace(b'"shape":[2,2]', b'"shape":[-1]  '[:13]),
        lambda good: good.replace(b"[3]", b"-3 "),
        lambda good: good.replace(b"I32", b"I99"),
        lambda good: good.replace(b'"shape"', b'"shapf"'),
        lambda good: (2).to_bytes(8, "little") + b"[]",
    ],
)
def test_a_file_that_does_not_fit_to_the_byte_is_refused(change):
    with pytest.raises(PlaybookError, match="not safetensors"):
        read_tensors(change(PEER))


@given(st.binary(max_size=200))
def test_any_bytes_are_tensors_or_refused(content: bytes):
    with contextlib.suppress(PlaybookError):
        assert isinstance(read_tensors(content), dict)
