"""The tables of the federated section: their splits, their directions, and what their cells mean."""

import numpy as np
import pandas as pd
import pytest

from playbook.inputs import mortgages
from playbook.security import comparison
from playbook.security.lenders import FEATURES, lenders
from playbook.security.logistic import safe_rate

RATE = safe_rate(len(FEATURES))


@pytest.fixture(scope="module")
def data():
    return lenders(mortgages(), "approve", FEATURES)


@pytest.fixture(scope="module")
def splits(data):
    return comparison.splits(data, 3, "obrat")


def test_every_split_holds_all_rows_and_the_names_are_true(data, splits):
    assert list(splits) == ["alike", "unequal", "by obrat", "by race"]
    assert all(sum(len(y) for _, y in shares) == len(data.training) for shares in splits.values())
    sizes = [len(y) for _, y in splits["unequal"]]
    assert sizes == sorted(sizes)
    assert sizes[2] == pytest.approx(2.25 * sizes[0], rel=0.01)
    debts = [x[:, FEATURES.index("obrat")] for x, _ in splits["by obrat"]]
    assert debts[0].max() <= debts[1].min() and debts[1].max() <= debts[2].min()


def test_a_table_without_the_column_is_not_split_by_race():
    table = pd.DataFrame({"debt": range(100), "approve": [0, 1] * 50})
    assert list(comparison.splits(lenders(table, "approve"), 2, "debt")) == ["alike", "unequal", "by debt"]


def test_the_law_holds_on_every_split_and_with_other_steps_it_does_not(data, splits):
    _, models = comparison.together(data, {"by obrat": splits["by obrat"]}, 4, RATE)
    pooled = models["pooled"]
    assert comparison.law_deviation(splits, pooled, 4 * comparison.STEPS, RATE) <= 1e-6
    assert comparison.law_deviation(splits, pooled, 4 * comparison.STEPS - 1, RATE) > 1e-4
    alone = [f"lender {number} alone" for number in (1, 2, 3)]
    assert list(models) == ["pooled", *alone, "FedAvg, by obrat", "FedProx, by obrat"]
    apart = {name: np.linalg.norm(model - pooled) for name, model in models.items()}
    assert 0 < apart["FedAvg, by obrat"] < min(apart[name] for name in alone)


def test_noise_costs_more_the_less_epsilon_is_left_and_more_for_who_trusts_nobody(data, splits):
    table = comparison.price_of_noise(splits["alike"], data.share(data.testing), 10)
    assert table["epsilon"].is_monotonic_decreasing and np.isinf(table["epsilon"][0])
    assert table["epsilon"][comparison.CHOSEN] == pytest.approx(1, abs=0.1)
    last = table.iloc[-1]
    assert last["AUC, each alone"] < last["AUC, secure sum"] < table["AUC, secure sum"][0]


def test_a_liar_ruins_the_mean_and_caution_costs_unlike_clients(data):
    table = comparison.with_liar(data, 3, 3, RATE)
    honest, lied = table["AUC, honest"], table["AUC, one liar"]
    assert honest.min() > 0.75 and lied["FedAvg"] < 0.6 < 0.75 < lied[["FedMedian", "Krum"]].min()
    assert table.loc["FedAvg", "digits, one liar"] < 0.3 < table.loc["FedMedian", "digits, one liar"]
    assert table["digits, honest but unlike"].idxmax() == "FedAvg"
