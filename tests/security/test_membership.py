"""A blind attack scores a half, a perfect one one; sureness shows where few are accused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security.membership import halves, lira, membership_inference, min_k, zlib_ratio

scores = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=60)


@given(scores, scores)
def test_turning_the_scores_round_turns_the_auc_round(members, others):
    there = membership_inference(members, others)
    back = membership_inference([-s for s in members], [-s for s in others])
    assert there["auc"] == pytest.approx(1 - back["auc"])
    assert there["tpr_at_fpr_0.001"] <= there["tpr_at_fpr_0.01"] <= 1 and there["advantage"] >= 0


@given(scores, scores)
def test_only_the_order_of_scores_counts(members, others):
    stretched = membership_inference(*[[s**3 + 7 for s in one] for one in (members, others)])
    assert stretched == pytest.approx(membership_inference(members, others))


def test_a_perfect_and_a_blind_attack():
    assert set(membership_inference([2.0, 3.0], [0.0, 1.0]).values()) == {1.0}
    blind = membership_inference([1.0] * 5, [1.0] * 5)
    assert (blind["auc"], blind["tpr_at_fpr_0.01"], blind["advantage"]) == (0.5, 0.0, 0.0)


def test_two_attacks_of_equal_auc_may_differ_in_whom_they_harm():
    rng = np.random.default_rng(0)
    others = rng.normal(size=20_000)
    a_little_of_all = rng.normal(0.2, 1, size=20_000)
    sure_of_few = np.r_[rng.normal(size=17_760), rng.normal(9, 1, size=2_240)]
    weak, sharp = (membership_inference(members, others) for members in (a_little_of_all, sure_of_few))
    assert weak["auc"] == pytest.approx(sharp["auc"], abs=0.01)
    assert sharp["tpr_at_fpr_0.001"] > 20 * weak["tpr_at_fpr_0.001"]


def test_zlib_and_min_k_prefer_what_the_model_knows_and_nobody_else():
    surprising, plain = "q8#Zr!x0Lw^T", "aaaaaaaaaaaa"
    known, common = zlib_ratio([5.0, 5.0], [surprising, plain])
    assert known > common
    assert min_k([[9.0, 0.0, 0.0, 0.0], [4.0, 4.0, 4.0, 4.0]], 0.25).tolist() == [-9.0, -4.0]
    with pytest.raises(PlaybookError, match="share of the tokens"):
        min_k([[1.0]], 0)


@pytest.mark.parametrize("bad", [[], [[1.0]], [float("nan")], [float("inf")]])
def test_scores_that_are_none_are_one_sentence(bad):
    with pytest.raises(PlaybookError, match="member_scores must be"):
        membership_inference(bad, [1.0])
    with pytest.raises(PlaybookError, match="other_scores must be"):
        membership_inference([1.0], bad)


@given(st.integers(2, 20).map(lambda n: 2 * n), st.integers(1, 30), st.integers(0, 9))
def test_every_record_is_in_half_of_the_models(models, records, seed):
    assert (halves(models, records, seed).sum(axis=0) == models // 2).all()


@given(st.integers(0, 99), st.floats(-5, 5), st.floats(0.5, 3))
def test_lira_does_not_mind_the_unit_of_confidence(seed, shift, scale):
    inside = halves(8, 20, seed)
    values = np.random.default_rng(seed).normal(size=inside.shape) + inside
    assert lira(shift + scale * values, inside) == pytest.approx(lira(values, inside), abs=1e-6)


def test_too_few_shadows_are_one_sentence():
    with pytest.raises(PlaybookError, match="even number"):
        halves(3, 5)
    with pytest.raises(PlaybookError, match="lira needs"):
        lira(np.zeros((4, 1)), [[True], [True], [False], [False]])
