"""Holds the chapter's corpus to the packages' own METADATA, and `expression` to never guessing."""

import pytest

from playbook.data.packaged import claims, expression, packaged_corpus
from playbook.errors import PlaybookError


@pytest.mark.parametrize(
    "claim", [None, "", "BSD", "BSD License", "Python Software Foundation License", "MIT AND"]
)
def test_prose_is_not_guessed(claim):
    assert expression(claim) is None


@pytest.mark.parametrize("claim", ["mit", "apache-2.0 and (mit or bsd-3-clause)"])
def test_expressions_are_put_in_order(claim):
    assert expression(claim).casefold() == claim.casefold() and expression(claim) != claim


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
