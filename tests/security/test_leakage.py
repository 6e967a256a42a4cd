"""What an update gives away: one record exactly, and after the secure sum of whole shares nobody."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.security.federated import average
from playbook.security.leakage import attack, attacks, found, reconstruct
from playbook.security.lenders import FEATURES, lenders
from playbook.security.logistic import predict, safe_rate, train

VALUES = st.floats(-5, 5)


@given(
    arrays(float, 6, elements=VALUES),
    arrays(float, 7, elements=st.floats(-1, 1)),
    st.integers(0, 1),
    st.integers(1, 20),
    st.sampled_from([0.001, 0.1, 0.5]),
)
def test_any_record_with_an_error_is_read_exactly_whatever_the_steps(record, model, label, steps, rate):
    assume(abs(predict(model, record[None])[0] - label) > 1e-3)
    after = train(model, record[None], np.array([label]), steps, rate)
    read, read_label = reconstruct(model, after)
    assert read_label == label
    np.testing.assert_allclose(read, record, atol=1e-6)


def test_an_update_that_does_not_move_holds_nothing():
    with pytest.raises(PlaybookError, match="holds no record"):
        reconstruct(np.ones(3), np.array([2.0, 2.0, 1.0]))


@pytest.fixture(scope="module")
def shares():
    return lenders(mortgages(), "approve", FEATURES).shares(3)


@pytest.fixture(scope="module")
def model(shares):
    return average(shares, 10, 20, safe_rate(len(FEATURES)))[-1]


def test_single_updates_give_everybody_away_and_sums_of_whole_shares_nobody(model, shares):
    before = attack(model, shares, 1, secure=False, trials=50)
    assert before.linked == before.trials == 50
    assert before.error < 1e-6
    after = attack(model, shares, 10**6, secure=True, trials=50)
    assert after.linked <= 1
    assert after.error > 0.5


def test_a_secure_sum_of_single_records_still_gives_away_the_rejected(model, shares):
    seen = attack(model, shares, 1, secure=True)
    approved = (seen.linked - seen.rejected_linked) / (seen.trials - seen.rejected)
    assert seen.rejected_linked / seen.rejected > 0.4 > 0.2 > approved


def test_the_attack_is_the_same_for_a_seed(model, shares):
    assert attack(model, shares, 2, secure=True, trials=20) == attack(
        model, shares, 2, secure=True, trials=20
    )


def test_larger_sums_give_fewer_away_and_the_scorecard_gets_first_and_last(model, shares):
    seen = attacks(model, shares, 40)
    assert seen["linked"].iloc[0] == 40
    assert seen["linked"].is_monotonic_decreasing
    anybody, rejected = found(seen)
    assert anybody["measured"] == 100 > 3 > anybody["value"]
    assert rejected["measured"] == round(100 * seen["rejected_linked"].iloc[1] / seen["rejected"].iloc[1], 1)
