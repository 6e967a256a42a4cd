"""Sentences, statements, bare lists and echoes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.interview.sentences import content, echoes, is_statement, normal, split, unlisted


@given(st.text(max_size=300))
def test_splitting_loses_nothing_but_white_space(text):
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_an_answer_without_full_stops_is_cut_into_stretches():
    text = "and then we plant copies, and count them " * 100
    assert max(map(len, split(text))) <= 600 and " ".join(split(text)).split() == text.split()


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text):
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Encrypt the weights with AES-GCM.", "en"),
        ("MinHash proposes the candidates and Jaccard decides.", "en"),
        ("Article 51 presumes systemic risk above 1e25 operations", "en"),
        ("先用 MinHash 找出候选，再精确比较。", "zh"),
        ("密钥不能和密文放在一起", "zh"),
    ],
)
def test_statements(text, lang):
    assert is_statement(text, lang)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("MinHash LSH Jaccard recall precision", "en"),
        ("near-duplicates", "en"),
        ("Is it MinHash?", "en"),
        ("去重 相似度 召回率 阈值 语料", "zh"),
        ("", "en"),
    ],
)
def test_what_states_nothing(text, lang):
    assert not is_statement(text, lang)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("MinHash, LSH, Jaccard, verification, planted copies, recall", "en"),
        ("I would use MinHash, LSH, Jaccard, recall, chains and a threshold", "en"),
        ("MinHash、LSH、相似度、召回率、阈值、链式合并", "zh"),
    ],
)
def test_a_bare_list_is_taken_out(text, lang):
    assert unlisted(text, lang) == ""


def test_a_clause_beside_a_list_stays():
    text = "We compare each text with one that is kept, MinHash, LSH, Jaccard, recall"
    assert unlisted(text, "en").startswith("We compare each text with one that is kept")


def test_an_echo_is_known():
    asked = content("How do you deduplicate a bought corpus of texts?")
    assert echoes("I would deduplicate the bought corpus of texts.", asked)
    assert not echoes("MinHash proposes pairs, Jaccard decides on the bought corpus.", asked)
