"""Ray that does not start: what it left is ended, it is tried again, and then there is one sentence."""

import logging
import os
import subprocess
import sys
import warnings

import psutil
import pytest

from playbook.errors import PlaybookError
from playbook.security import workers


@pytest.fixture
def failing_ray(monkeypatch):
    """Makes ray.init start a process and then fail `times` times; gives the processes that it started."""
    import ray

    started = []

    def make(times):
        def init(**options):
            if len(started) == times:
                return
            started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
            raise RuntimeError("timed out during startup")

        monkeypatch.setattr(ray, "init", init)
        return started

    return make


def test_a_start_that_fails_is_cleared_away_and_tried_again(failing_ray):
    started = failing_ray(1)
    with workers.workers():
        pass
    assert len(started) == 1
    assert started[0].wait(timeout=10) != 0


def test_ray_that_never_starts_ends_in_one_sentence_and_leaves_everything_as_it_was(failing_ray):
    started = failing_ray(9)
    before = (
        dict(os.environ),
        logging.root.manager.disable,
        list(warnings.filters),
        sys.modules.get("tensorflow"),
    )
    sentence = r"Ray did not start \(timed out during startup\): close other"
    with pytest.raises(PlaybookError, match=sentence), workers.workers():
        pass
    after = (
        dict(os.environ),
        logging.root.manager.disable,
        list(warnings.filters),
        sys.modules.get("tensorflow"),
    )
    assert after == before
    assert len(started) == workers.ATTEMPTS
    _, alive = psutil.wait_procs(
        [psutil.Process(p.pid) for p in started if psutil.pid_exists(p.pid)], timeout=10
    )
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_nothing_is_sent_home_inside_the_block(failing_ray):
    from flwr.supercore import telemetry

    telemetry.FLWR_TELEMETRY_ENABLED = "1"  # as it is when Flower is imported first
    failing_ray(0)
    with workers.workers():
        assert os.environ["FLWR_TELEMETRY_ENABLED"] == os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
        assert telemetry.FLWR_TELEMETRY_ENABLED == "0"
