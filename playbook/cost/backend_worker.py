"""Trains a small Llama on one framework and says what it took: the script that `backends` starts.

One process a framework, since Keras chooses its backend when it is imported.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from playbook.cost.processes import child
from playbook.cost.resident import peak_memory

# how `compile` is asked for each way to run a step
MODES = {
    "eager": {"run_eagerly": True, "jit_compile": False},
    "graph": {"run_eagerly": False, "jit_compile": False},
    "xla": {"run_eagerly": False, "jit_compile": True},
}


def work(plan: dict, say: Callable[..., None]) -> None:
    """Import the framework, train in each mode of the plan, and say one line a mode."""
    if plan["folder"]:
        sys.path.append(plan["folder"])  # at the end: nothing of the environment is replaced
    import keras

    imported = time.time() - plan["spawned"]
    batches = np.load(plan["batches"], allow_pickle=False)
    for mode in plan["modes"]:
        with peak_memory() as peak:
            start = time.time()
            model = _model(keras, plan, MODES[mode])
            losses, wall, processor = _train(model, batches)
        tokens = batches[0, :, 1:].size
        say(
            mode=mode,
            start_seconds=imported + wall[0] - start,
            tokens_per_second=tokens / np.median(np.diff(wall)),
            tokens_per_processor_second=tokens / np.median(np.diff(processor)),
            peak_bytes=peak.highest,
            losses=losses,
            parameters=model.count_params(),
        )
        del model
        keras.backend.clear_session()


def _model(keras, plan: dict, how: dict):  # noqa: ANN001, ANN202 - Keras of whichever backend
    from playbook.cost import network

    model = network.llama(tuple(plan["shape"]), plan["vocabulary"], plan["sequence"], plan["seed"])
    optimizer = keras.optimizers.AdamW(plan["learning_rate"], weight_decay=0.1, beta_2=0.95)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), **how)
    return model


def _train(model, batches: np.ndarray) -> tuple[list[float], list[float], list[float]]:  # noqa: ANN001
    # the loss of each step, and the two clocks after it
    losses, wall, processor = [], [], []
    for batch in batches:
        losses.append(float(model.train_on_batch(batch[:, :-1], batch[:, 1:])))
        wall.append(time.time())
        processor.append(time.process_time())
    return losses, wall, processor


if __name__ == "__main__":
    child(work)
