"""Hours from a plan, and the table of published runs that they are held against."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook import inputs
from playbook.cost import cloud
from playbook.errors import PlaybookError


@given(
    st.floats(1e6, 1e12),
    st.floats(1e6, 1e13),
    st.sampled_from(sorted(cloud.ACCELERATORS)),
    st.floats(0.01, 1),
)
def test_hours_times_what_the_device_does_is_the_work(params, tokens, name, utilisation):
    hours = cloud.gpu_hours(params, tokens, name, utilisation)
    assert hours * 3600 * utilisation * cloud.accelerator(name).flops == pytest.approx(6 * params * tokens)
    assert hours == cloud.gpu_hours(params, tokens, cloud.accelerator(name), utilisation)


@pytest.mark.parametrize(
    "plan", [(0, 1e12, "H100"), (7e9, 1e12, "H1"), (7e9, 1e12, "H100", 35), (7e9, 1e12, "H100", 0)]
)
def test_hours_refuse_plans_that_are_none(plan):
    with pytest.raises(PlaybookError):
        cloud.gpu_hours(*plan)


def test_every_published_run_has_a_source_and_a_known_accelerator_or_none():
    runs = cloud.published_runs()
    assert runs["model"].is_unique
    assert runs[["laboratory", "kind", "hardware", "source"]].notna().all(axis=None)
    assert set(runs["seen"]) == {"yes", "recalled"}
    assert set(runs["accelerator"].dropna()) <= set(cloud.ACCELERATORS)
    assert (runs["active_params"].dropna() <= runs["params"].dropna()[runs["active_params"].notna()]).all()
    assert runs.attrs["rows"] == len(runs)
    assert len(runs.attrs["sha256"]) == 64


def test_dense_runs_leave_out_what_6nd_does_not_hold_for():
    dense = cloud.dense_runs(cloud.published_runs())
    assert not {"T5-11B", "Llama-3.2-1B", "Llama-4-Scout", "GShard-600B", "SmolLM2-1.7B"} & set(
        dense["model"]
    )
    assert dense["utilisation"].between(0.1, 0.6).all()
    assert (dense["flat_factor"] >= 1).all()


def test_dense_runs_refuse_hours_that_are_none():
    run = {
        "kind": "dense",
        "seen": "yes",
        "accelerator": "V100",
        "params": 1e9,
        "tokens": 1e9,
        "gpu_hours": -1,
    }
    with pytest.raises(PlaybookError, match="gpu_hours is -1"):
        cloud.dense_runs(pd.DataFrame([run]))


def test_a_missing_table_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    with pytest.raises(PlaybookError, match=r"training_runs.csv cannot be read"):
        cloud.published_runs()


def test_dense_runs_leave_out_what_nobody_read_in_its_source():
    run = {"kind": "dense", "accelerator": "V100", "params": 1e9, "tokens": 1e9, "gpu_hours": 9.0}
    kept = cloud.dense_runs(pd.DataFrame([run | {"seen": "yes"}, run | {"seen": "recalled"}]))
    assert list(kept["seen"]) == ["yes"]
