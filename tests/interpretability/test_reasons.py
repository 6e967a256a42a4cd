"""Reasons: every sentence is true of the applicant, none names what is protected, and changes are counted."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.interpretability import reasons
from playbook.interpretability.applications import FEATURES, LEFT_OUT, applications, table
from playbook.interpretability.simplification import linear_terms, train_scorecard

PROTECTED = re.compile(r"\b(race|black|hispanic|white|sex|male|female|married|marital|age|old)\b", re.I)


def test_every_feature_has_a_sentence_in_both_languages():
    assert list(reasons.texts()) == list(FEATURES)
    for text in reasons.texts().values():
        for pair in (text.name, text.text, *text.codes.values()):
            assert not re.search(r"[\u4e00-\u9fff]", pair["en"])
            assert re.search(r"[\u4e00-\u9fff]{2}", pair["zh"]) and not re.search(r"[,.;:]", pair["zh"])
        for sentence in (text.text, *text.codes.values()):
            assert sentence["en"].endswith(".") and sentence["zh"].endswith("。")
    assert set(reasons.texts()["mortg"].codes) == {2, 3, 4}
    assert set(reasons.texts()["cons"].codes) == {2, 3, 4, 5, 6}


def test_nothing_protected_is_ever_a_reason():
    forbidden = {name for names in LEFT_OUT for name in names.split(", ")} | {"race"}
    assert not forbidden & set(reasons.texts())
    sentences = [pair["en"] for t in reasons.texts().values() for pair in (t.name, t.text, *t.codes.values())]
    assert not [sentence for sentence in sentences if PROTECTED.search(sentence)]


@pytest.mark.parametrize(
    ("feature", "value", "compared", "own", "words"),
    [
        ("cons", 6, 2.1, True, "90 days late"),
        ("cons", 4, 2.1, True, "too little"),
        ("mortg", 2, 1.7, True, "no record of mortgage payments"),
        ("chist", 0, 0.8, True, "60 days late or more"),
        # nobody with a clean record is told of a late account, although the model counts it against them
        ("chist", 1, 0.8, False, "accounts kept within 60 days: higher"),
        ("atotinc", 9000, 5000, False, "monthly income: higher"),
        ("hrat", 20, 20, False, "housing costs beside income: lower"),
        ("obrat", 2.5, 2, True, "All debt payments"),
    ],
)
def test_a_sentence_is_true_of_the_applicant_or_is_not_said(feature, value, compared, own, words):
    said = reasons.reason(feature, value, compared)
    assert said.contradicts is not own and words in said.sentence
    assert reasons.reason(feature, value, compared, "zh").contradicts is not own


def test_columns_of_a_table_of_ones_own_are_named_plainly():
    said = reasons.reason("cons", 6, 2, known=False)
    assert said.sentence.startswith("cons: higher than") and not said.contradicts
    assert reasons.reason("收入", 6, 8, "zh").sentence == "收入：低于用于比较的申请人。"


@given(st.lists(st.lists(st.floats(-5, 5), min_size=12, max_size=12), min_size=1, max_size=5))
def test_letters_have_at_most_four_reasons_the_strongest_first(values):
    values = np.array(values)
    rows = pd.DataFrame(np.ones((len(values), 12)), columns=list(FEATURES))
    for row, letter in zip(values, reasons.letters(values, rows, rows), strict=True):
        shares = [row[list(FEATURES).index(reason.feature)] for reason in letter]
        assert len(letter) == min(4, (row < 0).sum())
        assert shares == sorted(shares) and all(share < 0 for share in shares)


def test_those_just_above_are_the_ones_who_passed_by_least():
    rows = pd.DataFrame({"n": range(6)}, index=list("abcdef"))
    near = reasons.just_above(rows, [0.1, 0.9, 0.5, 0.6, 0.4, 0.5], 0.5, count=3)
    assert near.index.tolist() == ["c", "f", "d"]
    assert len(reasons.just_above(rows, [0.0] * 6, 0.5)) == 0


def test_a_truthful_scorecard_never_says_what_is_false():
    frame, protected = table()
    data = applications(frame, protected=protected)
    told = {}
    for name, kept in {"all": list(FEATURES), "kept": reasons.truthful(data.x_train, data.y_train)}.items():
        x, rows = data.x_train[kept], data.x_test[kept]
        card = train_scorecard(x, data.y_train)
        near = reasons.just_above(x, card.decision_function(x.to_numpy()), 1.0)
        said = reasons.letters(linear_terms(card, rows, near), rows, near)
        told[name] = sum(reason.contradicts for letter in said for reason in letter)
    assert told["all"] > 20 and told["kept"] == 0
    assert len(reasons.truthful(data.x_train, data.y_train, known=False)) == 12
    wrong = reasons.contradicted([-1.0] * 12, list(FEATURES))
    assert wrong == ["atotinc", "chist"]  # the two whose low values speak against an applicant


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('speaks_of = "high"', 'speaks_of = "both"', "loanprc.speaks_of"),
        ("text.zh", "text.fr", "loanprc.text"),
        ("[loanprc]", "[loanprc", "restore it with git"),
    ],
)
def test_a_malformed_entry_is_named(tmp_path, old, new, told):
    content = (ROOT / "data" / "reasons.toml").read_text(encoding="utf-8")
    file = tmp_path / "reasons.toml"
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlaybookError, match=told) as refused:
        reasons.texts(file)
    assert "\n" not in str(refused.value) or old == "[loanprc]"
