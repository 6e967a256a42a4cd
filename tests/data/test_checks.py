"""What a regulator counts: keywords of the reader's own, samples, licences, and the rules that apply."""

import pandas as pd
import pytest

from playbook.data import checks
from playbook.errors import PlaybookError

FRAME = pd.DataFrame({"text": ["fine"] * 90 + ["a Casino!"] * 10, "source": ["a"] * 90 + ["b"] * 10})


def test_the_readers_own_keywords_are_read(tmp_path):
    file = tmp_path / "words.txt"
    file.write_bytes("\ufeff赌博\n\n  Casino \n".encode())
    assert checks.keyword_list(str(file)) == ["赌博", "Casino"]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00\xd8", None, "folder"])
def test_a_list_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, content):
    file = tmp_path / "words.txt"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    with pytest.raises(PlaybookError, match="keyword") as caught:
        checks.keyword_list(str(file))
    assert "\n" not in str(caught.value)


def test_a_bad_source_fails_and_so_does_a_sample_that_nobody_read():
    table = checks.sampling(FRAME, "text", "source", ["casino"])
    assert table["passed"].tolist()[:3] == [False, False, False] and table["found"].iloc[0] == 1
    assert table["found"].iloc[1] == 0
    read = checks.sampling(FRAME, "text", "source", ["poker"], read=(100, 97))
    assert read["passed"].tolist() == [True, False, True, True, True]


def test_licences_of_the_lock_are_nearly_all_read():
    table = checks.readable_licences()
    assert table["spdx"].notna().mean() >= 0.95 and len(table) > 100
    assert not {"playbook", "krippendorff"} & set(table["name"])


def test_the_law_table_has_the_strictest_rule_first_and_counts_the_sources():
    register = pd.DataFrame(
        {
            "source": ["a", "b"],
            "spdx": ["CC-BY-NC-4.0", None],
            "personal_data": "no",
            "opt_out": "no",
            "acquired": "contract",
        }
    )
    table = checks.law_table(register, "sell_eu")
    assert table["verdict"].tolist() == ["stop", "ask", "duty"]
    assert table["sources"].tolist() == [1, 1, 2] and table.loc["eu-ai-act-53", "in force"] == "2025-08-02"
    assert not table["cannot decide"].str.len().eq(0).any()


def test_the_register_shows_no_address_in_a_licence():
    frame = pd.DataFrame({"text": ["a"], "source": ["s"], "licence": ["MIT, ask zhang@example.com"]})
    register = checks.register(frame, "text", "licence")
    assert "zhang" not in register.to_csv() and "<EMAIL_ADDRESS>" in register["written"].item()
    assert checks.share_read(register) == 0


def test_recognisers_pass_their_gate_and_the_corpus_is_counted():
    table = checks.pii_trial(pd.Series(["call 13800138000", "call 13800138000 or a@example.com"]), 470)
    assert table.loc[checks.WITH_FORM, "f1"].min() >= 0.97
    assert table["redacted"].to_dict()["CN_MOBILE"] == 2 and table["redacted"].sum() == 3
    assert table.loc["PERSON", "planted"] > 0
