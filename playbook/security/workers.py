"""The processes that simulated clients run in: Ray, quiet, offline, bounded, and gone afterwards."""

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playbook.errors import PlaybookError
from playbook.silence import quiet

# Two workers and little memory: a client's share is some kilobytes. Everything listens on loopback only.
RAY = {
    "num_cpus": 2,
    "object_store_memory": 100_000_000,
    "include_dashboard": False,
    "log_to_driver": False,
    "logging_level": logging.CRITICAL,
    "_node_ip_address": "127.0.0.1",
    "runtime_env": {"worker_process_setup_hook": "playbook.security.workers.without_tensorflow"},
}

# No telemetry of either, no packaging of the working folder, no warning about GPUs; patience when busy.
ENVIRONMENT = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_worker_register_timeout_seconds": "300",
}

ATTEMPTS = 3


def without_tensorflow() -> None:
    """Make `import tensorflow` fail in a process that has not done it: 5 s and 400 MB a worker, for nothing.

    Flower's simulation imports TensorFlow wherever it can, and does without it where it cannot.
    """
    sys.modules.setdefault("tensorflow", None)  # type: ignore[arg-type]


@contextmanager
def workers() -> Iterator[None]:
    """Start Ray with all logs and warnings off, and undo everything at the end, the environment too."""
    environment, logs = dict(os.environ), logging.root.manager.disable
    os.environ.update(ENVIRONMENT)  # read when the two are imported
    logging.disable()
    without_tensorflow()
    try:
        with quiet(), warnings.catch_warnings():  # quiet: Ray's C++ parts write to file descriptor 2
            warnings.simplefilter("ignore")
            import flwr.simulation  # noqa: F401
            import ray
            from flwr.supercore import telemetry

            telemetry.FLWR_TELEMETRY_ENABLED = (
                "0"  # if Flower was imported before, it did not see our environment
            )
            _start()
            try:
                yield
            finally:
                ray.shutdown()
    finally:
        logging.disable(logs)
        if sys.modules.get("tensorflow", ...) is None:
            del sys.modules["tensorflow"]
        os.environ.clear()
        os.environ.update(environment)


def _start() -> None:
    """Start Ray, which gives its processes 30 s, of which a busy machine may need more: so try again."""
    import psutil
    import ray

    ours = psutil.Process()
    for attempt in range(1, ATTEMPTS + 1):
        before = ours.children()
        try:
            ray.init(**RAY)
            return
        except Exception as error:  # Ray raises a bare Exception, and leaves what it started
            ray.shutdown()
            for child in [child for child in ours.children() if child not in before]:
                for process in [*child.children(recursive=True), child]:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
            if attempt == ATTEMPTS:
                raise PlaybookError(
                    f"Ray did not start ({error}): close other programs and run the cell again."
                ) from error
