"""SecAgg+: the sum is right, also when clients drop out; what is sent is noise; too few are refused."""

import numpy as np
import pytest

from playbook.errors import PlaybookError
from playbook.security.secure_sums import secagg_plus

UPDATES = np.random.default_rng(0).normal(size=(5, 17))
ROWS = [280, 278, 279, 100, 77]


@pytest.mark.parametrize("dropped", [(), (2,), (0, 4)])
def test_the_mean_is_that_of_those_who_answered(dropped):
    secure = secagg_plus(UPDATES, ROWS, dropped)
    left = [client for client in range(5) if client not in dropped]
    expected = np.average(UPDATES[left], axis=0, weights=np.array(ROWS)[left])
    assert secure.answered == len(secure.sent) == len(left)
    np.testing.assert_allclose(secure.mean, expected, atol=1e-4)


def test_two_and_three_clients_are_enough():
    for clients in (2, 3):
        expected = np.average(UPDATES[:clients], axis=0, weights=ROWS[:clients])
        np.testing.assert_allclose(secagg_plus(UPDATES[:clients], ROWS[:clients]).mean, expected, atol=1e-4)


def test_too_few_survivors_do_not_get_a_sum():
    with pytest.raises(PlaybookError, match="2 of 5 clients are too few"):
        secagg_plus(UPDATES, ROWS, dropped=(0, 1, 4))


def test_what_one_client_sends_is_noise_and_new_each_time():
    zeros = np.zeros((3, 4000))
    first, again = (secagg_plus(zeros, [1, 1, 1]) for _ in range(2))
    assert np.abs(first.mean).max() < 1e-4
    for sent in first.sent:
        assert sent.min() >= 0 and sent.max() < 2**32
        assert abs(sent.mean() / 2**32 - 0.5) < 0.03
    assert np.abs(np.corrcoef(first.sent)[0, 1:]).max() < 0.1
    assert (first.sent[0] != again.sent[0]).mean() > 0.99
    assert first.bytes_up > 3 * 4000 * 4


@pytest.mark.parametrize("value", [8.0, -9.0, np.nan])
def test_values_that_would_be_cut_off_in_silence_are_refused(value):
    with pytest.raises(PlaybookError, match="clip it"):
        secagg_plus([np.array([0.0]), np.array([value])], [1, 1])
