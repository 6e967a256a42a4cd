"""Reads files that are odd and whole: every row as it is written, none rejected."""

import csv
import datetime
import gzip
import io

import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest

from playbook.data.cleaning import read_table

SMALL = pd.DataFrame({"id": [1, 2], "text": ["to be", "训练数据"]})
CSV = "id,text\n1,to be\n2,训练数据\n".encode()


def workbook(rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


# name, bytes, the values as they are read
WHOLE = {
    "line ends of three kinds": ("my.csv", b"a,b\r\n1,x\r2,y\n3,z", [[1, "x"], [2, "y"], [3, "z"]]),
    "lone carriage returns": ("my.csv", b"a,b\r1,x\r2,y\r", [[1, "x"], [2, "y"]]),
    "line ends in quotes": ("my.csv", b'a,b\n1,"x\r\ny\rz\n"\n', [[1, "x\r\ny\rz\n"]]),
    "NUL bytes": ("my.csv", b"a,b\n\0,x\0y\n", [["\0", "x\0y"]]),
    "blank lines": ("my.csv", b"\n \na,b\n\n1,x\n  \n", [[1, "x"]]),
    "rows of empty fields": ("my.tsv", b"a\tb\n\t\n1\tx\n", [["", ""], [1, "x"]]),
    "all-empty column": ("my.csv", b"a,b\n1,\n2,\n", [[1, ""], [2, ""]]),
    "mixed types": ("my.csv", b"a\n1\nx\n2.50\nTrue\n", [["1"], ["x"], ["2.50"], ["True"]]),
    "mixed types, JSON": ("my.jsonl", b'{"a": 1}\n{"a": "x"}\n{"a": true}\n', [["1"], ["x"], ["true"]]),
    "mixed types, XLSX": ("my.xlsx", workbook([["a"], [1], ["x"], [True]]), [["1"], ["x"], ["true"]]),
    "nested JSON": ("my.jsonl", b'{"a": {"b": [1]}}\n', [['{"b": [1]}']]),
    "long whole numbers": ("my.jsonl", b'{"a": 9007199254740993}\n{"a": null}\n', [[9007199254740993], [""]]),
    "repeated names": ("my.csv", b"a,a,a.1\n1,2,3\n", [[1, 2, 3]]),
    "repeated names, XLSX": ("my.xlsx", workbook([["a", "a", None, 7], [1, 2, 3, 4]]), [[1, 2, 3, 4]]),
    "formulas": ("my.csv", b"a\n=1+1\n+1\n-x\n@SUM(A1)\n\"=cmd|'/c'!A1\"\n", None),
    "formulas, XLSX": ("my.xlsx", workbook([["a"], ["=1+1"]]), [["=1+1"]]),
    "HTML and script": ("my.csv", b"a\n<script>alert(1)</script>\n", [["<script>alert(1)</script>"]]),
    "semicolons": ("my.csv", b"a;b\n1,5;x,y\n", [["1,5", "x,y"]]),
    "bars among commas": ("my.csv", b"a|b\nx, y|z\n,,|\n", [["x, y", "z"], [",,", ""]]),
    "semicolon in a lone name": ("my.csv", b"a; b\nx\ny\n", [["x"], ["y"]]),
    "Parquet named CSV": ("my.csv", SMALL.to_parquet(), SMALL.values.tolist()),
    "XLSX named CSV": ("my.csv", workbook([["id", "text"], [1, "to be"]]), [[1, "to be"]]),
    "gzip without suffix": ("my.csv", gzip.compress(CSV), SMALL.values.tolist()),
    "JSON lines named CSV": ("my.csv", b'{"a": 1}\n{"a": 2}\n', [[1], [2]]),
    "no suffix": ("my", CSV, SMALL.values.tolist()),
    "UTF-32": ("my.txt", CSV.decode().encode("utf-32"), SMALL.values.tolist()),
    "field of 10 MB": ("my.csv", b'a,b\n1,"' + b"x\n" * 5_000_000 + b'"\n', [[1, "x\n" * 5_000_000]]),
    "row of 10 MB, JSON": ("my.jsonl", b'{"a": "' + b"x" * 10**7 + b'"}', [["x" * 10**7]]),
}


@pytest.mark.parametrize("case", WHOLE)
def test_read_whole(tmp_path, case):
    name, data, values = WHOLE[case]
    (tmp_path / name).write_bytes(data)
    table = read_table(tmp_path / name)
    values = values or list(csv.reader(io.StringIO(data.decode())))[1:]
    assert table.frame.astype(object).where(table.frame.notna(), "").values.tolist() == values
    assert table.rejected.empty and table.frame.columns.is_unique


def test_parquet_of_every_kind(tmp_path):
    when = datetime.datetime(2026, 1, 1)
    first = {"long": 2**53 + 1, "list": ["x"], "map": {"数": 1}, "bytes": b"x\xff", "yes": True, "when": when}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([first, {}]), tmp_path / "my.parquet")
    frame = read_table(tmp_path / "my.parquet").frame
    assert frame.iloc[0].tolist() == [2**53 + 1, '["x"]', '{"数": 1}', "x\\xff", True, pd.Timestamp(when)]
    assert frame.iloc[1].isna().all()
