"""Spans are sound, redaction is final, pseudonyms are stable, and no value gets out by another way."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.planted import TEMPLATES, plant
from playbook.data.privacy import evaluate, find_names, find_pii, redact
from playbook.errors import PlaybookError

KEY = b"a key for the tests only"
VALUES = [
    text[span.start : span.end] for text, spans in plant(94, 3) for span in spans if span.kind != "PERSON"
]
# Anything at all, with pieces between that make recognisers work.
PIECES = st.one_of(
    st.text(max_size=12), st.sampled_from(VALUES), st.text("0123456789-. +:@/Xx[]护照号", max_size=20)
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@given(TEXTS)
@settings(max_examples=250, deadline=None)
def test_spans_are_in_the_text_in_order_and_disjoint(text):
    spans = find_pii(text)
    ends = [0, *(span.end for span in spans)]
    assert all(end <= span.start < span.end <= len(text) for end, span in zip(ends, spans, strict=False))


@given(TEXTS, st.sampled_from([None, KEY]))
@settings(max_examples=250, deadline=None)
def test_redacted_text_holds_nothing_more(text, key):
    redacted = redact(text, key)
    assert find_pii(redacted) == []
    assert redact(redacted, key) == redacted


@given(st.text())
@settings(max_examples=150, deadline=None)
def test_text_without_findings_stays_as_it_is(text):
    if not find_pii(text):
        assert redact(text) == text


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_planted_value_disappears(template):
    number = TEMPLATES.index(template)
    text, spans = plant(len(TEMPLATES), seed=5)[number]
    for key in (None, KEY):
        redacted = redact(text, key)
        assert not [
            span.kind for span in spans if span.kind != "PERSON" and text[span.start : span.end] in redacted
        ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("电话13800138000转账", ["CN_MOBILE"]),
        ("电话１３８００１３８０００转账", ["CN_MOBILE"]),
        ("+86 138-0013-8000或008613800138000", ["CN_MOBILE", "CN_MOBILE"]),
        ("编码2138001380009, 2024-13800138000, 0.13800138000, +13800138000", []),
        ("订单号13800138000，运单编号：13800138000", []),
        ("快递13800138000，会员编号13800138000", ["CN_MOBILE"] * 2),
        ("身份证11010519491231002x。", ["CN_RESIDENT_ID"]),
        ("身份证110105 19491231 002X", ["CN_RESIDENT_ID"]),
        ("110105194912310021", []),
        ("110105194902300024", []),
        ("990105194912310025", []),
        ("邮箱zhang.san@example.com，谢谢", ["EMAIL_ADDRESS"]),
        ("13800138000@example.com", ["EMAIL_ADDRESS"]),
        ("git@example.com:team/code.git and lib@1.2.3 and X@W.shape", []),
        ("见护照EH1234567和E12345678；不是护照的E12345678", ["CN_PASSPORT"] * 3),
        ("型号E12345678", []),
        ("卡号6222 0212 3456 7890 128有效", ["CN_BANK_CARD"]),
        ("4111-1111-1111-1111 2025", ["CREDIT_CARD"]),
        ("a typing error in FR61 9345 4667 6513 8788 5315 866", []),
        ("IBAN DE89 3704 0044 0532 0130 00 2024", ["IBAN_CODE"]),
        ("192.0.2.1:8080, 192.0.2.0/24, 2001:db8::1", ["IP_ADDRESS"] * 3),
        ("192.0.2.1-192.0.2.9", ["IP_ADDRESS"] * 2),
        ("1.2.3.4.5, agent/1.2.3.4, v1.2.3.4, version 1.2.3.4, 256.1.1.1", []),
        ("a::b, x[::2], 00:1a:2b:3c:4d:5e, 12:30:45", []),
        ("SSN 219 09 9999; ssn: 219099999; 219-09-9999", ["US_SSN"] * 3),
        ("000-12-3456 666-12-3456 912-12-3456 219-00-9999 219-09-0000", []),
        ("(202) 555-0143, +44 20 7946 0958, 010-62345678", ["PHONE_NUMBER"] * 3),
        ("税号91350100M000100Y43", ["CN_USCC"]),
        ("91350100M000100Y44", []),
        ("978-3-16-148410-0, 2026-01-02T03:04:05Z, 1700000000000, 39.9041999, 116.4073963", []),
        ("", []),
    ],
)
def test_cases(text, kinds):
    assert [span.kind for span in find_pii(text)] == kinds


def test_planted_texts_are_the_same_for_a_seed_and_are_found():
    assert plant(60, 2) == plant(60, 2) != plant(60, 3)
    table = evaluate(plant(940, seed=1))
    assert table.drop("PERSON")["f1"].min() >= 0.97
    assert table.loc["PERSON", "recall"] == 0


def test_names_are_only_claimed_where_a_model_is():
    spacy = pytest.importorskip("spacy")
    found = [find_names(text) for text, _ in plant(30)]
    assert any(found) == bool(spacy.util.get_installed_models())


def test_no_value_in_spans_or_errors():
    assert "13800138000" not in repr(find_pii("电话13800138000"))
    with pytest.raises(PlaybookError) as refused:
        find_pii(b"13800138000")
    assert "13800138000" not in str(refused.value)
    for key in (b"short", "a str of more than sixteen letters"):
        with pytest.raises(PlaybookError, match="16 bytes"):
            redact("x", key)


def test_a_long_text_takes_time_in_proportion():
    units = ("1 ", "a.", "a@", "1:", "4111 ", "13800138000 ", "AB12 ", "+1 ", "passport E")
    assert all(isinstance(find_pii(unit * 20_000), list) for unit in units)


def test_pseudonyms_are_stable_keyed_and_apart():
    first, second = redact("手机13800138000", KEY), redact("手机13900139000", KEY)
    assert re.fullmatch("手机<CN_MOBILE:[a-p]{16}>", first)
    assert first == redact("手机+86 138-0013-8000", KEY)
    assert first != second
    assert first != redact("手机13800138000", KEY + b"!")
    assert redact("A@Example.com", KEY) == redact("a@example.com", KEY)


def test_planting_nothing_is_refused():
    with pytest.raises(PlaybookError):
        plant(0)
