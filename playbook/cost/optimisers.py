"""Trains one small network with several optimisers at equal compute, each at a rate chosen as fairly."""

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from playbook.cost.ladder import BATCH, SEQUENCE, Shelf, held_out_loss, rung, shape
from playbook.cost.trainer import Trainer, schedule, windows
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    import keras

    from playbook.lm import LanguageModel

# Three rates each, a factor of two apart, around the best one found in a wider search at width 32.
RATES = {
    "AdamW": (1e-2, 2e-2, 4e-2),
    "Lion": (4e-3, 8e-3, 1.6e-2),
    "Adafactor": (8e-2, 1.6e-1, 3.2e-1),
    "Muon": (1e-2, 2e-2, 4e-2),
}
LIBRARY_START = "AdamW, library's start"
WIDTH = 32


def optimiser(name: str, accumulate: int | None = None) -> "keras.optimizers.Optimizer":
    """Make the Keras optimiser `name`, one of RATES, with its paper's settings for language models.

    accumulate: steps whose gradients are averaged before the weights move. Sources: AdamW, arXiv:1711.05101;
    Lion, arXiv:2302.06675; Adafactor, arXiv:1804.04235; Muon, Jordan et al. 2024, scaled as in
    arXiv:2502.16982. Raises PlaybookError for another name.
    """
    import keras

    settings = {
        "AdamW": dict(weight_decay=0.1, beta_2=0.95),
        "Lion": dict(weight_decay=1.0, beta_1=0.95, beta_2=0.98),
        "Adafactor": dict(weight_decay=0.1, relative_step=False),
        "Muon": dict(weight_decay=0.1, adam_weight_decay=0.1, adam_beta_2=0.95),
    }
    if name not in settings:
        raise PlaybookError(f"there is no optimiser {name!r} here: choose one of {', '.join(settings)}.")
    made = getattr(keras.optimizers, name)(gradient_accumulation_steps=accumulate, **settings[name])
    made.exclude_from_weight_decay(var_names=["scale"])  # the norms
    return made


def muon_share(model: "LanguageModel") -> float:
    """Share of the parameters that Keras's Muon moves as Muon: of the 2-D matrices that are no embedding.

    The rest is AdamW's. Projections with an axis of their own for the heads have three: they are left to it.
    """
    muon, weights = optimiser("Muon"), model.backbone.trainable_variables
    muon.build(weights)
    # what it moves as Muon has no second moment
    moved = [w for w, second in zip(weights, muon.adam_velocities, strict=True) if second is None]
    return sum(int(np.prod(w.shape)) for w in moved) / model.parameters


def compare(books: Shelf, tokens: int = 25_600, seeds: tuple[int, ...] = (0, 1)) -> pd.DataFrame:
    """Train the model of width WIDTH with each optimiser on equal tokens, from one start and in one order.

    Each optimiser tries its three rates once; the one with the least *training* loss at the end is taken, and
    only its runs, one a seed of the order, are held against the held-out text. A row an optimiser: rate, loss
    (mean of the seeds, nats a token), scatter (largest less smallest), state_bytes (a parameter, as kept by
    Keras). The row LIBRARY_START is AdamW again, from the matrices as the library draws them. Kept in the
    cache under everything that went in.
    """
    found = _kept(books, [tokens, seeds], lambda: _compare(books, tokens, seeds))
    columns = ["optimiser", "rate", "loss", "scatter", "state_bytes"]
    return pd.DataFrame(found, columns=columns).set_index("optimiser")


def _compare(books: Shelf, tokens: int, seeds: tuple[int, ...]) -> list[list]:
    from playbook import lm

    model = rung(books.tokenizer, WIDTH)
    unfitted = lm.tiny(books.tokenizer, shape(WIDTH)).backbone.get_weights()
    rows = []
    for name, rates in RATES.items():
        trainer = Trainer(model, optimiser(name))
        if name == "AdamW":
            lower = [rate / 2 for rate in rates]  # where its own best rate lies
            rows.append([LIBRARY_START, *_best(trainer, books, tokens, seeds, lower, unfitted)])
        rows.append([name, *_best(trainer, books, tokens, seeds, rates)])
    return rows


def _best(
    trainer: Trainer,
    books: Shelf,
    tokens: int,
    seeds: tuple[int, ...],
    rates: list[float],
    start: list[np.ndarray] | None = None,
) -> list[float]:
    def run(rate: float, seed: int) -> tuple[float, float, float]:
        batches = windows(books.train, tokens, seed=seed)
        losses = trainer.train(batches, schedule(len(batches), rate), start)
        return float(losses[-len(losses) // 10 :].mean()), rate, held_out_loss(trainer.model, books)

    _, rate, first = min(run(rate, seeds[0]) for rate in rates)
    losses = [first, *(run(rate, seed)[2] for seed in seeds[1:])]
    return [rate, float(np.mean(losses)), max(losses) - min(losses), trainer.state_bytes]


def batches(books: Shelf, tokens: int = 16_384) -> pd.DataFrame:
    """Measure on equal tokens what a larger batch, accumulation and bfloat16 do to the model of WIDTH.

    A row a way: steps (updates of the weights); loss (held out, nats a token), each way at the better of two
    rates; seconds (wall clock, without compiling). Accumulation adds four gradients of BATCH texts up before
    the weights move; bfloat16 is Keras's policy "mixed_bfloat16": products in 16 bits, weights in 32.
    """
    model = rung(books.tokenizer, WIDTH)
    plain = Trainer(model, optimiser("AdamW"))
    added = Trainer(model, optimiser("AdamW", accumulate=4))
    mixed = Trainer(model, optimiser("AdamW"), dtype="mixed_bfloat16")
    large = 4 * BATCH
    ways = {
        f"batch of {BATCH}": (plain, BATCH, 1),
        f"batch of {large}": (plain, large, 1),
        f"{large} accumulated from {BATCH}": (added, BATCH, 4),
        f"batch of {large}, bfloat16": (mixed, large, 1),
    }
    rows = {}
    for name, (trainer, batch, parts) in ways.items():
        given = windows(books.train, tokens, batch * parts)
        given = given.reshape(-1, batch, SEQUENCE + 1)
        trainer.train(given[:parts], np.zeros(parts, np.float32))  # compiles
        found = []
        for rate in RATES["AdamW"][1:]:
            start = time.perf_counter()
            trainer.train(given, np.repeat(schedule(len(given) // parts, rate), parts))
            seconds = time.perf_counter() - start
            found.append((held_out_loss(trainer.model, books), seconds))
        rows[name] = (len(given) // parts, *min(found))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["steps", "loss", "seconds"])


def _kept(books: Shelf, plan: list, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - what JSON holds
    """Give what `make` made when it was last asked with the same texts, plan, recipe and libraries."""
    from playbook.inputs import atomic_write, cache_dir

    files = ("ladder.py", "trainer.py", "optimisers.py")
    recipe = [Path(__file__).with_name(name).read_text("utf-8") for name in files]
    libraries = [version(name) for name in ("tensorflow", "keras", "keras-hub")]
    digest = hashlib.sha256(json.dumps([plan, recipe, libraries, books.tokenizer.to_str()]).encode())
    for ids in (books.train, books.held_out):
        digest.update(ids.tobytes())
    file = cache_dir() / "optimisers" / f"{digest.hexdigest()}.json"
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        made = make()
    with contextlib.suppress(OSError), atomic_write(file) as temporary:  # on a full disk: again next time
        temporary.write_text(json.dumps(made), "utf-8")
    return made
