"""Measures what a framework makes of this machine; predicts seconds and memory of a run not yet begun."""

import contextlib
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playbook.cost.algorithms import training_flops
from playbook.cost.checks import positive
from playbook.cost.footprint import training_bytes
from playbook.cost.processes import children
from playbook.cost.resident import peak_memory
from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    import tensorflow as tf

    from playbook.lm import LanguageModel, Trained


def logical_cpus(count: int) -> list[str]:
    """Present this machine's processor to TensorFlow as `count` devices, and give their names.

    They share the same cores: a cluster to learn on, not a faster machine. Call it before anything else uses
    TensorFlow, which fixes its devices at its first operation; calling it again with the same count is fine.
    Raises PlaybookError where TensorFlow has begun with another number of devices.
    """
    with quiet(), warnings.catch_warnings(action="ignore"):
        import tensorflow as tf
        import tqdm.auto  # noqa: F401 - keras_hub imports it, and in a notebook it warns of a missing widget

        tf.get_logger().setLevel("ERROR")  # a strategy logs a line for every variable that it mirrors
        cpu = tf.config.list_physical_devices("CPU")[0]
        with contextlib.suppress(RuntimeError):  # the devices are fixed already: counted below
            tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
        names = [device.name for device in tf.config.list_logical_devices("CPU")]
    if len(names) != count:
        raise PlaybookError(
            f"TensorFlow has begun with {len(names)} devices, not {count}: restart the kernel."
        )
    return names


def matmul_peak(
    clock: Callable[[], float] = time.perf_counter,
    sizes: tuple[int, ...] = (512, 1024, 2048),
    seconds: float = 1.5,
) -> float:
    """Float32 operations a second of this machine's best matrix product: the ceiling of any training on it.

    The best of several square products, each repeated within its part of `seconds`: other work on the machine
    only ever makes a product slower, so the fastest is nearest to the truth. A product of n x n matrices is
    2 n**3 operations. clock: `time.perf_counter` for the whole machine, `time.process_time` for one of its
    processors. Raises PlaybookError when `seconds` is not positive.
    """
    share = positive("seconds", seconds) / len(sizes)
    with quiet():
        import tensorflow as tf

    best = 0.0
    for size in sizes:
        with quiet():
            a = tf.random.stateless_uniform((size, size), seed=(size, 0))
            tf.matmul(a, a).numpy()  # the first product also sets up threads and memory
        products = max(1, round(1e10 / size**3))  # enough for a coarse clock: 0.1 s and more
        end = time.perf_counter() + share
        while time.perf_counter() < end:
            start = clock()
            for _ in range(products):
                product = tf.matmul(a, a)
            product[0, 0].numpy()  # reading one number waits for the whole product
            best = max(best, products * 2 * size**3 / (clock() - start))
    return best


@dataclass(frozen=True)
class Timed:
    """A training run and what it took, by two clocks and in memory.

    The wall clock is what a tenant pays for a machine of their own. On a shared one it also counts the
    neighbours' work; processor seconds, summed over the processors, count this run's alone.
    """

    trained: "Trained"
    wall_seconds: float
    processor_seconds: float
    peak_bytes: int = 0  # resident memory at its highest, above that before the run
    batch: int = 16
    sequence: int = 128


