"""The two apps of a federated run, client and server, in Flower's terms."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.logistic import Gradient, Share, gradient, train

if TYPE_CHECKING:
    from flwr.clientapp import ClientApp
    from flwr.serverapp import ServerApp
    from flwr.serverapp.strategy import FedAvg

Answer = Callable[
    [int, np.ndarray, np.ndarray], np.ndarray
]  # client, model before, model trained: what is sent

ROUND_SECONDS = 600
STRATEGIES = ("FedAvg", "FedProx", "FedMedian", "Krum")


@dataclass
class Federated:
    """What a run gives: the last model; each round's score and answers; the bytes of the models sent."""

    model: np.ndarray
    scores: list[float] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    bytes_down: int = 0
    bytes_up: int = 0


def honest(client: int, before: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """Send what was trained.

    >>> honest(0, np.zeros(1), np.ones(1))
    array([1.])
    """
    return trained


def client_app(
    share: Callable[[Any], Share],
    steps: int,
    learning_rate: float,
    slope: Gradient = gradient,
    answer: Answer = honest,
) -> "ClientApp":
    """Make the Flower app of a client: train the server's model on the own share, and send the `answer` back.

    `share` finds the client's rows by its node's configuration. FedProx sends its mu along with the model.
    """
    from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
    from flwr.clientapp import ClientApp

    app = ClientApp()

    @app.train()
    def fit(message: Message, context: Context) -> Message:
        client = int(context.node_config["partition-id"])
        x, y = share(context.node_config)
        before = message.content["arrays"]["model"].numpy()
        mu = float(message.content["config"].get("proximal-mu", 0.0))
        model = answer(client, before, train(before, x, y, steps, learning_rate, proximal=mu, slope=slope))
        metrics = MetricRecord({"num-examples": len(y), "client": client})
        content = RecordDict({"arrays": ArrayRecord({"model": Array(model)}), "metrics": metrics})
        return Message(content, reply_to=message)

    return app


def server_app(
    strategy: "FedAvg", rounds: int, evaluate: Callable[[np.ndarray], float], run: Federated
) -> "ServerApp":
    """Make the Flower app of the server: `rounds` rounds from `run.model`, model and scores left in `run`."""
    from flwr.app import Array, ArrayRecord, Context, MetricRecord
    from flwr.serverapp import Grid, ServerApp

    from playbook.security.grids import InProcess, Patient

    app = ServerApp()

    def score(round_number: int, arrays: ArrayRecord) -> MetricRecord | None:
        if round_number:  # 0 is the model before training
            run.model = arrays["model"].numpy()
            run.scores.append(float(evaluate(run.model)))
        return None

    @app.main()
    def main(grid: Grid, context: Context) -> None:
        start = ArrayRecord({"model": Array(run.model)})
        grid = grid if isinstance(grid, InProcess) else Patient(grid)
        strategy.start(grid, start, num_rounds=rounds, timeout=ROUND_SECONDS, evaluate_fn=score)

    return app


def counting(name: str, clients: int, fewest: int, run: Federated, **options: float) -> "FedAvg":
    """Make a strategy of Flower's that counts bytes, and adds up in the order of the clients.

    Of `clients` clients at least `fewest` have to answer in every round, and none may fail.
    """
    from flwr.serverapp import strategy

    if name not in STRATEGIES:
        raise PlaybookError(f"there is no strategy {name!r}: use one of {', '.join(STRATEGIES)}.")

    def size(messages: list) -> int:
        return sum(len(array.data) for message in messages for array in message.content["arrays"].values())

    class Counting(getattr(strategy, name)):
        def configure_train(self, *args: Any) -> list:  # noqa: ANN401
            messages = list(super().configure_train(*args))
            run.bytes_down += size(messages)
            return messages

        def aggregate_train(self, server_round: int, replies: Any) -> tuple:  # noqa: ANN401
            replies = list(replies)
            failed = [reply.error.reason for reply in replies if reply.has_error()]
            if failed or len(replies) < fewest:  # Flower averages the others, and says so in its log only
                raise PlaybookError(
                    f"Round {server_round}: a client failed ({(failed or ['no answer'])[0]})."
                )
            run.answers.append(len(replies))
            run.bytes_up += size(replies)
            replies.sort(key=lambda reply: reply.content["metrics"]["client"])  # they come in any order
            return super().aggregate_train(server_round, replies)

    return Counting(fraction_evaluate=0.0, min_train_nodes=clients, min_available_nodes=clients, **options)


@contextmanager
def silent() -> Iterator[None]:
    """Keep Flower's log lines and its telemetry off inside the block, and be nobody in particular there."""
    from flwr.supercore import telemetry
    from flwr.supercore.task_identity import TaskIdentity

    TaskIdentity.task_id = TaskIdentity.run_id = TaskIdentity.node_id = 0  # what messages are stamped with
    logs = logging.root.manager.disable
    telemetry.FLWR_TELEMETRY_ENABLED = "0"  # read from the environment when Flower was imported
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logs)
