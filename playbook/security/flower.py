"""The two apps of a federated run, client and server, in Flower's terms."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.lenders import Share
from playbook.security.logistic import train
from playbook.security.workers import workers

if TYPE_CHECKING:
    from flwr.clientapp import ClientApp
    from flwr.serverapp import ServerApp
    from flwr.serverapp.strategy import FedAvg

    from playbook.security.federated import Federated

ROUND_SECONDS = 600


def client_app(shares: Sequence[Share], steps: int, learning_rate: float) -> "ClientApp":
    """Make the Flower app of a client: train the server's model on the own share, and send it back."""
    from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
    from flwr.clientapp import ClientApp

    app = ClientApp()

    @app.train()
    def fit(message: Message, context: Context) -> Message:
        client = int(context.node_config["partition-id"])
        x, y = shares[client]
        model = train(message.content["arrays"]["model"].numpy(), x, y, steps, learning_rate)
        metrics = MetricRecord({"num-examples": len(y), "client": client})
        content = RecordDict({"arrays": ArrayRecord({"model": Array(model)}), "metrics": metrics})
        return Message(content, reply_to=message)

    return app


def server_app(
    strategy: "FedAvg", rounds: int, evaluate: Callable[[np.ndarray], float], run: "Federated"
) -> "ServerApp":
    """Make the Flower app of the server: `rounds` rounds from `run.model`, model and scores left in `run`."""
    from flwr.app import Array, ArrayRecord, Context, MetricRecord
    from flwr.serverapp import Grid, ServerApp

    app = ServerApp()

    def score(round_number: int, arrays: ArrayRecord) -> MetricRecord | None:
        if round_number:  # 0 is the model before training
            run.model = arrays["model"].numpy()
            run.scores.append(float(evaluate(run.model)))
        return None

    @app.main()
    def main(grid: Grid, context: Context) -> None:
        start = ArrayRecord({"model": Array(run.model)})
        strategy.start(grid, start, num_rounds=rounds, timeout=ROUND_SECONDS, evaluate_fn=score)

    return app


def counting_fedavg(clients: int, run: "Federated") -> "FedAvg":
    """Make a FedAvg of Flower's that counts bytes, adds up in the order of the clients, and misses none."""
    from flwr.serverapp.strategy import FedAvg

    def size(messages: list) -> int:
        return sum(len(array.data) for message in messages for array in message.content["arrays"].values())

    class CountingFedAvg(FedAvg):
        def configure_train(self, *args: Any) -> list:  # noqa: ANN401
            messages = list(super().configure_train(*args))
            run.bytes_down += size(messages)
            return messages

        def aggregate_train(self, server_round: int, replies: Any) -> tuple:  # noqa: ANN401
            replies = list(replies)
            failed = [reply.error.reason for reply in replies if reply.has_error()]
            if failed or len(replies) < clients:  # Flower averages the others, and says so in its log only
                raise PlaybookError(
                    f"Round {server_round}: a client failed ({(failed or ['no answer'])[0]})."
                )
            run.bytes_up += size(replies)
            replies.sort(key=lambda reply: reply.content["metrics"]["client"])  # they come in any order
            return super().aggregate_train(server_round, replies)

    return CountingFedAvg(fraction_evaluate=0.0, min_train_nodes=clients, min_available_nodes=clients)


def simulate(
    shares: Sequence[Share],
    rounds: int,
    steps: int,
    learning_rate: float,
    evaluate: Callable[[np.ndarray], float],
    run: "Federated",
) -> None:
    """Run the apps in Flower's simulation, one virtual client a share, and leave the outcome in `run`."""
    with workers():
        # Deprecated in 1.41 in favour of `flwr run`, a command that needs a project folder and a server
        # process: inside a notebook there is no other way.
        from flwr.simulation import run_simulation

        run_simulation(
            server_app(counting_fedavg(len(shares), run), rounds, evaluate, run),
            client_app(shares, steps, learning_rate),
            num_supernodes=len(shares),
            backend_config={"client_resources": {"num_cpus": 1, "num_gpus": 0.0}},
        )
