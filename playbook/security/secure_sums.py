"""Secure sums for real: Flower's SecAgg+ with key agreement, masks, and clients that drop out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.flower import silent

if TYPE_CHECKING:
    from flwr.app import ConfigRecord, Context
    from flwr.client import Client
    from flwr.clientapp import ClientApp

    from playbook.security.grids import InProcess

CLIPPING = 8.0  # values outside of +-8 would be cut off in silence
UNITS = 2**22  # steps of the fixed point between -8 and 8
KEY = "secaggplus_configs"  # the record of a message that the protocol travels in
MASKED = 2  # of the four exchanges (keys, shares, masked sums, unmasking) the one that carries the data


@dataclass(frozen=True)
class SecureSum:
    """What SecAgg+ gives: the weighted mean of those who answered, how many, and what each of them sent.

    `sent` holds integers below 2 ** 32: the number of rows and the update under masks. `bytes_up` counts all
    that the server received: keys, encrypted shares and masked updates.
    """

    mean: np.ndarray
    answered: int
    sent: list[np.ndarray]
    bytes_up: int


def secagg_plus(
    updates: Sequence[np.ndarray], rows: Sequence[int], dropped: Collection[int] = (), threshold: float = 0.6
) -> SecureSum:
    """Average the clients' updates, weighted by rows, with Flower's SecAgg+ (Bell et al. 2020).

    Clients agree on pairwise masks (elliptic-curve Diffie-Hellman), and share the keys to their masks among
    each other (Shamir). `dropped` leave when the masks are agreed on and before they have sent anything: the
    others' shares undo what is then missing from the sum, as long as the share `threshold` of the clients is
    left. The mean is right to about 1e-5 (22 bits between -8 and 8). Raises PlaybookError for values outside
    of that, and when too few are left.

    >>> updates = [np.array([0.0, 3.0]), np.array([1.0, 1.0]), np.array([4.5, 4.5])]
    >>> secure = secagg_plus(updates, [100, 100, 900], dropped={2})
    >>> secure.answered, secure.mean.round(3)
    (2, array([0.5, 2. ]))
    """
    values = np.asarray(updates, dtype=float)
    if not np.abs(values).max(initial=0) < CLIPPING:
        raise PlaybookError(
            f"An update holds a value that is not below {CLIPPING:g}: clip it before the sum."
        )
    from playbook.security.grids import InProcess

    gone = set(dropped)
    with silent():
        grid = InProcess(_client(values, rows), len(values), lambda client, n: client in gone and n >= MASKED)
        mean = _protocol(grid, values.shape[1:], threshold, float(max(rows)))
    if mean is None:
        raise PlaybookError(
            f"{len(values) - len(gone)} of {len(values)} clients are too few to unmask the sum."
        )
    records = [reply.content.config_records[KEY] for reply in grid.replies if reply.has_content()]
    heard = sum(_size(value) for record in records for value in record.values())
    return SecureSum(mean, len(values) - len(gone), _masked(records), heard)


def _client(values: np.ndarray, rows: Sequence[int]) -> "ClientApp":
    from flwr.client import NumPyClient
    from flwr.client.mod import secaggplus_mod
    from flwr.clientapp import ClientApp

    class Sender(NumPyClient):
        def __init__(self, client: int) -> None:
            self.client = client

        def fit(self, parameters: list, config: dict) -> tuple:
            return [values[self.client]], int(rows[self.client]), {}

    def sender(context: "Context") -> "Client":
        return Sender(int(context.node_config["partition-id"])).to_client()

    return ClientApp(sender, [secaggplus_mod])


def _protocol(grid: "InProcess", shape: tuple, threshold: float, heaviest: float) -> np.ndarray | None:
    """Run the four exchanges of one round, and give the mean, or None when too few are left."""
    from flwr.app import ConfigRecord, Context, RecordDict
    from flwr.common import ndarrays_to_parameters, parameters_to_ndarrays
    from flwr.compat.common import recorddict_compat as compat
    from flwr.server import LegacyContext, ServerConfig, SimpleClientManager
    from flwr.server.compat.grid_client_proxy import GridClientProxy
    from flwr.server.strategy import FedAvg
    from flwr.server.workflow import SecAggPlusWorkflow
    from flwr.server.workflow.constant import MAIN_CONFIGS_RECORD, MAIN_PARAMS_RECORD, Key

    manager, strategy = SimpleClientManager(), FedAvg(min_fit_clients=len(grid.get_node_ids()))
    for node in grid.get_node_ids():
        manager.register(GridClientProxy(node, grid, 0))
    context = LegacyContext(Context(0, 0, {}, RecordDict(), {}), ServerConfig(1), strategy, manager)
    context.state.config_records[MAIN_CONFIGS_RECORD] = ConfigRecord({Key.CURRENT_ROUND: 1})
    first = ndarrays_to_parameters([np.full(shape, np.nan)])
    context.state.array_records[MAIN_PARAMS_RECORD] = compat.parameters_to_arrayrecord(first, keep_input=True)
    SecAggPlusWorkflow(
        1.0, threshold, max_weight=heaviest, clipping_range=CLIPPING, quantization_range=UNITS
    )(grid, context)
    result = context.state.array_records[MAIN_PARAMS_RECORD]
    mean = parameters_to_ndarrays(compat.arrayrecord_to_parameters(result, keep_input=True))[0]
    return None if np.isnan(mean).any() else mean


def _size(value: object) -> int:
    parts = value if isinstance(value, list) else [value]
    return sum(len(part) if isinstance(part, bytes) else 8 for part in parts)


def _masked(records: "list[ConfigRecord]") -> list[np.ndarray]:
    """Give what each client sent in the third exchange, as the server saw it."""
    from flwr.common import bytes_to_ndarray

    masked = [record["masked_params"] for record in records if "masked_params" in record]
    return [np.concatenate([bytes_to_ndarray(part).ravel() for part in parts]) for parts in masked]
