"""The Flower run: equal to the plain loop, offline, silent, without traces; and one that fails says so."""

import logging
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from playbook.errors import PlaybookError
from playbook.security.federated import average, federate
from playbook.security.logistic import train

# Runs where only loopback is up, and prints nothing but what it found.
ALONE = """
import os, sys, psutil
import numpy as np
from playbook.security.federated import average, federate

generator = np.random.default_rng(0)
shares = [(generator.normal(size=(n, 5)), generator.integers(0, 2, n)) for n in (30, 50, 90)]
environment = dict(os.environ)
seen = []
run = federate(shares, 4, 7, 0.3, lambda model: seen.append(model) or float(len(seen)))
models = average(shares, 4, 7, 0.3)
assert run.scores == [1, 2, 3, 4] and run.answers == [3, 3, 3, 3]
assert max(np.abs(a - b).max() for a, b in zip(models, seen, strict=True)) < 1e-12
assert (run.model == seen[-1]).all()
assert run.bytes_down == run.bytes_up > 4 * 3 * 6 * 8
assert environment == dict(os.environ)
assert not {"tensorflow", "ray", "torch"} & set(sys.modules)
assert not psutil.Process().children(recursive=True)
print("as expected")
"""


def offline():
    """The command that takes the network away, where this machine has one and allows it."""
    if shutil.which("unshare") and shutil.which("ip"):
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        command = ["unshare", *user, "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return None


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
def test_a_run_without_a_network_equals_the_plain_loop_and_leaves_nothing():
    command = offline()
    if command is None:
        pytest.skip("this machine does not let a process have its own network")
    done = subprocess.run(
        [*command, sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=240
    )
    assert (done.stdout, done.stderr, done.returncode) == ("as expected\n", "", 0)


@pytest.fixture
def shares():
    generator = np.random.default_rng(1)
    return [(generator.normal(size=(n, 3)), generator.integers(0, 2, n)) for n in (20, 30, 40, 50, 60)]


def nothing(model):
    return 0.0


def test_a_client_that_fails_ends_the_run_in_one_sentence():
    broken = (np.zeros((5, 2)), np.zeros(4))  # rows and targets do not fit: the client raises
    fine = (np.zeros((5, 2)), np.zeros(5))
    before = logging.root.manager.disable
    with pytest.raises(PlaybookError, match=r"Round 1: a client failed \(ValueError"):
        federate([fine, broken], 2, 1, 0.1, nothing)
    assert logging.root.manager.disable == before


def test_an_unknown_strategy_is_refused(shares):
    with pytest.raises(PlaybookError, match="no strategy 'FedMagic': use one of FedAvg"):
        federate(shares, 1, 1, 0.1, nothing, strategy="FedMagic")


def test_fedprox_is_the_average_of_clients_that_are_pulled_back(shares):
    run = federate(shares, 1, 9, 0.3, nothing, strategy="FedProx", proximal_mu=0.7)
    models = [train(np.zeros(4), x, y, 9, 0.3, proximal=0.7) for x, y in shares]
    expected = np.average(models, axis=0, weights=[20, 30, 40, 50, 60])
    np.testing.assert_allclose(run.model, expected, atol=1e-12)
    loose = average(shares, 1, 9, 0.3)[-1]
    assert np.linalg.norm(run.model) < np.linalg.norm(loose)


def test_a_liar_turns_the_mean_and_neither_the_median_nor_krum(shares):
    def lie(client, before, trained):
        return np.full_like(trained, 1e6) if client == 0 else trained

    models = [train(np.zeros(4), x, y, 5, 0.3) for x, y in shares]
    mean = federate(shares, 1, 5, 0.3, nothing, answer=lie).model
    median = federate(shares, 1, 5, 0.3, nothing, answer=lie, strategy="FedMedian").model
    krum = federate(shares, 1, 5, 0.3, nothing, answer=lie, strategy="Krum", num_malicious_nodes=1).model
    assert np.abs(mean).min() > 1e4
    np.testing.assert_allclose(median, np.median([np.full(4, 1e6), *models[1:]], axis=0))
    assert any(np.allclose(krum, model) for model in models[1:])