def timed(
    model: "LanguageModel",
    ids: np.ndarray,
    *,
    tokens: int,
    batch: int = 16,
    sequence: int = 128,
    learning_rate: float = 3e-3,
    seed: int = 0,
    strategy: "tf.distribute.Strategy | None" = None,
    alone: bool = False,
) -> Timed:
    """Train a copy of `model` as `playbook.lm.train` does, never from the cache, and measure all of it.

    alone: in a new process, some seconds dearer. Only there is `peak_bytes` what the run needs: a process
    that trained before has memory left over, which the next run uses without asking for more. Clocks and
    memory start when the libraries are imported. Raises PlaybookError as `train` does, and for a strategy
    that should run alone: its devices belong to this process.
    """
    from playbook import lm

    how = dict(tokens=tokens, batch=batch, sequence=sequence, learning_rate=learning_rate, seed=seed)
    if alone:
        if strategy is not None:
            raise PlaybookError("a strategy cannot go to another process: leave out strategy or alone.")
        return _alone(model, ids, how)
    with peak_memory() as peak:
        wall, processor = time.perf_counter(), time.process_time()
        trained = lm.train(model, ids, strategy=strategy, cache=False, **how)
        taken = time.perf_counter() - wall, time.process_time() - processor
    return Timed(trained, *taken, peak.added, batch, sequence)


def _alone(model: "LanguageModel", ids: np.ndarray, how: dict) -> Timed:
    from playbook.lm import checkpoint

    config = {k: v for k, v in model.backbone.get_config().items() if isinstance(v, int | float)}
    config["tie_word_embeddings"] = model.backbone.tie_word_embeddings
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given, result = Path(folder) / "given.npz", Path(folder) / "trained.npz"
        np.savez(given, *model.backbone.get_weights(), ids=ids)
        plan = dict(given=str(given), result=str(result), config=config, context=model.context, how=how)
        with children("playbook.cost.timed_worker", [plan], KERAS_BACKEND="tensorflow") as child:
            [(_, taken)] = child.messages(seconds=3600)
        trained = checkpoint.read(result, model)
    if trained is None:
        raise PlaybookError("the trained model could not be kept for a moment: free some disk space.")
    return Timed(replace(trained, cached=False), **taken, batch=how["batch"], sequence=how["sequence"])


@dataclass(frozen=True)
class Calibration:
    """What two short trials tell of a long run: its start, the share of the peak it reaches, its overhead."""

    peak: float  # operations a processor second, as of `matmul_peak(time.process_time)`
    utilisation: float  # 6ND of a step / (its processor seconds x peak)
    start_seconds: float  # processor seconds before and around the steps: building, compiling, copying
    overhead_bytes: float = 0.0  # what the framework holds beside what `footprint.training_bytes` counts

    def seconds(self, params: float, tokens: float) -> float:
        """Predict the processor seconds of a run on `tokens` tokens of a model with `params` parameters.

        >>> Calibration(peak=1e11, utilisation=0.5, start_seconds=4).seconds(1e6, 1e6)
        124.0
        """
        return self.start_seconds + training_flops(params, tokens) / (self.utilisation * self.peak)

    def memory(self, model: "LanguageModel", batch: int = 16, sequence: int = 128) -> float:
        """Predict the bytes of a run at its highest: what the step has to hold, and the overhead.

        The number of steps does not enter: a run that goes through its second step goes through its last.
        """
        return sum(training_bytes(model, batch, sequence).values()) + self.overhead_bytes


def calibrate(short: Timed, longer: Timed, peak: float) -> Calibration:
    """Read two trials of the same model: what the longer one took more is the steps, the rest is the start.

    peak: operations a processor second, of `matmul_peak(time.process_time)`. The overhead is what the short
    trial held beside its weights, gradients, states, activations and logits; make it alone, and with a small
    batch. Raises PlaybookError when the second trial did not train on more tokens and take longer.
    """
    tokens = longer.trained.tokens - short.trained.tokens
    seconds = longer.processor_seconds - short.processor_seconds
    if tokens <= 0 or seconds <= 0:
        raise PlaybookError("calibrate needs a short trial and a longer one: give the second more steps.")
    model = short.trained.model
    flops = training_flops(model.parameters, tokens)
    start = short.processor_seconds - seconds * short.trained.tokens / tokens
    counted = sum(training_bytes(model, short.batch, short.sequence).values())
    return Calibration(
        peak, flops / seconds / positive("peak", peak), max(start, 0.0), max(short.peak_bytes - counted, 0.0)
    )
