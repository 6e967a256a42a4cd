"""A reader's own table: what is read, what becomes numbers, and what is refused in one sentence."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.inputs.tabular import design_matrix, read_csv_table

TEXT = "收入,城市,approve\n52,北京,1\n17,上海,0\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", TEXT.encode()),
        ("excel.csv", TEXT.encode("utf-8-sig")),
        ("chinese.csv", TEXT.encode("gb18030")),
        ("packed.csv.gz", gzip.compress(TEXT.encode())),
    ],
)
def test_common_encodings_give_the_same_table(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    frame = read_csv_table(file)
    assert frame.columns.tolist() == ["收入", "城市", "approve"]
    assert frame["城市"].tolist() == ["北京", "上海"]
    assert frame.attrs["rows"] == 2
    assert len(frame.attrs["sha256"]) == 64


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "cannot be read"),
        (b"a,b\n", "holds no rows"),
        (b"a,b\n1,2\n1,2,3,4\n", "cannot be read"),
        (b"a\n\xff\xff\xff\n", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "cannot be read|holds no rows"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path, content, sentence):
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    with pytest.raises(PlaybookError, match=sentence) as caught:
        read_csv_table(file)
    assert "table.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_a_folder_and_a_broken_archive_are_refused(tmp_path):
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(PlaybookError, match="is not a file"):
            read_csv_table(path)
    packed = tmp_path / "cut.csv.gz"
    packed.write_bytes(gzip.compress(TEXT.encode())[:30])
    with pytest.raises(PlaybookError, match="cannot be read"):
        read_csv_table(packed)


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=4, max_size=30), st.data())
def test_every_row_stays_and_every_number_is_finite(values, data):
    target = [
        0,
        1,
        *data.draw(st.lists(st.integers(0, 1), min_size=len(values) - 2, max_size=len(values) - 2)),
    ]
    frame = pd.DataFrame({"value": values, "constant": 3.0, "row": range(len(values)), "approve": target})
    x, y = design_matrix(frame, "approve")
    assert len(x) == len(y) == len(frame)
    assert np.isfinite(x.to_numpy()).all()
    assert y.tolist() == target
    assert "constant" in x.attrs["left_out"]
    known = frame["value"].notna()
    if "value" in x:
        assert (x["value"][known] == frame["value"][known]).all()


def test_texts_become_columns_unless_they_name_people():
    frame = pd.DataFrame(
        {
            "town": ["A", "B", None] * 10,
            "name": [f"person {n}" for n in range(30)],
            "owner": [True, False] * 15,
            "approve": [True, False, False] * 10,
        }
    )
    x, y = design_matrix(frame, "approve")
    assert sorted(x) == ["owner", "town_B"]
    assert x.attrs["left_out"] == ["name"]
    assert y.tolist() == [1, 0, 0] * 10


@pytest.mark.parametrize(
    ("frame", "target", "sentence"),
    [
        ({"a": [1, 2]}, "approve", "no column 'approve': choose one of a"),
        ({"a": [1, 2], "approve": ["yes", "no"]}, "approve", "must hold only 0 and 1, unlike 2 of"),
        ({"a": [1, 2, 3], "approve": [0, 1, 2]}, "approve", "unlike 1 of its 3 rows"),
        ({"a": [1, 2, 3], "approve": [0, 1, None]}, "approve", "unlike 1 of its 3 rows"),
        ({"a": [1, 2], "approve": [1, 1]}, "approve", "holds only 1"),
        ({"a": [5, 5], "approve": [0, 1]}, "approve", "add features"),
        ({"approve": [0, 1]}, "approve", "add features"),
    ],
)
def test_targets_and_features_that_cannot_be_used_are_refused(frame, target, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        design_matrix(pd.DataFrame(frame), target)
