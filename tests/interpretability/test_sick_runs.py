"""Each sick run is named, a healthy one is let be, and the rules say no more than the curves do."""

import numpy as np
import pandas as pd
import pytest

from playbook.interpretability.sick_runs import (
    ILLS,
    LEAK,
    NOTHING,
    STUCK,
    TOO_HIGH,
    VANISHING,
    diagnose,
    layer_gradients,
    summary,
    train_runs,
)

GENERATOR = np.random.default_rng(0)
X = pd.DataFrame(GENERATOR.normal(size=(240, 5)), columns=list("abcde"))
Y = (GENERATOR.random(240) < 1 / (1 + np.exp(-2 * X["a"]))).astype(int).to_numpy()


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYBOOK_OUT", str(tmp_path_factory.mktemp("out")))
        return train_runs(X, Y, seed=1)


def test_all_four_runs_are_named_by_their_curves(runs):
    assert {run: diagnose(curves)[0] for run, curves in runs.items()} == ILLS
    assert diagnose(runs["A"])[1].endswith("fee")


def test_the_loss_alone_names_one_and_praises_the_leak(runs):
    alone = {run: diagnose(curves[["loss", "guess"]])[0] for run, curves in runs.items()}
    assert alone == {"healthy": NOTHING, "A": NOTHING, "B": TOO_HIGH, "C": STUCK}


def test_summary_shows_what_the_rules_look_at(runs):
    table = summary(runs)
    assert table.index.tolist() == list(ILLS)
    assert table.loc["A", "AUC"] > 0.95 and table.loc["A", "column share"] > 0.4
    assert table.loc["B", "loss"] > 1.5 * table.loc["B", "guessing"]
    assert table["gradient, first / last"].drop("B").idxmin() == "C"


def curves(**columns):
    base = {"loss": [0.5, 0.4, 0.3], "guess": [0.5] * 3, "val_auc": [0.7, 0.8, 0.8]}
    return pd.DataFrame({**base, **columns}, index=[1, 2, 3])


@pytest.mark.parametrize(
    ("changed", "ill"),
    [
        ({}, NOTHING),
        ({"loss": [9, 0.4, 0.3]}, NOTHING),  # the first epoch may start anywhere
        ({"loss": [0.5, 0.76, 0.3]}, TOO_HIGH),
        ({"loss": [0.5, np.nan, np.nan]}, TOO_HIGH),
        ({"loss": [0.5, 0.5, 0.495]}, STUCK),
        ({"val_auc": [0.9, 0.99, 0.99]}, NOTHING),  # an easy task alone is no leak
        ({"val_auc": [0.9, 0.99, 0.99], "column/x": 0.5, "column/y": 0.3, "column/z": 0.2}, NOTHING),
        ({"val_auc": [0.9, 0.99, 0.99], "column/x": 0.2, "column/y": 0.7, "column/z": 0.1}, LEAK),
        ({"val_auc": [0.9, 0.99, 0.94], "column/x": 0.2, "column/y": 0.7, "column/z": 0.1}, NOTHING),
        ({"gradient/hidden_1": 1e-6, "gradient/hidden_2": 1.0, "gradient/logit": 1.0}, VANISHING),
        ({"gradient/hidden_1": [1e-6, 1e-2, 1e-2], "gradient/logit": 1.0}, NOTHING),
        ({"gradient/hidden_1": [1e-6, 1e-6, 1e-2], "gradient/logit": 1.0}, VANISHING),
    ],
)
def test_rules_hold_where_they_are_said_to(changed, ill):
    assert diagnose(curves(**changed))[0] == ill


def test_layers_are_in_order_of_depth_and_the_tenth_is_not_the_second():
    names = ["gradient/hidden_10", "gradient/logit", "gradient/hidden_2", "gradient/hidden_1"]
    found = layer_gradients(pd.DataFrame(1.0, [1], names))
    assert found.columns.tolist() == ["hidden_1", "hidden_2", "hidden_10", "logit"]
