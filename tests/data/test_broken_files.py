"""Breaks files in every way we know: one sentence or a counted rejection, no other error, no lost row."""

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from playbook.data import tables
from playbook.data.cleaning import read_table
from playbook.errors import PlaybookError

CANARY = "canary 13800138000"
SMALL = pd.DataFrame({"id": [1, 2], "text": [CANARY, "训练数据"]})
CSV = f"id,text\n1,{CANARY}\n2,训练数据\n".encode()


def workbook(*sheets):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


def archive(members, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return file.getvalue()


def with_entities(data):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    sheet = bomb + members["xl/worksheets/sheet1.xml"].replace(CANARY.encode(), b"&b;")
    return archive(members | {"xl/worksheets/sheet1.xml": sheet})


def refused(path):
    with pytest.raises(PlaybookError, match=r"\A[^\n]+: [^\n]+\.\Z") as error:
        read_table(path)
    said = str(error.value)
    assert "canary" not in said and error.value.__suppress_context__
    return said


PARQUET, XLSX = SMALL.to_parquet(), workbook([["id", "text"], [1, CANARY]])
WIDE = ",".join(f"c{i}" for i in range(10_001))
REFUSED = {
    "no bytes": ("my.csv", b"", "is empty"),
    "white space alone": ("my.csv", b"\xef\xbb\xbf \r\n\n", "is empty"),
    "NUL bytes alone": ("my.csv", bytes(5000), "is empty"),
    "header alone": ("my.csv", b"id,text\n", "no row"),
    "header alone, JSON": ("my.jsonl", b"{}\n", "no row"),
    "header alone, Parquet": ("my.parquet", SMALL.head(0).to_parquet(), "no row"),
    "header alone, XLSX": ("my.xlsx", workbook([["id", "text"]]), "no row"),
    "empty workbook": ("my.xlsx", workbook([]), "no row"),
    "quote left open in the header": ("my.csv", f'"id,text\n1,{CANARY}\n'.encode(), "line 1: quotes"),
    "header that is no text": ("my.csv", b"id,t\xe9xt\n1,x\n", "line 1: bytes that are not text"),
    "no line is JSON": ("my.jsonl", CSV, "line 1: not JSON"),
    "one JSON array": ("my.json", json.dumps([CANARY]).encode(), "line 1: not a JSON object"),
    "truncated gzip": ("my.csv.gz", gzip.compress(CSV * 99)[:-9], "not a whole gzip"),
    "damaged gzip": ("my.csv.gz", gzip.compress(CSV)[:-8] + bytes(8), "not a whole gzip"),
    "gzip and something after it": ("my.csv.gz", gzip.compress(CSV) + b"more", "not a whole gzip"),
    "gzip bomb": ("my.csv.gz", gzip.compress(bytes(2**25)), "suspiciously many"),
    "gzip twice": ("my.csv.gz.gz", gzip.compress(gzip.compress(CSV)), "packed twice"),
    "truncated Parquet": ("my.parquet", PARQUET[:-99], "not a whole Parquet"),
    "damaged Parquet": ("my.parquet", PARQUET[:30] + bytes(99) + PARQUET[129:], "not a whole Parquet"),
    "encrypted Parquet": ("my.parquet", b"PARE" + PARQUET[4:-4] + b"PARE", "not a whole Parquet"),
    "Parquet that is text": ("my.parquet", CSV, "not of a format"),
    "truncated XLSX": ("my.xlsx", XLSX[:-99], "not a whole XLSX"),
    "XLSX without its sheet": ("my.xlsx", archive({"xl/workbook.xml": "<workbook"}), "not a whole XLSX"),
    "XLSX with entities": ("my.xlsx", with_entities(XLSX), "not a whole XLSX"),
    "XLSX bomb": ("my.xlsx", archive({"xl/workbook.xml": bytes(2**25)}), "suspiciously many"),
    "encrypted XLSX": ("my.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted Office"),
    "ZIP of a CSV": ("my.csv", archive({"my.csv": CSV}), "unpack it"),
    "bzip2": ("my.csv", b"BZh91AY&SY\xd1\x12", "bzip2"),
    "PDF": ("my.csv", b"%PDF-1.7\n", "is a PDF"),
    "picture": ("my.png", b"\x89PNG\r\n\x1a\n", "not of a format"),
    "more than 10,000 columns": ("my.csv", f"{WIDE}\n{WIDE}\n".encode(), "10,001 columns"),
    "more than 10,000 keys": ("my.jsonl", json.dumps(dict.fromkeys(WIDE.split(","), 1)).encode(), "10,001"),
    "more than 10,000 cells": ("my.xlsx", workbook([WIDE.split(",")]), "10,001 columns"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence(tmp_path, case):
    name, data, said = REFUSED[case]
    (tmp_path / name).write_bytes(data)
    sentence = refused(tmp_path / name)
    assert said in sentence and name in sentence


# name, bytes, rows that are read, lines that are rejected, a word of the reason
COUNTED = {
    "ragged rows": ("my.csv", b"a,b\n1,2\n1\n1,2,3\n4,5\n", 2, [3, 4], "where the header has 2"),
    "quote left open": ("my.csv", b'a,b\n1,"x\n2,y\n3,"z"\n', 2, [2], "quotes"),
    "quote left open at the end": ("my.csv", b'a,b\n1,x\n2,"y', 1, [3], "quotes"),
    "quote closed by a later row": ("my.csv", b'a,b\n1,"x\n2,y\n3,", z"\n4,w\n', 3, [2], "quotes"),
    "text after a quote": ("my.csv", b'a,b\n1,"x" y\n2,z\n', 1, [2], "quotes"),
    "bytes of another encoding": ("my.csv", "a\n数据\n".encode() + b"caf\xe9\nb\n", 2, [3], "not text"),
    "half a UTF-16 file": ("my.csv", "a,b\n1,数\n2,x\n".encode("utf-16")[:-3], 1, [3], "not text"),
    "half a surrogate pair": ("my.csv", b"\xff\xfe" + b"a\0\n\0\0\xd8\n\0b\0\n\0", 1, [2], "not text"),
    "JSON with bad lines": ("my.jsonl", b'{"a": 1}\n{"a": \n[2]\nnull\n"x"\n', 1, [2, 3, 4, 5], "JSON"),
    "JSON in half": ("my.jsonl", b'{"a": 1}\n{"a": "canary', 1, [2], "not JSON"),
    "JSON with a bad escape": ("my.jsonl", rb'{"a": 1}' + b"\n" + rb'{"a": "\canary"}', 1, [2], "not JSON"),
    "JSON with half a pair": ("my.jsonl", b'{"a": 1}\n{"a": "\\ud800"}', 1, [2], "half a surrogate"),
    "JSON with a NUL": ("my.jsonl", b'{"a": 1}\n{"a": "\0"}', 1, [2], "not JSON"),
    "JSON nested too deep": ("my.jsonl", b'{"a": 1}\n' + b'{"a":' * 99999, 1, [2], "not JSON"),
    "JSON with an endless number": ("my.jsonl", b'{"a": 1}\n{"a": ' + b"9" * 9999 + b"}", 1, [2], "number"),
    "XLSX with a wide row": ("my.xlsx", workbook([["a"], [1], [2, 3]]), 1, [3], "2 fields"),
    "XLSX with two sheets": ("my.xlsx", workbook([["a"], [1]], [["b"], [2]]), 1, [1, 2], "on sheet 2"),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("case", COUNTED)
def test_counted(tmp_path, case, packed):
    name, data, rows, lines, reason = COUNTED[case]
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if packed else data)
    table = read_table(path)
    assert len(table.frame) == rows == table.frame.attrs["rows"]
    assert table.rejected["line"].tolist() == lines and reason in " ".join(table.rejected["reason"])
    assert "canary" not in table.rejected.to_json()


def test_a_parquet_of_one_repeated_text_is_bounded(tmp_path, monkeypatch):
    pd.DataFrame({"a": ["x" * 1000] * 5000}).to_parquet(tmp_path / "my.parquet")
    assert len(read_table(tmp_path / "my.parquet").frame) == 5000
    monkeypatch.setattr(tables, "LARGEST", 10**6)
    assert "split it" in refused(tmp_path / "my.parquet")


def test_files_that_are_no_files(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in refused(tmp_path / "folder.csv")
    assert "does not exist" in refused(tmp_path / "none.csv")
    assert "check it" in refused("my\0.csv")
    assert "one?two.csv does not exist" in refused(tmp_path / "one\ntwo.csv")
    assert "cannot be read" in refused(tmp_path / ("x" * 999))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        (tmp_path / "loop.csv").symlink_to("loop.csv")
        assert "a pipe, a device" in refused(tmp_path / "pipe.csv")
        assert "a pipe, a device" in refused("/dev/zero")
        assert "cannot be read" in refused(tmp_path / "loop.csv")


def test_no_permission_a_changed_name_and_a_full_disk(tmp_path, monkeypatch):
    path = tmp_path / "my.csv"
    path.write_bytes(CSV)
    for error, said in [
        (PermissionError(13, "Permission denied"), "that you may read"),
        (FileNotFoundError(), "exist"),
    ]:

        def fail(self, error=error):
            raise error

        monkeypatch.setattr(Path, "read_bytes", fail)
        assert said in refused(path)


def test_more_than_a_gibibyte(tmp_path, monkeypatch):
    path = tmp_path / "my.csv"
    path.write_bytes(CSV)
    monkeypatch.setattr(tables, "LARGEST", 10)
    assert "split it" in refused(path)


def test_quotes_left_open_in_every_line_take_no_quadratic_time(tmp_path):
    lines = [f'{i},a","' for i in range(20_000)]
    (tmp_path / "my.csv").write_text("\n".join(["n,a,b", *lines]) + "\n1,2,3\n")
    table = read_table(tmp_path / "my.csv")
    assert len(table.frame) + len(table.rejected) == 20_001 and len(table.frame) == 1
