"""The policy: every rule says what it has to, fires where it should, only there; the strictest wins."""

import re
from datetime import date

import pytest
from license_expression import get_spdx_licensing

from playbook.data.law import FIELDS, VERDICTS, decide, families, policy
from playbook.errors import PlaybookError
from playbook.inputs import ROOT

# nothing to ask about this one
CLEAN = {"source": "clean", "spdx": "CC0-1.0", "personal_data": "no", "opt_out": "no"}
CLEAN |= {"acquired": "licence", "share_illegal": 0.0}
# what has to change in it for a rule to fire; None: the rule is a duty for every source
FIRES = {
    "licence-notice": {"spdx": "MIT"},
    "licence-share-alike": {"spdx": "CC-BY-SA-4.0"},
    "licence-weights": {"spdx": "CC-BY-ND-4.0"},
    "licence-no-change": {"spdx": "CC-BY-ND-4.0"},
    "licence-no-commerce": {"spdx": "CC-BY-NC-4.0"},
    "licence-unknown": {"spdx": None},
    "cn-genai-7": {"acquired": "scraped"},
    "cn-45652-source": {"share_illegal": 0.0501},
    "cn-45652-sample": None,
    "cn-pipl-13": {"personal_data": "yes"},
    "cn-pipl-38": {"personal_data": "unknown"},
    "eu-gdpr-6": {"personal_data": "yes"},
    "eu-dsm-4": {"opt_out": "yes"},
    "eu-dsm-4-look": {"opt_out": "unknown"},
    "eu-ai-act-53": None,
    "us-acquired": {"acquired": "unknown"},
}
LAW = (ROOT / "data" / "law.toml").read_text(encoding="utf-8")


def fired(source, use):
    return [rule.id for rule in decide(source, use).rules]


def test_every_rule_is_tried_here():
    assert [rule.id for rule in policy().rule] == list(FIRES)


@pytest.mark.parametrize("rule", policy().rule, ids=lambda rule: rule.id)
def test_a_rule_fires_where_it_should_and_only_there(rule):
    change = FIRES[rule.id]
    for use in policy().uses:
        assert (rule.id in fired(CLEAN | (change or {}), use)) == (use in rule.uses)
        if change is not None:
            assert rule.id not in fired(CLEAN, use)


@pytest.mark.parametrize("rule", policy().rule, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_has_to(rule):
    for texts in (rule.text, rule.open):
        assert not re.search(r"[\u4e00-\u9fff]", texts["en"])
        assert len(re.findall(r"[\u4e00-\u9fff]", texts["zh"])) >= 8
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?]", texts["zh"]), "Chinese punctuation is full-width"
        assert texts["en"].endswith(".")
        assert texts["zh"].endswith("。")
    assert rule.checked == policy().checked
    assert rule.in_force is None or date(2018, 1, 1) < rule.in_force <= rule.checked


def test_dates_and_articles_are_those_of_the_facts():
    known = {rule.id: (str(rule.in_force), rule.article) for rule in policy().rule}
    assert known["cn-genai-7"] == ("2023-08-15", "Art. 7")
    assert known["cn-pipl-13"][0] == known["cn-pipl-38"][0] == "2021-11-01"
    assert known["cn-45652-source"][0] == "2025-11-01"
    assert known["eu-ai-act-53"] == ("2025-08-02", "Art. 53(1)(d)")
    assert known["us-acquired"][0] == "None"


def test_the_strictest_verdict_wins():
    mixed = CLEAN | {"spdx": "MIT AND CC-BY-NC-4.0", "personal_data": "yes"}
    assert decide(CLEAN | {"spdx": "MIT"}, "train_closed").verdict == "go"
    assert decide(CLEAN | {"spdx": "MIT"}, "redistribute").verdict == "duty"
    assert decide(CLEAN | {"spdx": "MIT", "personal_data": "yes"}, "redistribute").verdict == "ask"
    decision = decide(mixed, "redistribute")
    assert decision.verdict == "stop"
    assert {rule.verdict for rule in decision.rules} == {"duty", "ask", "stop"}
    assert (decision.source, decision.use) == ("clean", "redistribute")


def test_the_border_of_five_percent_is_still_allowed():
    assert "cn-45652-source" not in fired(CLEAN | {"share_illegal": 0.05}, "sell_cn")
    assert decide(CLEAN | {"share_illegal": None}, "sell_cn").verdict == "duty"


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("MIT", {"permissive"}),
        ("MIT AND GPL-3.0-only", {"permissive", "copyleft"}),
        ("MIT OR GPL-3.0-only", {"permissive"}),
        ("CC-BY-NC-4.0 OR Artistic-2.0", {"unlisted"}),
        ("MIT AND (GPL-3.0-only OR CC-BY-NC-4.0)", {"permissive", "copyleft"}),
        ("(MIT AND GPL-3.0-only) OR MPL-2.0", {"weak_copyleft"}),
        ("GPL-2.0-only WITH Classpath-exception-2.0", {"copyleft"}),
        ("Artistic-2.0", {"unlisted"}),
        ("free for all", {"unknown"}),
        (None, {"unknown"}),
        (float("nan"), {"unknown"}),
    ],
)
def test_families(expression, meant):
    assert families(expression) == meant


