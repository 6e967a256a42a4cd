"""Watching a network learn: what TensorBoard shows is written while it trains, and read back as tables."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import disk_errors
from playbook.interpretability.network import build_network
from playbook.interpretability.recorder import epoch_recorder

if TYPE_CHECKING:
    import keras


def runs_folder() -> Path:
    """Give the folder whose runs `make tensorboard` shows.

    It is `tensorboard` below the results of a run of the course or, outside one, below build/run.
    """
    out = os.environ.get("PLAYBOOK_OUT")
    return (Path(out).absolute() if out else ROOT / "build" / "run") / "tensorboard"


def log_folder(run: str) -> Path:
    """Make an empty folder for the logs of `run` in `runs_folder()`; what an earlier run left there goes.

    Without that its curves would be mixed with the new ones. Raises PlaybookError for a name that is no plain
    word, and where nothing can be written.

    >>> from tempfile import TemporaryDirectory
    >>> from unittest.mock import patch
    >>> with TemporaryDirectory() as out, patch.dict(os.environ, PLAYBOOK_OUT=out):
    ...     log_folder("healthy").relative_to(out).as_posix()
    'tensorboard/healthy'
    """
    if not run.isidentifier():
        raise PlaybookError(f"log_folder: {run!r} is no name for a run: use letters, digits and _.")
    folder = runs_folder() / run
    with disk_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def article_run(x: ArrayLike, y: ArrayLike, seed: int = 0) -> dict[str, int]:
    """Train as the article does, with TensorBoard's callback as it comes, and count what that writes."""
    import keras

    folder = log_folder("article")
    model, board = build_network(x, seed), keras.callbacks.TensorBoard(folder)
    x, y = np.asarray(x, dtype="float32"), np.asarray(y, dtype="float32")
    model.fit(x, y, batch_size=64, epochs=10, verbose=0, callbacks=[board])
    return kinds(folder)


def watch(
    model: "keras.Model", folder: Path, x: pd.DataFrame, y: ArrayLike, epochs: int = 8, seed: int = 0
) -> pd.DataFrame:
    """Train a network of `build_network` on 70 % of the rows, log each epoch to `folder`, give its curves.

    x: features (n, d); y: (n,) of 0 and 1. The other 30 % are for validation, with the same share of ones.
    Logged are: loss and AUC, of both parts; the loss of `guess`ing the share of ones; the size of each
    layer's gradient; the share of each column in what moves the logit
    (its squared gradient, columns standardised); histograms of weights and of
    gradients; a precision-recall curve of the validation rows. Raises PlaybookError for too few rows.
    """
    from sklearn.model_selection import train_test_split

    y = np.asarray(y, dtype="float32")
    if min((y == 0).sum(), (y == 1).sum()) < 4 or len(y) != len(x):
        raise PlaybookError(f"watch: {len(x)} rows and {len(y)} labels: give 4 rows or more of each class.")
    parts = train_test_split(x.to_numpy("float32"), y, test_size=0.3, random_state=seed, stratify=y)
    trained_x, held_x, trained_y, held_y = parts
    held = (held_x, held_y)
    recorder = epoch_recorder(folder, [str(name) for name in x], (trained_x, trained_y), held)
    batch = max(8, min(64, len(trained_y) // 15))  # a small table still gives some steps an epoch
    model.fit(trained_x, trained_y, batch, epochs, verbose=0, validation_data=held, callbacks=[recorder])
    return scalars(folder)


def kinds(*folders: Path) -> dict[str, int]:
    """Count what lies below the folders: the number of names of each kind of summary.

    Kinds are named as the plugins of TensorBoard are: scalars, histograms, pr_curves, graphs; an embedding
    lies beside the event files and counts as projector.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as empty:
    ...     kinds(Path(empty))
    {}
    """
    found: dict[str, set[str]] = {}
    for events in (file for folder in folders for file in folder.rglob("events.out.tfevents.*")):
        read = _accumulator(events)
        for tag in read.Tags()["tensors"]:
            plugin = read.SummaryMetadata(tag).plugin_data.plugin_name
            found.setdefault("graphs" if "graph" in plugin else plugin, set()).add(f"{events.parent}/{tag}")
    for config in (file for folder in folders for file in folder.rglob("projector_config.pbtxt")):
        found.setdefault("projector", set()).add(str(config))
    return {kind: len(tags) for kind, tags in sorted(found.items())}


def scalars(folder: Path) -> pd.DataFrame:
    """Read the curves below `folder`: a row an epoch, a column a name, sorted by name."""
    curves = {}
    for events in sorted(folder.rglob("events.out.tfevents.*")):
        read = _accumulator(events)
        for tag in read.Tags()["tensors"]:
            if read.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                curves[tag] = {event.step: float(_array(event)) for event in read.Tensors(tag)}
    if not curves:
        raise PlaybookError(f"{folder} holds no curves: train with watch(model, folder, x, y) first.")
    return pd.DataFrame(dict(sorted(curves.items())))


def last_tensor(folder: Path, tag: str) -> NDArray[np.floating]:
    """Read the newest histogram (bins, 3: left, right, count) or PR curve (6, thresholds) named `tag`.

    The rows of a PR curve are true and false positives, true and false negatives, precision, recall.
    Raises PlaybookError where nothing has that name.
    """
    for events in sorted(folder.rglob("events.out.tfevents.*")):
        read = _accumulator(events)
        if tag in read.Tags()["tensors"]:
            return _array(read.Tensors(tag)[-1])
    raise PlaybookError(f"{folder} holds nothing named {tag!r}: train with watch(...) first.")


def _accumulator(events: Path) -> "object":
    from tensorboard.backend.event_processing.event_accumulator import TENSORS, EventAccumulator

    # without a limit of 0, all but ten events of a name are dropped at random
    return EventAccumulator(str(events), size_guidance={TENSORS: 0}).Reload()


def _array(event: "object") -> NDArray[np.floating]:
    import tensorflow as tf

    return tf.make_ndarray(event.tensor_proto)
