"""Adapts a trained model to one's own text: low-rank adaptation (LoRA) against full fine-tuning."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost import compression
from playbook.cost.checks import positive, whole
from playbook.cost.compression import Measured
from playbook.cost.layerwise import layerwise
from playbook.cost.resident import peak_memory
from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    from playbook.lm import LanguageModel

# Of each way the best of three rates for a few steps of SmolLM2 (5e-3 to 2e-2; 3e-5 to 3e-4): thin matrices
# that start at zero take larger steps than weights that have learned already.
LEARNING_RATE = {"lora": 1e-2, "full": 1e-4}
BATCH, SEQUENCE = 2, 64


def stored_lora_parameters(width: int, layers: int, heads: int, rank: int, groups: int | None = None) -> int:
    """Parameters that LoRA trains on query and value in KerasHub, which stores heads on an axis of their own.

    Only the last axis is made thin: the first factor has width x heads x rank parameters, not width x rank.
    groups: key-value heads, where they are fewer than the `heads` of the query. Raises PlaybookError unless
    all are whole and positive and the heads divide the width.

    >>> stored_lora_parameters(width=576, layers=30, heads=9, rank=4, groups=3)  # SmolLM2-135M
    844800
    """
    if whole("width", width) % whole("heads", heads):
        raise PlaybookError(f"width is {width}: it has to be a multiple of the {heads} heads.")
    rank, head = whole("rank", rank), width // heads
    kept = (heads, whole("groups", heads if groups is None else groups))
    return whole("layers", layers) * sum(width * n * rank + rank * head for n in kept)


def adaptation_flops(params: float, tokens: float, low_rank: bool = True) -> float:
    """Operations to train `params` parameters on `tokens` tokens: 6ND in full, 4ND where they are frozen.

    Forward and the gradients of activations take 2ND each with or without LoRA; only the 2ND for gradients
    of the frozen weights fall away. The thin matrices themselves, below one percent, are left out.

    >>> round(adaptation_flops(135e6, 1e6) / adaptation_flops(135e6, 1e6, low_rank=False), 2)
    0.67
    """
    return (4 if low_rank else 6) * positive("params", params) * positive("tokens", tokens)


@dataclass(frozen=True, eq=False)
class Adapted:
    """A model adapted to a text, and what that took; bytes are of arrays counted, the peak was watched."""

    model: "LanguageModel"
    trained: int  # parameters
    weight_bytes: int
    gradient_bytes: int
    optimiser_bytes: int
    peak_bytes: int  # resident memory that the steps added to the process
    processor_seconds: float
    losses: np.ndarray  # nats a token, one a step

    @property
    def state_bytes(self) -> int:
        """Weights, gradients and optimiser states together."""
        return self.weight_bytes + self.gradient_bytes + self.optimiser_bytes


def adapt(
    model: "LanguageModel", ids: np.ndarray, *, rank: int | None, steps: int = 8, learning_rate: float = 0.0
) -> Adapted:
    """Train a copy of `model` for some steps of 2 texts of 64 tokens, with LoRA of `rank`, or in full (None).

    ids: at least (2 x steps, 65) token ids, read in order, so that two runs see the same text. Adam in
    32-bit floats; learning_rate: 0 takes that of LEARNING_RATE. Raises PlaybookError for too few texts.
    """
    rows = whole("steps", steps) * BATCH
    if np.ndim(ids) != 2 or len(ids) < rows or ids.shape[1] <= SEQUENCE:
        raise PlaybookError(
            f"{steps} steps need {rows} texts of {SEQUENCE + 1} tokens, got {np.shape(ids)}: give more text."
        )
    import keras

    from playbook.lm.model import LanguageModel, copy_backbone

    with quiet():
        keras.utils.set_random_seed(0)
        twin = copy_backbone(model.backbone)
        if rank is not None:
            twin.enable_lora(rank=whole("rank", rank))
    kind = "full" if rank is None else "lora"
    optimiser = keras.optimizers.Adam(learning_rate or LEARNING_RATE[kind])
    batches = ids[:rows, : SEQUENCE + 1].reshape(steps, BATCH, -1)
    start = time.process_time()
    with peak_memory() as peak:
        losses, gradient_bytes = _train(layerwise(twin), twin.trainable_variables, batches, optimiser)
    seconds = time.process_time() - start
    trained = sum(math.prod(weight.shape) for weight in twin.trainable_variables)
    kept = sum(4 * math.prod(state.shape) for state in optimiser.variables)
    adapted = LanguageModel(twin, model.tokenizer, f"{model.name}-{kind}", model.context)
    weights = compression.memory_bytes(twin)
    return Adapted(adapted, trained, weights, gradient_bytes, kept, peak.added, seconds, losses)


def compare(
    model: "LanguageModel", ids: np.ndarray, held_out: np.ndarray, base: Measured, *, rank: int, steps: int
) -> pd.DataFrame:
    """Adapt `model` with LoRA and in full, each for `steps` steps on `ids` as `adapt` does, and score both.

    held_out: blocks (blocks, tokens), base: what `model` scored on them. A row a way: trained (parameters),
    state_gb (weights, gradients, optimiser; counted), peak_gb (watched), processor_seconds, before and after
    (nats a token), rise, low and high of `compression.paired`. GB are 1e9 bytes.
    """
    columns = ["trained", "state_gb", "peak_gb", "processor_seconds"]
    columns += ["before", "after", "rise", "low", "high"]
    rows = {}
    for name, wanted in {"LoRA": rank, "full": None}.items():
        run = adapt(model, ids, rank=wanted, steps=steps)
        after = compression.measure(layerwise(run.model.backbone), held_out).losses
        bill = run.trained, run.state_bytes / 1e9, run.peak_bytes / 1e9, run.processor_seconds
        rows[name] = (*bill, base.losses.mean(), after.mean(), *compression.paired(after, base.losses))
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _train(
    forward: Callable, variables: list, batches: np.ndarray, optimiser: object
) -> tuple[np.ndarray, int]:
    import tensorflow as tf

    losses = []
    weights = [variable.value for variable in variables]
    for batch in batches:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(forward(batch))
        # the embedding is read by rows and multiplied as a matrix: its gradient is put together here
        gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, weights)]
        optimiser.apply(gradients, variables)
        losses.append(float(loss))
    return np.array(losses), sum(gradient.dtype.size * math.prod(gradient.shape) for gradient in gradients)
