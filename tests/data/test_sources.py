"""The register of sources, the keyword search and the samples: counted, and nothing taken silently."""

import numpy as np
import pandas as pd
import pytest

from playbook.data.law import policy
from playbook.data.sources import decisions, keyword_shares, register, sample_checks
from playbook.errors import PlaybookError


def frame(**columns):
    return pd.DataFrame({"text": ["one", "three"], "package": ["demo", "demo"], "licence": "MIT"} | columns)


def entry(table, **options):
    [row] = register(table, **options).to_dict("records")
    return row


def test_a_row_for_each_source_in_order():
    table = frame(package=["z", "a"], licence=["Apache 2.0", "BSD"])
    sources = register(table, personal=lambda text: text == "one")
    assert sources["source"].tolist() == ["a", "z"]
    assert sources["spdx"].tolist() == [None, "Apache-2.0"]
    assert sources["personal_data"].tolist() == ["no", "yes"]
    assert sources[["documents", "characters"]].values.tolist() == [[1, 5], [1, 3]]
    assert register(table)["personal_data"].tolist() == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("columns", "written", "found"),
    [
        ({"licence": ["MIT", "MIT"]}, "MIT", "MIT"),
        ({"licence": ["MIT", "MIT License"]}, "MIT", "MIT"),
        ({"licence": ["MIT", "GPLv3"]}, "several: MIT; GPLv3", None),
        ({"licence": ["GPLv3", "MIT"]}, "several: GPLv3; MIT", None),
        ({"licence": ["MIT", None]}, "several: MIT; nothing", None),
        ({"licence": [np.nan, "BSD"]}, "several: nothing; BSD", None),
        ({"licence": [None, None]}, "", None),
        ({"licence": [np.nan, np.nan]}, "", None),
        ({"licence": ["BSD", "BSD"]}, "BSD", None),
        ({"licence": ["BSD", "BSD"], "spdx": ["BSD-3-Clause"] * 2}, "BSD", "BSD-3-Clause"),
        ({"licence": ["MIT", "MIT"], "spdx": ["ISC", None]}, "several: MIT; MIT", None),
        ({"licence": ["BSD", "BSD"], "spdx": ["nonsense"] * 2}, "BSD", None),
        ({"licence": ["x" * 99] * 2}, "x" * 60, None),
    ],
)
def test_the_licence_of_a_source_is_that_of_all_its_documents(columns, written, found):
    row = entry(frame(**columns))
    assert (row["written"], row["spdx"]) == (written, found)


def test_a_table_without_licences_names_or_rows():
    assert entry(frame().drop(columns="licence"))["spdx"] is None
    assert register(frame(package=[None, "x"]))["source"].tolist() == ["(no name)", "x"]
    assert register(frame(package=[1, "1"]))["documents"].tolist() == [2]
    assert entry(frame(text=[None, "abc"]))["characters"] == 3
    assert register(frame().iloc[:0]).shape == (0, 8)
    assert register(pd.concat([frame(), frame(package="b")]))["documents"].tolist() == [2, 2]
    with pytest.raises(PlaybookError, match="no column 'site': name one of text, package, licence"):
        register(frame(), by="site")


@pytest.mark.parametrize(
    ("filled", "meant"),
    [(["no", "no"], "no"), (["no", None], "unknown"), (["no", "yes"], "yes"), (["unknown", "no"], "unknown")],
)
def test_what_a_person_filled_in_is_kept_and_its_strictest_counts(filled, meant):
    assert entry(frame(opt_out=filled))["opt_out"] == meant
    assert entry(frame())["acquired"] == "unknown"
    assert entry(frame(acquired="own"))["acquired"] == "own"


