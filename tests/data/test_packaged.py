"""Holds the chapter's corpus to the packages' own METADATA, and a reader's own table to its columns."""

import pandas as pd
import pytest

from playbook.data.packaged import claims, packaged_corpus, read_corpus
from playbook.errors import PlaybookError


def test_claims_leave_out_what_is_not_said():
    table = claims(["pandas", "scipy"])
    assert table["license_expression"].tolist() == ["BSD-3-Clause", None]
    assert table["license"].isna().tolist() == [True, False]
    with pytest.raises(PlaybookError, match="is not installed"):
        claims(["no-such-package-here"])


def test_corpus_has_a_row_a_docstring_and_keeps_its_name():
    table = packaged_corpus("quick")
    assert table.frame["id"].is_unique and table.rejected.empty
    assert table.frame.attrs["rows"] == len(table.frame) > 15_000
    assert not table.frame["text"].isna().any()
    read = table.frame.groupby("package")["spdx"].first()
    assert read["numpy"].startswith("BSD-3-Clause AND") and pd.isna(read["scipy"])
    assert table.frame["licence"].str.len().max() <= 80


def test_a_table_of_ones_own_keeps_its_groups_but_not_the_addresses_in_them(tmp_path):
    file = tmp_path / "my.csv"
    file.write_text("body,desk\na,zhang@example.com\n,two\n", "utf-8")
    corpus = read_corpus(str(file), "quick", "body", "desk")
    assert corpus.texts.tolist() == ["a", ""] and corpus.group.tolist() == ["<EMAIL_ADDRESS>", "two"]
    assert set(read_corpus(str(file), "quick", "body", "").group) == {"all"}
    with pytest.raises(PlaybookError, match="no column 'text'"):
        read_corpus(str(file), "quick", "text", "")
