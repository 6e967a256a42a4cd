"""One worker of a synchronous training over several processes: the script that `workers` starts.

A loop of its own, since `fit` of Keras 3 fails under this strategy (keras-team/keras issue 20585).
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playbook.cost.processes import child
from playbook.inputs.files import atomic_write

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def work(plan: dict, say: Callable[..., None]) -> None:
    """Train from the last checkpoint, or from the start, to the last batch; say one line a step."""
    index, addresses = plan["index"], [f"127.0.0.1:{port}" for port in plan["ports"]]
    if len(addresses) > 1:
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        os.environ["TF_CONFIG"] = json.dumps(task)
    _take_one_processor(index)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    strategy = tf.distribute.MultiWorkerMirroredStrategy()  # connects: before anything else uses TensorFlow
    batches = np.load(plan["batches"], allow_pickle=False)
    model, optimizer = _build(strategy, plan)
    checkpoint = Path(plan["checkpoint"])
    done = _restore(strategy, checkpoint, model, optimizer)
    step = _step(strategy, model, optimizer, batches[0, :, 1:].size)
    for number, batch in enumerate(batches[done:], done + 1):
        share = batch[index :: len(addresses)]
        loss = float(step(tf.constant(share[:, :-1]), tf.constant(share[:, 1:])))
        if index == 0 and number % plan["every"] == 0:  # the chief writes, all of them read
            _save(checkpoint, number, model, optimizer)
        say(step=number, loss=loss, wall=time.perf_counter(), processor=time.process_time())


def _take_one_processor(index: int) -> None:
    # one worker, one processor: else a single worker takes all of them, and two have nothing to add
    import psutil

    process = psutil.Process()
    if hasattr(process, "cpu_affinity"):
        mine = process.cpu_affinity()
        process.cpu_affinity([mine[index % len(mine)]])


def _build(strategy: "tf.distribute.Strategy", plan: dict) -> tuple:
    import keras

    from playbook.cost import network

    with strategy.scope():
        model = network.llama(tuple(plan["shape"]), plan["vocabulary"], plan["sequence"], plan["seed"])
        optimizer = keras.optimizers.AdamW(plan["learning_rate"], weight_decay=0.1, beta_2=0.95)
        optimizer.build(model.trainable_variables)  # here: a step may not make variables
    return model, optimizer


def _step(
    strategy: "tf.distribute.Strategy",
    model: "keras.Model",
    optimizer: "keras.optimizers.Optimizer",
    tokens: int,
) -> Callable:
    import keras
    import tensorflow as tf

    # each worker adds up its share and divides by the tokens of all: the sum over workers is then the mean
    total = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")

    def on_a_worker(ids: "tf.Tensor", answers: "tf.Tensor") -> "tf.Tensor":
        with tf.GradientTape() as tape:
            loss = total(answers, model(ids)) / tokens
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))  # adds them up
        return loss

    @tf.function(autograph=False)
    def step(ids: "tf.Tensor", answers: "tf.Tensor") -> "tf.Tensor":
        return strategy.reduce("SUM", strategy.run(on_a_worker, args=(ids, answers)), axis=None)

    return step


def _save(path: Path, step: int, model: "keras.Model", optimizer: "keras.optimizers.Optimizer") -> None:
    arrays = [variable.numpy() for variable in (*model.variables, *optimizer.variables)]
    with atomic_write(path) as temporary:  # a worker killed while it writes leaves the one before
        np.savez(temporary, *arrays, step=step)


def _restore(
    strategy: "tf.distribute.Strategy",
    path: Path,
    model: "keras.Model",
    optimizer: "keras.optimizers.Optimizer",
) -> int:
    if not path.exists():
        return 0
    with np.load(path, allow_pickle=False) as kept, strategy.scope():
        for number, variable in enumerate((*model.variables, *optimizer.variables)):
            variable.assign(kept[f"arr_{number}"])
        return int(kept["step"])


if __name__ == "__main__":
    child(work)
