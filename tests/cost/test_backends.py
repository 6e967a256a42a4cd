"""One model on every framework that is installed: the same losses; and what is not installed is said."""

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
import pytest

from playbook.cost import backends
from playbook.cost.backends import Run, apart, community, compare, cut, installed, missing, table
from playbook.errors import PlaybookError
from playbook.inputs import ROOT

IDS = np.random.default_rng(0).integers(300, size=5_000)
RUN = Run("jax", "xla", "0.1", 1.26, 1049.0, 950.0, 123_456_789, (2.0, 1.5), 1_000_000)


def test_every_framework_that_is_installed_gives_the_same_losses(monkeypatch):
    ways = {name: modes[:2] for name, modes in backends.BACKENDS.items()}  # XLA takes longest to compile
    monkeypatch.setattr(backends, "BACKENDS", ways)
    runs = compare(IDS, vocabulary=300, steps=3, batch=2, sequence=8)
    assert [(run.backend, run.mode) for run in runs] == [
        (n, m) for n in ways if installed()[n] for m in ways[n]
    ]
    assert len(runs) >= 2 and apart(runs) < 1e-3
    assert len(set(runs[0].losses)) == 3  # it did train
    for run in runs:
        assert run.start_seconds > 0 and run.tokens_per_second > 0 and run.peak_bytes > 1e8


def test_losses_that_part_are_seen():
    other = dataclasses.replace(RUN, losses=(2.0, 1.25))
    assert apart([RUN, other, RUN]) == 0.25 and apart([RUN]) == 0


def test_what_is_not_installed_is_said_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(backends, "BACKENDS", {"tensorflow": ("graph",), "torchlight": ("eager",)})
    assert installed(tmp_path)["tensorflow"] and installed(tmp_path)["torchlight"] is None
    assert missing(tmp_path) == "not installed: torchlight; to install them: make frameworks"
    with pytest.raises(PlaybookError, match="torchlight is not installed: run `make frameworks`"):
        compare(IDS, ["torchlight"], vocabulary=300)


def test_a_folder_beside_the_environment_is_looked_into(monkeypatch, tmp_path):
    (tmp_path / "torchlight-1.2.dist-info").mkdir()
    (tmp_path / "torchlight-1.2.dist-info" / "METADATA").write_text("Name: torchlight\nVersion: 1.2\n")
    monkeypatch.setattr(backends, "BACKENDS", {"torchlight": ("eager",)})
    assert installed(tmp_path) == {"torchlight": "1.2"} and missing(tmp_path) == ""


def test_an_unknown_backend_is_refused():
    with pytest.raises(PlaybookError, match="no backend 'theano': choose from tensorflow, torch, jax"):
        compare(IDS, ["theano"], vocabulary=300)


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (IDS[:100], "7 steps need 3,640 tokens, got 100"),
        (np.full(6000, 300), "from 0 to 299"),
        (np.full(6000, -1), "from 0 to 299"),
        (np.full(6000, 0.5), "from 0 to 299"),
    ],
)
def test_tokens_that_cannot_be_trained_on_are_refused(ids, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        compare(ids, ["tensorflow"], vocabulary=300)


def test_windows_share_no_token():
    assert sorted(cut(np.arange(60), 3, 2, 9, 60).ravel()) == list(range(60))


def test_the_table_rounds():
    row = table([RUN], peak=1e10).loc["jax 0.1, xla"]
    assert row.tolist() == [1.3, 1000.0, 0.57, 120.0, 1.5]


def test_nothing_optional_is_in_the_lock_as_well():
    def names(file: str) -> set[str]:
        lines = (ROOT / file).read_text().splitlines()
        return {line.split("==")[0] for line in lines if line[:1].isalpha() and "==" in line}

    assert {"torch", "jax"} <= names("requirements-frameworks.txt")
    assert not names("requirements-frameworks.txt") & names("requirements.lock")


def test_every_fact_about_a_community_has_a_source_and_a_date():
    facts = tomllib.loads(Path(ROOT / "data" / "frameworks.toml").read_text())
    assert facts["checked"] and facts["newest_source"]
    for fact in facts["framework"]:
        assert fact["source"] and fact["licence_source"] and fact["first"] < fact["last"] <= facts["checked"]
    assert all(issue["source"] and issue["opened"] <= facts["checked"] for issue in facts["issue"])
    assert list(community().index) == ["TensorFlow", "PyTorch", "JAX", "Keras"]


def test_a_damaged_file_of_facts_is_told(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "frameworks.toml").write_text("framework = [")
    monkeypatch.setattr(backends, "ROOT", tmp_path)
    with pytest.raises(PlaybookError, match=r"frameworks\.toml cannot be read"):
        community()