def test_decisions_for_every_source_and_use():
    sources = register(
        frame(package=["a", "b"], licence=["MIT", "CC BY-NC 4.0"], opt_out="no", acquired="own")
    )
    table = decisions(sources.assign(personal_data="no"))
    assert table.columns.tolist() == list(policy().uses)
    assert table.loc["a"].tolist() == ["go", "duty", "duty", "duty", "duty", "go"]
    assert set(table.loc["b"]) == {"stop"}
    assert decisions(sources.assign(share_illegal=0.06, personal_data="no")).loc["a", "sell_cn"] == "stop"
    assert decisions(sources.iloc[:0]).shape == (0, 6)


@pytest.mark.parametrize(
    ("text", "keywords", "hit"),
    [
        ("Buy a GUN now", ["gun"], True),
        ("begun", ["gun"], False),
        ("guns", ["gun"], False),
        ("gun.", ["Gun"], True),
        ("购买gun很容易", ["gun"], True),
        ("出售枪支弹药", ["枪支"], True),
        ("出售枪 支弹药", ["枪支"], False),
        ("a child\n abuse case", ["Child  Abuse"], True),
        ("abuse child", ["child abuse"], False),
        ("观看AV女优", ["av女优"], True),
        ("price: $$$", ["$$$"], True),
        ("a.b (c)", ["."], True),
        ("axb", ["a.b"], False),
        ("Straße", ["STRASSE"], True),
        (None, ["gun"], False),
        (np.nan, ["nan"], False),
    ],
)
def test_a_keyword_is_found_where_it_stands(text, keywords, hit):
    assert keyword_shares(frame(text=[text, ""]), keywords=keywords) == {"demo": 0.5 * hit}


def test_keyword_shares_count_documents_a_source():
    table = frame(text=["gun gun", "GUN 枪"], package=["a", "b"])
    table = pd.concat([table, frame(text=["x", "y"], package=["b", None])])
    assert keyword_shares(table, keywords=["gun", "枪", ""]) == {"(no name)": 0.0, "a": 1.0, "b": 0.5}
    long = [f"k{number}词" for number in range(10_000)]
    assert keyword_shares(frame(text=["k9999词 " * 200, "没有 " * 2000]), keywords=long) == {"demo": 0.5}
    with pytest.raises(PlaybookError, match="list of keywords is empty"):
        keyword_shares(table, keywords=["", " "])
    with pytest.raises(PlaybookError, match="no column 'body'"):
        keyword_shares(table, text="body", keywords=["x"])


@pytest.mark.parametrize(
    ("manual", "automatic", "share", "passed"),
    [
        ((4000, 3840), (2000, 1960), 0.05, [True] * 5),
        ((3999, 3999), (2000, 2000), 0.0, [True, False, True, True, True]),
        ((4000, 3839), (2000, 2000), 0.0, [True, True, False, True, True]),
        ((4000, 4000), (1999, 1999), 0.0, [True, True, True, False, True]),
        ((4000, 4000), (2000, 1959), 0.0, [True, True, True, True, False]),
        ((4000, 4000), (2000, 2000), 0.0501, [False, True, True, True, True]),
    ],
)
def test_the_samples_pass_at_the_border_and_not_below_it(manual, automatic, share, passed):
    table = sample_checks(manual, automatic, 20_000, {"good": 0.0, "bad": share})
    assert table["passed"].tolist() == passed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (((4000, 4001), (9, 9), 9000, {"a": 0}), "The manual sample passed 4001 of 4000"),
        (((4000, 4000), (0, 0), 9000, {"a": 0}), "The automatic sample passed 0 of 0"),
        (((4000, 4000), (9, 9), 3000, {"a": 0}), "out of 3000 documents"),
        (((4000, 4000), (9, 9), 0, {"a": 0}), "out of 0 documents"),
        (((4000, 4000), (900, 900), 9000, {}), "shares needs a share from 0 to 1"),
        (((4000, 4000), (900, 900), 9000, {"a": float("nan")}), "shares needs a share from 0 to 1"),
        (((4000, 4000), (900, 900), 9000, {"a": 5}), "shares needs a share from 0 to 1"),
    ],
)
def test_impossible_samples_are_refused(arguments, told):
    with pytest.raises(PlaybookError, match=told):
        sample_checks(*arguments)
