"""What an update gives away: one record exactly, and after the secure sum of whole shares nobody."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.security.federated import average
from playbook.security.leakage import LIMIT, SCALE, attack, reconstruct, secure_sum
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


@given(arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 10)), elements=VALUES), st.integers(0, 99))
def test_the_masks_cancel_in_the_sum(updates, seed):
    _, total = secure_sum(updates, seed)
    np.testing.assert_allclose(total, updates.sum(axis=0), atol=len(updates) / SCALE)


def test_what_one_client_sends_is_noise():
    updates = np.zeros((3, 20_000))
    sent, total = secure_sum(updates)
    assert not total.any()
    for one in sent:
        bits = np.unpackbits(one.view(np.uint8))
        assert abs(bits.mean() - 0.5) < 0.002
    assert np.abs(np.corrcoef([one.astype(float) for one in sent])[0, 1:]).max() < 0.05
    shifted, _ = secure_sum(updates + 1.0)
    assert (shifted[0] - sent[0] == SCALE).all()  # with the same masks; each round needs new ones
    assert (secure_sum(updates, seed=1)[0][0] != sent[0]).all()


@pytest.mark.parametrize("value", [LIMIT, -2.0 * LIMIT, np.inf, np.nan])
def test_values_that_would_overflow_are_refused(value):
    with pytest.raises(PlaybookError, match="clip it"):
        secure_sum([np.array([0.0]), np.array([value])])


def test_a_thousand_clients_at_the_limit_do_not_overflow():
    largest = np.array([LIMIT - 1.0])
    assert secure_sum([largest] * 60)[1] == 60 * largest
    assert 1000 * LIMIT * SCALE < 2**63


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
    found = attack(model, shares, 1, secure=True)
    approved = (found.linked - found.rejected_linked) / (found.trials - found.rejected)
    assert found.rejected_linked / found.rejected > 0.4 > 0.2 > approved


def test_the_attack_is_the_same_for_a_seed(model, shares):
    assert attack(model, shares, 2, secure=True, trials=20) == attack(
        model, shares, 2, secure=True, trials=20
    )
