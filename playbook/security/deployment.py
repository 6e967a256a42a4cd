"""A federation as it is deployed: a SuperLink and SuperNodes, processes that talk HTTP over loopback."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.flower import Federated, client_app, counting, server_app
from playbook.security.logistic import Share

if TYPE_CHECKING:
    import psutil
    from flwr.clientapp import ClientApp
    from flwr.serverapp import ServerApp

HOST = "127.0.0.1"
INSTALL_NOTHING = "--disable-runtime-dependency-installation"
# Nothing is sent home, nothing is asked for on the net, no proxy stands between two processes of one machine.
ENVIRONMENT = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "FLWR_DISABLE_UPDATE_CHECK": "1",
    "FLWR_SUPEREXEC_TASK_POLL_INTERVAL": "0.2",
    "NO_PROXY": HOST,
    "no_proxy": HOST,
}
PROJECT = """\
[project]
name = "lenders"
version = "1.0.0"
[tool.flwr.app]
publisher = "playbook"
[tool.flwr.app.components]
serverapp = "server:app"
clientapp = "client:app"
"""
SERVER = """\
from playbook.security.deployment import server
app = server({clients}, {rounds}, {features}, {folder!r})
"""
CLIENT = """\
from playbook.security.deployment import client
app = client({steps}, {learning_rate})
"""
LOOPBACK = '[superlink]\ndefault = "loop"\n[superlink.loop]\naddress = "{host}:{port}"\ninsecure = true\n'


def server(clients: int, rounds: int, features: int, folder: str) -> "ServerApp":
    """Make the app that the SuperLink runs: the same one, which leaves each round's model in `folder`."""
    run = Federated(np.zeros(features + 1))

    def keep(model: np.ndarray) -> float:
        done = Path(folder, f"{len(run.answers)}.npz")
        np.savez(done.with_suffix(".part.npz"), model=model, answers=run.answers)
        done.with_suffix(".part.npz").replace(done)
        return 0.0

    return server_app(counting("FedAvg", clients, 1, run), rounds, keep, run)


def client(steps: int, learning_rate: float) -> "ClientApp":
    """Make the app that each SuperNode runs: the same one, on the rows in the node's own file."""

    def share(node: dict) -> Share:
        with np.load(node["share"], allow_pickle=False) as rows:
            return rows["x"], rows["y"]

    return client_app(share, steps, learning_rate)


def deploy(
    shares: Sequence[Share],
    rounds: int,
    steps: int,
    learning_rate: float,
    *,
    kill: bool = True,
    seconds: float = 240,
) -> Federated:
    """Run federated averaging with a process for the server and one for each client; give the last model.

    With `kill` the last client's process is killed after the first round and started again: the second round
    is missing it, the third has it back. Takes about 10 s a round. Raises PlaybookError when the processes do
    not finish within `seconds`; in every case they are gone afterwards.
    """
    with TemporaryDirectory() as name, _processes(Path(name)) as start:
        folder, link = Path(name), _free_port()
        _write(folder, shares, rounds, steps, learning_rate, link)
        start("flower-superlink", "--insecure", "--host", HOST, f"--port={link}", INSTALL_NOTHING)

        def join(number: int) -> "psutil.Process":
            rows = f'partition-id={number} share="{(folder / f"share-{number}.npz").as_posix()}"'
            where = (f"--superlink={HOST}:{link}", f"--host={HOST}", f"--port={_free_port()}")
            return start("flower-supernode", "--insecure", *where, "--node-config", rows)

        end = time.monotonic() + seconds
        nodes = [join(number) for number in range(len(shares))]
        _until(lambda: _listens(link), end)
        start("flwr", "run", str(folder / "app"), "loop")
        if kill:
            _until((folder / "1.npz").exists, end)
            _end(nodes[-1])
            join(len(shares) - 1)
        _until((folder / f"{rounds}.npz").exists, end)
        with np.load(folder / f"{rounds}.npz", allow_pickle=False) as done:
            return Federated(done["model"], answers=done["answers"].tolist())


def _write(folder: Path, shares: Sequence[Share], rounds: int, steps: int, rate: float, port: int) -> None:
    """Write each client's rows, the app's three files, and where the SuperLink is."""
    for number, (x, y) in enumerate(shares):
        np.savez(folder / f"share-{number}.npz", x=x, y=y)
    app, features = folder / "app", shares[0][0].shape[1]
    app.mkdir()
    (app / "pyproject.toml").write_text(PROJECT)
    code = SERVER.format(clients=len(shares), rounds=rounds, features=features, folder=str(folder))
    (app / "server.py").write_text(code)
    (app / "client.py").write_text(CLIENT.format(steps=steps, learning_rate=rate))
    (folder / "config.toml").write_text(LOOPBACK.format(host=HOST, port=port))


@contextmanager
def _processes(folder: Path) -> "Iterator[Callable[..., psutil.Process]]":
    """Give a function that starts a command of this environment, and end all that it started."""
    import psutil

    import playbook

    programs, package = str(Path(sys.executable).parent), str(Path(playbook.__file__).parents[1])
    path = {
        "PATH": programs + os.pathsep + os.environ["PATH"],
        "PYTHONPATH": package,
        "FLWR_HOME": str(folder),
    }
    started = []

    def start(program: str, *arguments: str) -> "psutil.Process":
        with (folder / "log").open("ab") as log:
            command = [str(Path(programs, program)), *arguments]
            started.append(
                psutil.Popen(
                    command,
                    env=os.environ | ENVIRONMENT | path,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                )
            )
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            _end(process)


def _end(process: "psutil.Process") -> None:
    """Kill a process and all that it started, at once."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, timeout=10)


def _until(done: Callable[[], bool], end: float) -> None:
    while not done():
        if time.monotonic() > end:
            raise PlaybookError("The deployed federation did not finish in time: is the machine busy?")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), 1):
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
