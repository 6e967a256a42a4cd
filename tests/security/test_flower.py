"""The Flower run: equal to the plain loop, offline, silent, without traces; and one that fails says so."""

import os
import shutil
import subprocess
import sys
import threading

import numpy as np
import psutil
import pytest

from playbook.errors import PlaybookError
from playbook.security.federated import federate

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
assert run.scores == [1, 2, 3, 4]
assert max(np.abs(a - b).max() for a, b in zip(models, seen, strict=True)) < 1e-12
assert (run.model == seen[-1]).all()
assert run.bytes_down == run.bytes_up > 4 * 3 * 6 * 8
assert environment == dict(os.environ)
assert "tensorflow" not in sys.modules
left = psutil.Process().children(recursive=True)
gone, alive = psutil.wait_procs(left, timeout=10)
assert not alive, alive
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


def test_a_client_that_fails_ends_the_run_in_one_sentence():
    broken = (np.zeros((5, 2)), np.zeros(4))  # rows and targets do not fit: the client's process raises
    fine = (np.zeros((5, 2)), np.zeros(5))
    with pytest.raises(PlaybookError, match=r"Round 1: a client failed"):
        federate([fine, broken], 2, 1, 0.1, lambda model: 0.0)
    assert not [
        thread for thread in threading.enumerate() if not thread.daemon and thread.name != "MainThread"
    ]
    _, alive = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=10)
    assert not [process for process in alive if "ray" in process.name()]
