"""The two ways that Flower's messages take here: to clients in this process, and to nodes that may vanish."""

import copy
import time
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flwr.app import Context, Error, Message, RecordDict
from flwr.serverapp import Grid

if TYPE_CHECKING:
    from flwr.clientapp import ClientApp

POLL, GRACE, AWAY = 0.2, 4.0, 45.0  # seconds: a SuperNode looks for work every 3, and beats every 30


class InProcess(Grid):
    """Runs a client app for nodes 1 to `clients` in this process: no start-up, no sockets, the same messages.

    `silent` says whether a client (0 to clients - 1) leaves the n-th exchange (0, 1, ...) without an answer;
    `replies` keeps everything that the server has got to see.
    """

    def __init__(
        self, app: "ClientApp", clients: int, silent: Callable[[int, int], bool] = lambda client, n: False
    ) -> None:
        self.app, self.silent, self.exchanges, self.replies = app, silent, 0, []
        self.contexts = {
            node: Context(0, node, {"partition-id": node - 1}, RecordDict(), {})
            for node in range(1, clients + 1)
        }

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> list[Message]:
        """Let the app answer the messages, at once and in turn."""
        messages = [m for m in messages if not self.silent(m.metadata.dst_node_id - 1, self.exchanges)]
        self.exchanges += 1
        answers = [self._answer(message) for message in messages]
        self.replies += answers
        return answers

    def _answer(self, message: Message) -> Message:
        message = copy.deepcopy(message)  # as over a wire: nothing is shared
        message.metadata.__dict__["_message_id"] = str(uuid.uuid4())
        try:
            return self.app(message, self.contexts[message.metadata.dst_node_id])
        except Exception as error:  # what a SuperNode does: it reports, and lives on
            return Message(Error(0, f"{type(error).__name__}: {error}"), reply_to=message)

    def get_node_ids(self) -> list[int]:
        """Give the nodes 1 to clients."""
        return list(self.contexts)

    def _unused(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        raise NotImplementedError("the clients are in this process: use send_and_receive")

    run = property(_unused)
    set_run = create_message = push_messages = pull_messages = _unused


class Patient:
    """Wraps a grid: after the first answer the others get half as long again and `GRACE`, or are lost.

    A node that is lost is not asked for `AWAY` seconds; started anew, it comes back under another id.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid, self.lost = grid, {}

    def get_node_ids(self) -> list[int]:
        """Give the nodes that are connected and have not been lost."""
        recently = time.monotonic() - AWAY
        return sorted(n for n in self.grid.get_node_ids() if self.lost.get(n, recently) <= recently)

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> list[Message]:
        """Send the messages and wait for the answers, no longer than the first one makes reasonable."""
        messages = list(messages)
        asked = {message.metadata.dst_node_id for message in messages}
        waiting, answers, start = set(self.grid.push_messages(messages)), [], time.monotonic()
        end = start + (timeout or float("inf"))
        while waiting and time.monotonic() < end:
            arrived = list(self.grid.pull_messages(waiting))
            if arrived and not answers:
                end = min(end, time.monotonic() + (time.monotonic() - start) / 2 + GRACE)
            answers += arrived
            waiting -= {message.metadata.reply_to_message_id for message in arrived}
            time.sleep(POLL if waiting else 0)
        missing = asked - {message.metadata.src_node_id for message in answers}
        self.lost |= dict.fromkeys(missing, time.monotonic())
        return answers
