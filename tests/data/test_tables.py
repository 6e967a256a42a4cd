"""Holds `read_table` to its promise: any common encoding, and no line lost."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.cleaning import read_table
from playbook.errors import PlaybookError

CHINESE = '编号,正文\n1,训练数据的质量\n2,"数据, 来源"\n'
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]


def written(folder, name, data):
    path = Path(folder, name)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_gives_the_same_table(tmp_path, encoding, packed):
    data = CHINESE.encode(encoding)
    path = written(tmp_path, "my.csv.gz" if packed else "my.csv", gzip.compress(data) if packed else data)
    table = read_table(path)
    assert table.frame.to_dict("list") == {"编号": [1, 2], "正文": ["训练数据的质量", "数据, 来源"]}
    assert table.rejected.empty
    assert table.frame.attrs["rows"] == 2 and len(table.frame.attrs["sha256"]) == 64


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(anything, min_size=width, max_size=width), min_size=1)
)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_what_csv_writes_is_read_back(tmp_path_factory, rows, encoding):
    path = tmp_path_factory.mktemp("csv") / "my.csv"
    header = [f"c{i}" for i in range(len(rows[0]))]
    # Without Chinese in it, a GB18030 file of other scripts cannot be told from bytes that are no text.
    header[-1] += "训练数据的质量" * 99 if encoding == "gb18030" else ""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    table = read_table(path)
    assert table.frame.columns.tolist() == header and table.rejected.empty
    read = table.frame.astype(object).where(table.frame.notna(), "").map(str).values.tolist()
    assert read == rows


BROKEN = st.sampled_from(["1,a", "3", "4,c,d", '5,"e', '6,"f"', '7,"g",', '"', "", ' "h', '8,", i"'])


@given(st.lists(BROKEN, max_size=20))
def test_no_line_is_lost(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("csv") / "my.csv"
    path.write_text("\n".join(["n,text", "0,first", *lines]), encoding="utf-8")
    table = read_table(path)
    inside = sum(str(value).count("\n") for value in table.frame.to_numpy().flat)
    blank = sum(not line for line in lines)
    assert len(lines) + 1 - blank <= len(table.frame) + len(table.rejected) + inside <= len(lines) + 1
    assert table.rejected["line"].is_unique


def test_bad_lines_are_counted_with_their_reasons(tmp_path):
    lines = ["id,text", "1,fine", "2,too,many", "", '3,"never closed', "4,fine", "5"]
    table = read_table(written(tmp_path, "my.csv", "\n".join(lines)))
    assert table.frame["id"].tolist() == [1, 4]
    assert table.rejected["line"].tolist() == [3, 5, 7]
    reasons = table.rejected["reason"].tolist()
    assert (
        reasons[0] == "3 fields where the header has 2"
        and "quotes" in reasons[1]
        and "1 field " in reasons[2]
    )


def test_a_line_in_another_encoding_is_rejected_alone(tmp_path):
    data = "text\nfine\nnaïve 数据\n".encode() + b"caf\xe9\n" + "后来\n".encode()
    table = read_table(written(tmp_path, "my.csv", data))
    assert table.frame["text"].tolist() == ["fine", "naïve 数据", "后来"]
    assert table.rejected.values.tolist() == [[4, "bytes that are not text in the file's encoding"]]


def test_latin_1_is_not_taken_for_chinese(tmp_path):
    data = "text\nécole supérieure\ndéjà vu\nplain\n".encode("latin-1")
    table = read_table(written(tmp_path, "my.csv", data))
    assert table.frame["text"].tolist() == ["plain"] and len(table.rejected) == 2


def test_values_stay_as_written_unless_a_number_loses_nothing(tmp_path):
    data = "code,version,n,share,text\n007,1.10,1,0.5,=1+1\n008,1.1,,2.25,NA\n"
    frame = read_table(written(tmp_path, "my.csv", data)).frame
    assert frame["code"].tolist() == ["007", "008"] and frame["version"].tolist() == ["1.10", "1.1"]
    assert frame["share"].tolist() == [0.5, 2.25] and frame["text"].tolist() == ["=1+1", "NA"]
    assert frame["n"].isna().tolist() == [False, True] and frame["n"].iloc[0] == 1


def test_json_lines(tmp_path):
    lines = [
        json.dumps({"text": "好", "tags": ["a"]}, ensure_ascii=False),
        "{",
        "[1]",
        "",
        '{"text": null, "n": 2}',
    ]
    table = read_table(written(tmp_path, "my.jsonl", "\n".join(lines)))
    assert table.frame["text"].tolist()[0] == "好" and table.frame["tags"].tolist()[0] == '["a"]'
    assert len(table.frame) == 2 and table.rejected["line"].tolist() == [2, 3]


@pytest.mark.parametrize("name", ["my.csv", "my.tsv"])
def test_the_delimiter_comes_from_the_header(tmp_path, name):
    data = "a\tb,c\n1\tx,y\n"
    assert read_table(written(tmp_path, name, data)).frame.shape == ((1, 2))


def test_semicolons_repeated_and_missing_names(tmp_path):
    frame = read_table(written(tmp_path, "my.csv", "a;a;;b\n1;2;3;4\n")).frame
    assert frame.columns.tolist() == ["a", "a.1", "column 3", "b"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("my.csv", b"", "is empty"),
        ("my.csv", b"\xef\xbb\xbf \n", "is empty"),
        ("my.csv", "id,text\n", "has no row that can be read"),
        ("my.csv", b'"id,text\n', "line 1: quotes"),
        ("my.jsonl", "nonsense\n", "line 1: not JSON"),
        ("my.docx", b"text", "save it as .csv, .tsv, .jsonl"),
        ("my.csv.gz", gzip.compress(b"id,text\n1,x\n" * 99)[:-9], "not a whole gzip file"),
    ],
)
def test_a_file_without_a_table_is_one_sentence(tmp_path, name, data, said):
    with pytest.raises(PlaybookError, match=r"^[^\n]+\.$") as error:
        read_table(written(tmp_path, name, data))
    assert said in str(error.value) and name in str(error.value)


def test_missing_file_and_folder(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(PlaybookError, match="does not exist: check the name"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(PlaybookError, match="is a folder"):
        read_table(tmp_path / "folder.csv")
