"""What is logged while a network trains is what it did, and a server shows it."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import train_test_split

from playbook.errors import PlaybookError
from playbook.interpretability.network import build_network
from playbook.interpretability.projector import write_projector
from playbook.interpretability.visualization import (
    article_run,
    kinds,
    last_tensor,
    log_folder,
    runs_folder,
    scalars,
    watch,
)

ROOT = Path(__file__).parents[2]
GENERATOR = np.random.default_rng(0)
X = pd.DataFrame(GENERATOR.normal(size=(200, 3)), columns=["a b", "c", "d"])
Y = (X["a b"] + GENERATOR.normal(size=200) / 2 > 0).astype(int).to_numpy()
EPOCHS = 12  # more than ten: the accumulator keeps ten events of a name unless it is told otherwise


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYBOOK_OUT", str(tmp_path_factory.mktemp("out")))
        folder = log_folder("small")
        model = build_network(X)
        curves = watch(model, folder, X, Y, epochs=EPOCHS)
    write_projector(folder, np.eye(3), pd.DataFrame({"word": ["one", "two", "three"], "rating": [1, 2, 3]}))
    return folder, model, curves


def test_every_epoch_and_every_kind_is_logged(run):
    folder, _, curves = run
    assert curves.index.tolist() == list(range(1, EPOCHS + 1)) and curves.notna().all().all()
    layers = {"hidden_1", "hidden_2", "logit"}
    assert {f"gradient/{name}" for name in layers} < set(curves)
    assert {"column/a b", "column/c", "column/d", "loss", "val_loss", "auc", "val_auc", "guess"} < set(curves)
    # the columns' names stay readable, blanks included
    assert kinds(folder) == {"histograms": 6, "pr_curves": 1, "projector": 1, "scalars": len(curves.columns)}


def test_what_is_logged_is_what_the_network_did(run):
    import keras

    folder, model, curves = run
    parts = train_test_split(X.to_numpy("float32"), Y, test_size=0.3, random_state=0, stratify=Y)
    _, held_x, trained_y, held_y = parts
    assert curves["val_loss"].iloc[-1] == pytest.approx(
        float(keras.losses.BinaryCrossentropy()(held_y[:, None], model(held_x))), abs=1e-4
    )
    share = trained_y.mean()
    assert curves["guess"].iloc[0] == pytest.approx(
        -(share * np.log(share) + (1 - share) * np.log(1 - share)), abs=1e-4
    )
    weights = last_tensor(folder, "weights/hidden_1")
    kernel = model.get_layer("hidden_1").kernel.numpy()
    assert weights[:, 2].sum() == kernel.size
    assert (weights[0, 0], weights[-1, 1]) == pytest.approx((kernel.min(), kernel.max()), abs=1e-5)
    half = last_tensor(folder, "precision_recall/pr_curves")[:, 50]
    verdict = model(held_x).numpy()[:, 0] >= 0.5
    assert half[4:] == pytest.approx(
        [precision_score(held_y, verdict), recall_score(held_y, verdict)], abs=1e-5
    )


def test_the_article_writes_scalars_and_the_graph_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_OUT", str(tmp_path))
    assert set(article_run(X, Y)) == {"graphs", "scalars"}
    losses = scalars(runs_folder() / "article")["epoch_loss"]
    assert len(losses) == 10 and losses.iloc[-1] < losses.iloc[0]


def test_a_second_run_of_a_name_replaces_the_first(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_OUT", str(tmp_path))
    (log_folder("one") / "events.out.tfevents.1").write_text("old")
    assert not list(log_folder("one").iterdir())


@pytest.mark.parametrize("name", ["../other", "a/b", "", "/etc"])
def test_a_run_has_a_plain_name(name):
    with pytest.raises(PlaybookError, match="no name for a run"):
        log_folder(name)


def test_too_few_rows_and_empty_folders_are_told(tmp_path, run):
    with pytest.raises(PlaybookError, match="4 rows or more of each class"):
        watch(None, tmp_path, X, np.zeros(200))
    with pytest.raises(PlaybookError, match="holds no curves"):
        scalars(tmp_path)
    with pytest.raises(PlaybookError, match="nothing named 'gradients/other'"):
        last_tensor(run[0], "gradients/other")


def test_make_tensorboard_serves_the_runs_on_loopback_only(run):
    command = ["make", "--dry-run", "--assume-old=.venv/.installed", "tensorboard"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = next(line for line in shown.splitlines() if "tensorboard --logdir" in line)
    variables = {**os.environ, "PLAYBOOK_OUT": str(run[0].parents[1]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # exec: what is ended is the server, not a shell around it
    server = subprocess.Popen(["sh", "-c", f"exec {line} --port {port}"], cwd=ROOT, env=variables, **quiet)
    try:
        assert ask(port, "runs") == ["small"]
        assert "loss" in ask(port, "plugin/scalars/tags")["small"]
        assert set(ask(port, "plugin/histograms/tags")["small"]) >= {"weights/hidden_1", "gradients/logit"}
        assert "precision_recall/pr_curves" in ask(port, "plugin/pr_curves/tags")["small"]
        assert ask(port, "plugin/projector/runs") == ["small"]
    finally:
        server.terminate()
        server.wait(20)
    assert "--host 127.0.0.1" in line


def ask(port, path, seconds=60):
    """Ask the server's HTTP interface, until it has started and has read the run."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/data/{path}", timeout=10) as answer:
                found = json.load(answer)
        except OSError:
            found = None
        if found or time.monotonic() > until:
            return found
        time.sleep(0.3)
