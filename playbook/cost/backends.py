"""Trains the same Keras model on TensorFlow, PyTorch and JAX, each in a process of its own, and compares."""

import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.cost.algorithms import training_flops
from playbook.cost.checks import whole
from playbook.cost.processes import children
from playbook.errors import PlaybookError
from playbook.inputs import ROOT

FOLDER = ROOT / ".frameworks"  # where `make frameworks` puts what the environment does not hold
INSTALL = "make frameworks"
SHAPE = (2, 128, 4, 2, 320)  # layers, width, query heads, key-value heads, feed-forward width

# The package of each, and the ways in which it runs a step under Keras.
BACKENDS = {"tensorflow": ("eager", "graph", "xla"), "torch": ("eager",), "jax": ("xla",)}


@dataclass(frozen=True)
class Run:
    """What one backend took in one mode; memory is of the whole process, libraries included."""

    backend: str
    mode: str
    version: str
    start_seconds: float  # from the start of the process to the end of the first step
    tokens_per_second: float  # of the steps after the first
    tokens_per_processor_second: float
    peak_bytes: int
    losses: tuple[float, ...]  # nats a token, one a step
    parameters: int


def installed(folder: Path = FOLDER) -> dict[str, str | None]:
    """Version of each backend's package, or None where it is in neither the environment nor `folder`.

    >>> installed(Path("nowhere"))["tensorflow"] is not None
    True
    """
    found: dict[str, str | None] = {}
    for backend in BACKENDS:
        here = [*distributions(name=backend), *distributions(name=backend, path=[str(folder)])]
        found[backend] = here[0].version if here else None
    return found


def missing(folder: Path = FOLDER) -> str:
    """Say which backends are not installed and which command installs them; empty where none is missing."""
    names = [backend for backend, version in installed(folder).items() if version is None]
    return f"not installed: {', '.join(names)}; to install them: {INSTALL}" if names else ""


def compare(
    ids: np.ndarray,
    backends: Sequence[str] | None = None,
    *,
    vocabulary: int,
    steps: int = 7,
    batch: int = 8,
    sequence: int = 64,
    learning_rate: float = 3e-3,
    seed: int = 0,
    seconds: float = 300,
) -> list[Run]:
    """Train one small Llama from the same weights on the same tokens with each backend and mode.

    ids: a stream of token ids below `vocabulary`. backends: names of BACKENDS, or None for all that are
    installed. seconds: the time that one backend may take. Raises PlaybookError for an unknown backend, one
    that is not installed, fewer tokens than the steps need, and for a process that fails.
    """
    have = installed()
    names = [name for name in have if have[name]] if backends is None else list(backends)
    for name in names:
        if name not in BACKENDS:
            raise PlaybookError(f"there is no backend {name!r}: choose from {', '.join(BACKENDS)}.")
        if have[name] is None:
            raise PlaybookError(f"the backend {name} is not installed: run `{INSTALL}`.")
    batches = cut(ids, steps, batch, sequence, vocabulary)
    plan = dict(shape=SHAPE, vocabulary=vocabulary, sequence=sequence, learning_rate=learning_rate, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        plan["batches"] = str(Path(folder) / "batches.npy")
        np.save(plan["batches"], batches)
        return [run for name in names for run in _run(name, have[name], plan, seconds)]


def _run(name: str, version: str, plan: dict, seconds: float) -> list[Run]:
    ask = plan | {"modes": BACKENDS[name], "folder": str(FOLDER), "spawned": time.time()}
    with children("playbook.cost.backend_worker", [ask], KERAS_BACKEND=name) as child:
        answers = [answer for _, answer in child.messages(seconds)]
    return [Run(name, version=version, **answer | {"losses": tuple(answer["losses"])}) for answer in answers]


def cut(ids: np.ndarray, steps: int, batch: int, sequence: int, vocabulary: int) -> np.ndarray:
    """Cut a stream of token ids into windows (steps, batch, sequence + 1), in order.

    The last token of a window is only ever an answer. Raises PlaybookError when the stream is too short or
    holds an id outside the vocabulary.

    >>> cut(np.arange(12), steps=2, batch=1, sequence=3, vocabulary=12).tolist()
    [[[0, 1, 2, 3]], [[4, 5, 6, 7]]]
    """
    shape = (whole("steps", steps), whole("batch", batch), whole("sequence", sequence) + 1)
    ids = np.asarray(ids).ravel()
    if len(ids) < (needed := int(np.prod(shape))):
        raise PlaybookError(
            f"{shape[0]} steps need {needed:,} tokens, got {len(ids):,}: give more or fewer steps."
        )
    if ids.dtype.kind not in "iu" or ids.min() < 0 or ids.max() >= vocabulary:
        raise PlaybookError(f"ids are whole numbers from 0 to {vocabulary - 1:,}: encode with the tokenizer.")
    return ids[:needed].astype(np.int32).reshape(shape)


def table(runs: Sequence[Run], peak: float) -> pd.DataFrame:
    """One row a run: seconds to start, tokens a second, share of `peak`, peak memory in MB, last loss.

    peak: operations a processor second, as of `frameworks.matmul_peak(time.process_time)`. The share, 6ND of
    a processor second / peak, is what is called model FLOPs utilisation (MFU) on a GPU.
    """
    rows = {
        f"{run.backend} {run.version}, {run.mode}": {
            "start, s": round(run.start_seconds, 1),
            "tokens/s": round(run.tokens_per_second, -2),
            "share of peak": round(training_flops(run.parameters, run.tokens_per_processor_second) / peak, 2),
            "peak memory, MB": round(run.peak_bytes / 1e6, -1),
            "last loss": round(run.losses[-1], 4),
        }
        for run in runs
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def apart(runs: Sequence[Run]) -> float:
    """Largest difference between any two runs' losses at the same step, in nats a token.

    >>> run = Run("jax", "xla", "0", 1, 1, 1, 1, (2.0, 1.5), 9)
    >>> apart([run, Run("torch", "eager", "0", 1, 1, 1, 1, (2.0, 1.25), 9)])
    0.25
    """
    losses = np.array([run.losses for run in runs])
    return float((losses.max(axis=0) - losses.min(axis=0)).max())


def community() -> pd.DataFrame:
    """Read data/frameworks.toml: licence, rhythm of releases and newest one of each framework, with sources.

    Column `days a release` is the mean between the first and the last release that the source dates.

    >>> int(community().loc["PyTorch", "days a release"])
    110
    """
    path = ROOT / "data" / "frameworks.toml"
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))["framework"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise PlaybookError(
            f"{path.name} cannot be read ({error}): check out data/ of the repository."
        ) from None
    rows = {
        fact["name"]: {
            "licence": fact["licence"],
            "days a release": round((fact["last"] - fact["first"]).days / fact["releases"]),
            "counted": f"{fact['first_version']} to {fact['last_version']}, {fact['counted']}",
            "newest": f"{fact['newest']} ({fact['newest_month']})",
        }
        for fact in facts
    }
    return pd.DataFrame.from_dict(rows, orient="index")
