"""Training of a language model on a stream of tokens: seeded, with a token budget, kept once it is done."""

import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np

from playbook import inputs
from playbook.errors import PlaybookError
from playbook.lm import checkpoint
from playbook.lm.checkpoint import Trained
from playbook.lm.model import LanguageModel, copy_backbone, next_token_logits
from playbook.silence import quiet

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from keras_hub.models import LlamaBackbone


def train(
    model: LanguageModel,
    ids: np.ndarray,
    *,
    tokens: int,
    batch: int = 16,
    sequence: int = 128,
    learning_rate: float = 3e-3,
    seed: int = 0,
    strategy: "tf.distribute.Strategy | None" = None,
    cache: bool = True,
) -> Trained:
    """Train a copy of the model to predict the next token of the stream `ids`, on `tokens` tokens in all.

    An epoch cuts the stream into windows and takes them in random order; `batch` windows of `sequence` tokens
    make a step. AdamW (Loshchilov and Hutter 2019) with a linear warm-up and cosine decay to a tenth. With a
    strategy the batch is split over its replicas. The result is kept in the cache under a key made of
    everything that went in; `cache=False` neither reads nor writes it.

    Raises PlaybookError when the budget or the stream is too short, or the batch does not split.
    """
    ids = np.ascontiguousarray(ids, np.int32)
    replicas = strategy.num_replicas_in_sync if strategy else 1
    plan = dict(tokens=tokens, batch=batch, sequence=sequence, learning_rate=learning_rate, seed=seed)
    _validate(model, ids, replicas, **plan)
    kept = inputs.cache_dir() / "models" / f"{checkpoint.key(model, ids, plan | {'replicas': replicas})}.npz"
    trained = checkpoint.read(kept, model) if cache else None
    if trained is None:
        windows = _windows(ids, sequence, tokens // (batch * sequence) * batch, seed)
        trained = _fit(model, windows, batch, learning_rate, seed, strategy)
        if cache:
            checkpoint.write(kept, trained)
    return trained


def _validate(
    model: LanguageModel,
    ids: np.ndarray,
    replicas: int,
    tokens: int,
    batch: int,
    sequence: int,
    learning_rate: float,
    seed: int,
) -> None:
    step = batch * sequence
    size = model.backbone.vocabulary_size
    for wrong, sentence in (
        (min(batch, sequence) < 1, f"batch and sequence are 1 or more, got {batch} and {sequence}"),
        (not learning_rate > 0, f"learning_rate is above 0, got {learning_rate}"),
        (not 0 <= seed < 2**32, f"seed is a whole number from 0 to 4294967295, got {seed}"),
        (sequence > model.context, f"sequence is at most {model.context} for {model.name}, got {sequence}"),
        (tokens < step, f"tokens={tokens} is less than one step of batch x sequence = {step} tokens"),
        (batch % replicas, f"batch={batch} does not split over {replicas} replicas: take a multiple of it"),
        (ids.ndim > 1 or len(ids) <= sequence, f"ids is one list of over {sequence} ids, got {ids.shape}"),
    ):
        if wrong:
            raise PlaybookError(f"cannot train: {sentence}.")
    if ids.min() < 0 or ids.max() >= size:
        raise PlaybookError(
            f"cannot train: ids of {model.name} are 0 to {size - 1}; encode with its tokenizer."
        )


def _windows(ids: np.ndarray, sequence: int, count: int, seed: int) -> np.ndarray:
    # (count, sequence + 1): all windows in random order, again and again, so that nothing is seen twice
    # before all was seen once; where the cuts fall moves a little from epoch to epoch
    rng = np.random.default_rng(seed)
    whole, rest = divmod(len(ids) - 1, sequence)
    starts: list[int] = []
    while len(starts) < count:
        starts.extend(rng.permutation(whole) * sequence + rng.integers(rest + 1))
    return ids[np.array(starts[:count])[:, None] + np.arange(sequence + 1)]


def _fit(
    model: LanguageModel,
    windows: np.ndarray,
    batch: int,
    learning_rate: float,
    seed: int,
    strategy: "tf.distribute.Strategy | None",
) -> Trained:
    import keras

    steps = len(windows) // batch
    clock = _clock(steps)
    with quiet():
        keras.utils.set_random_seed(seed)
        with strategy.scope() if strategy else nullcontext():
            backbone = copy_backbone(model.backbone)
            network = _trainer(backbone, learning_rate, steps)
        with clock.bar:
            network.fit(windows[:, :-1], windows[:, 1:], batch, shuffle=False, verbose=0, callbacks=[clock])
    # copied once more, so that the reader's model belongs to no strategy
    result = checkpoint.trained_copy(model, backbone.get_weights())
    seconds = [moment - clock.times[0] for moment in clock.times[1:]]
    losses = np.array(clock.losses)
    return Trained(result, losses, seconds[-1], seconds[0], tokens=windows[:, 1:].size, cached=False)


def _trainer(backbone: "LlamaBackbone", learning_rate: float, steps: int) -> "keras.Model":
    import keras

    ids = keras.Input((None,), dtype="int32")
    network = keras.Model(ids, next_token_logits(backbone, ids))
    warm_up = max(1, steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / warm_up,
        decay_steps=max(1, steps - warm_up),
        alpha=0.1,
        warmup_target=learning_rate,
        warmup_steps=warm_up,
    )
    # no clipping: Keras clips on each replica before it adds them, and a strategy would change the result
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.1, beta_2=0.95)
    optimizer.exclude_from_weight_decay(var_names=["scale"])  # the norms
    # XLA, which Keras would choose by itself, costs more seconds than it saves at this size
    network.compile(
        optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    return network


def _clock(steps: int) -> "keras.callbacks.Callback":
    # the loss and the time of each step, and one line of progress where somebody watches a terminal
    import keras
    from rich.progress import Progress

    class Clock(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.bar = Progress(transient=True, disable=not sys.stdout.isatty())
            self.task = self.bar.add_task("training", total=steps)

        def on_train_begin(self, logs: dict | None = None) -> None:
            self.losses: list[float] = []
            self.times = [time.perf_counter()]

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            self.losses.append(logs["loss"])
            self.times.append(time.perf_counter())
            self.model.reset_metrics()  # Keras would report the mean of all steps so far
            self.bar.update(self.task, advance=1, description=f"training, loss {logs['loss']:.2f}")

    return Clock()
