"""Sets a network's smallest weights to zero: over all of it, matrix by matrix, or two of every four."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost import compression
from playbook.cost.compression import Measured
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from keras_hub.models import LlamaBackbone

WAYS = ("global", "layer", "2:4")
COARSE, FINE = (0.1, 0.3), (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def masks(weights: Sequence[np.ndarray], sparsity: float = 0.5, how: str = "global") -> list[np.ndarray]:
    """Say which weights of matrices (inputs, outputs) stay (True), by magnitude; the share `sparsity` goes.

    how: "global" cuts all matrices at one magnitude; "layer" takes the same share from each; of equals at the
    cut all go. "2:4" keeps the two largest of every four inputs of an output, the pattern that sparse tensor
    cores speed up, whose sparsity is one half; of equals the first stays. Raises PlaybookError for another
    way, a sparsity that is not from 0 to below 1, no weights, and inputs that fours do not divide.
    Sources: Han et al., arXiv:1506.02626; Mishra et al., arXiv:2104.08378, for 2:4.

    >>> masks([np.array([[0.1, -3.0], [2.0, 0.5]])], 0.5)[0].tolist()
    [[False, True], [True, False]]
    """
    if how not in WAYS:
        raise PlaybookError(f"there is no way to prune called {how!r}: the ways are {', '.join(WAYS)}.")
    if isinstance(sparsity, bool) or not 0 <= sparsity < 1:
        raise PlaybookError(f"sparsity is {sparsity!r}: give the share that goes, from 0 to below 1.")
    if not len(weights):
        raise PlaybookError("there are no weights to prune: give a list of matrices.")
    sizes = [np.abs(weight) for weight in weights]
    if how == "2:4":
        return [_two_of_four(size, sparsity) for size in sizes]
    if how == "layer":
        return [size > _cut(size.ravel(), sparsity) for size in sizes]
    cut = _cut(np.concatenate([size.ravel() for size in sizes]), sparsity)
    return [size > cut for size in sizes]


def _cut(sizes: np.ndarray, sparsity: float) -> float:
    gone = round(sparsity * sizes.size)
    return float(np.partition(sizes, gone - 1)[gone - 1]) if gone else -1.0


def _two_of_four(size: np.ndarray, sparsity: float) -> np.ndarray:
    inputs, outputs = size.shape
    if sparsity != 0.5 or inputs % 4:
        raise PlaybookError(
            f"2:4 takes half of every four inputs: sparsity is {sparsity} and there are {inputs} inputs."
        )
    fours = size.reshape(-1, 4, outputs).transpose(1, 0, 2)
    kept = []
    for i, one in enumerate(fours):
        # of equals the first counts as the larger
        larger = [other >= one if j < i else other > one for j, other in enumerate(fours) if j != i]
        kept.append(np.sum(larger, axis=0, dtype=np.int8) < 2)
    return np.stack(kept, axis=1).reshape(inputs, outputs)


def sparse_bytes(weights: Sequence[np.ndarray]) -> int:
    """Bytes of matrices kept as one bit a weight that says whether it is there, and those that are.

    2:4 needs as much: two bits for each weight that stays, and half of them stay.

    >>> sparse_bytes([np.array([[0.0, 1.5], [0.0, 0.0]], np.float32)])
    5
    """
    return sum(-(-weight.size // 8) + weight.itemsize * int(np.count_nonzero(weight)) for weight in weights)


def plan(fine: bool = False) -> list[tuple[str, float]]:
    """List (way, sparsity): shares of 10 and 30 % (`fine`: to 70 %) overall and matrix by matrix, and 2:4.

    >>> plan()[-2:]
    [('layer', 0.3), ('2:4', 0.5)]
    """
    return [(way, share) for way in ("global", "layer") for share in (FINE if fine else COARSE)] + [
        ("2:4", 0.5)
    ]


def sweep(
    backbone: "LlamaBackbone",
    losses: Callable,
    ids: np.ndarray,
    base: Measured,
    plan: Sequence[tuple[str, float]],
) -> pd.DataFrame:
    """Prune as each (way, sparsity) of `plan` says, score the blocks `ids`, and put the weights back.

    losses: of `layerwise(backbone)`; base: what `backbone` scores unpruned. Gives the rows of
    `compression.row`, and `way` and `sparsity`. On disk the matrices are counted as in `sparse_bytes`; in
    memory a zero takes the room of any other number, since the network multiplies by it like any other.
    """
    variables = compression.matrices(backbone)
    dense = [compression.as_matrix(variable) for variable in variables]
    memory = compression.memory_bytes(backbone)
    rest = memory - sum(weight.nbytes for weight in dense)
    rows = {}
    with compression.changed(variables, dense):  # puts the weights back after the last way
        for how, sparsity in plan:
            pruned = [w * mask for w, mask in zip(dense, masks(dense, sparsity, how), strict=True)]
            for variable, value in zip(variables, pruned, strict=True):
                variable.assign(value.reshape(variable.shape))
            measured = compression.measure(losses, ids)
            row = compression.row(measured, base, rest + sparse_bytes(pruned), memory)
            rows[f"pruned {sparsity:.0%}, {how}"] = {"way": how, "sparsity": sparsity} | row
    return pd.DataFrame.from_dict(rows, orient="index")
