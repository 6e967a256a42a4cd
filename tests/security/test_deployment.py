"""The federation as processes: one killed and back, equal to the loop that misses it, and nobody left."""

import numpy as np
import psutil
import pytest

from playbook.errors import PlaybookError
from playbook.security import deployment
from playbook.security.federated import average, fedavg
from playbook.security.logistic import train


def make_shares():
    generator = np.random.default_rng(0)
    return [(generator.normal(size=(n, 3)), generator.integers(0, 2, n)) for n in (30, 50)]


def ours():
    return [child for child in psutil.Process().children(recursive=True) if child.is_running()]


def test_one_that_is_killed_is_missed_and_taken_back():
    shares, before = make_shares(), ours()
    run = deployment.deploy(shares, 3, 7, 0.3)
    assert run.answers == [2, 1, 2]
    first = average(shares, 1, 7, 0.3)[-1]
    second = train(first, *shares[0], 7, 0.3)  # the first lender's alone
    third = fedavg([train(second, *share, 7, 0.3) for share in shares], [30, 50])
    np.testing.assert_allclose(run.model, third, atol=1e-12)
    assert ours() == before


def test_processes_that_do_not_finish_are_ended_with_one_sentence():
    before = ours()
    with pytest.raises(PlaybookError, match="did not finish in time"):
        deployment.deploy(make_shares(), 3, 7, 0.3, seconds=2)
    assert ours() == before


def test_nothing_is_sent_home_and_nothing_is_installed():
    assert deployment.ENVIRONMENT["FLWR_TELEMETRY_ENABLED"] == "0"
    assert deployment.ENVIRONMENT["FLWR_DISABLE_UPDATE_CHECK"] == "1"
    assert deployment.HOST == "127.0.0.1"
    assert "disable" in deployment.INSTALL_NOTHING
