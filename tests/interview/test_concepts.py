"""Concept patterns match what they say, and are no regular expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.interview.concepts import compiled, spans
from playbook.interview.sentences import normal


@pytest.mark.parametrize(
    ("concept", "text"),
    [
        ("near duplicate* | similar", "near-duplicates are found"),
        ("drop_duplicates", "run drop duplicates first"),
        ("duplicate", "two duplicates"),
        ("verif*", "verified by hand"),
        ("k 匿名", "做 k-匿名"),
        ("降低*成本", "能降低训练的成本"),
        ("lora", "用 LoRA 微调"),
        ("53(1)(c)", "see Art. 53(1)(c)"),
        ("1 - (1 - s^r)^b", "the curve 1 - (1 - s^r)^b"),
    ],
)
def test_matches(concept, text):
    assert compiled(concept).search(normal(text))


@pytest.mark.parametrize(
    ("concept", "text"), [("lsh", "polshed"), ("run", "pruning"), ("a.b", "axb"), ("verify", "verification")]
)
def test_does_not_match(concept, text):
    assert not compiled(concept).search(text)


@given(st.text(alphabet="abc xyz-_.()[]+?^$\\{}/删重复", min_size=1).filter(lambda text: text.strip(" -_")))
def test_a_concept_matches_itself(concept):
    assert spans(concept, normal(concept))