def test_every_listed_licence_is_an_spdx_identifier():
    listed = [name for names in policy().licences.values() for name in names]
    assert get_spdx_licensing().validate(" AND ".join(listed)).errors == []
    assert all(families(name) == {family} for family, names in policy().licences.items() for name in names)


def test_nothing_known_is_never_go():
    assert {decide({"source": "?"}, use).verdict for use in policy().uses} == {"ask"}


@pytest.mark.parametrize(
    ("change", "use", "told"),
    [
        ({}, "sell_jp", "The use 'sell_jp' is not in data/law.toml: it knows train_closed, "),
        (
            {"opt_out": "Yes"},
            "sell_eu",
            "opt_out of the source 'clean' is 'Yes': write one of yes, no, unknown.",
        ),
        ({"acquired": "stolen"}, "sell_eu", "acquired of the source 'clean' is 'stolen': write one of own, "),
        (
            {"share_illegal": 6},
            "sell_cn",
            "share_illegal of the source 'clean' is 6: write a share from 0 to 1.",
        ),
    ],
)
def test_bad_input_is_one_sentence(change, use, told):
    with pytest.raises(PlaybookError, match=re.escape(told)) as error:
        decide(CLEAN | change, use)
    assert "\n" not in str(error.value)


GENAI = LAW[LAW.index('id = "cn-genai-7"') : LAW.index('id = "cn-45652-source"')]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (r'text\.zh = ".*"\n', "", "rule cn-genai-7: text"),
        (r'open\.en = ".*"', 'open.en = ""', "rule cn-genai-7: open.en"),
        ('verdict = "ask"', 'verdict = "maybe"', "rule cn-genai-7: verdict"),
        ('verdict = "ask"', 'verdict = "go"', "rule cn-genai-7: verdict"),
        (
            r'uses = \["sell_cn"\]',
            'uses = ["sell_jp"]',
            "rule cn-genai-7: unknown use or licence family: sell_jp",
        ),
        (r'uses = \["sell_cn"\]', "uses = []", "rule cn-genai-7: uses"),
        (
            "when = .*",
            'when = { licence = ["free"] }',
            "rule cn-genai-7: unknown use or licence family: free",
        ),
        ("when = .*", 'when = { acquired = ["stolen"] }', "acquired is one of own, licence, contract"),
        ("when = .*", 'when = { colour = ["red"] }', "rule cn-genai-7: .*colour"),
        ("when = .*", 'when = { share_illegal = ["high"] }', "rule cn-genai-7: .*share_illegal"),
        ("when = .*", 'when = { share_illegal = "< 0.05" }', "rule cn-genai-7: when"),
        (r'article = ".*"\n', "", "rule cn-genai-7: article"),
        ("in_force = .*", 'in_force = "soon"', "rule cn-genai-7: in_force"),
        (r'\Aid = ".*"\n', "", "rule without id"),
        (r'\Aid = ".*"\n', 'id = "cn-pipl-13"\n', "two rules have the same id"),
        ("verdict =", "verdikt =", "rule cn-genai-7: verdi"),
        ("verdict =", "verdict", "restore it with git"),
    ],
)
def test_a_malformed_rule_is_named(tmp_path, old, new, told):
    broken, times = re.subn(old, lambda _: new, GENAI, count=1)
    assert times == 1
    file = tmp_path / "law.toml"
    file.write_text(LAW.replace(GENAI, broken), encoding="utf-8")
    with pytest.raises(PlaybookError, match=told):
        policy(file)


def test_a_missing_file_and_a_licence_listed_twice_are_told(tmp_path):
    with pytest.raises(PlaybookError, match="restore it with git"):
        policy(tmp_path / "none.toml")
    (tmp_path / "law.toml").write_text(LAW.replace('"0BSD"', '"0BSD", "MIT"'), encoding="utf-8")
    with pytest.raises(PlaybookError, match="listed twice under licences: MIT"):
        policy(tmp_path / "law.toml")


def test_verdicts_and_fields_are_explained_in_the_file():
    assert all(f"{verdict}  " in LAW for verdict in VERDICTS[1:])
    assert all(value in LAW for values in FIELDS.values() for value in values)
