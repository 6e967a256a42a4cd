"""Sharing out the rows, holding rows out, and comparing models on them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.security.lenders import FEATURES, compare, lenders, partition


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 60), st.integers(0, 99))
def test_every_row_is_in_exactly_one_share(values, clients, seed):
    frame = pd.DataFrame({"value": values})
    clients = min(clients, len(frame))
    for by in (None, "value"):
        shares = partition(frame, clients, by, seed)
        assert sorted(index for share in shares for index in share.index) == list(frame.index)
        assert {len(share) for share in shares} <= {len(frame) // clients, -(-len(frame) // clients)}
    order = [value for share in shares for value in share["value"]]
    assert order == sorted(order)


def test_shares_are_the_same_for_a_seed_and_others_for_another():
    frame = pd.DataFrame({"value": range(100)})
    first, again, other = (partition(frame, 3, seed=seed)[0].index.tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_more_clients_than_rows_and_unknown_columns_are_refused():
    frame = pd.DataFrame({"value": range(3)})
    with pytest.raises(PlaybookError, match="3 rows cannot be shared out among 4"):
        partition(frame, 4)
    with pytest.raises(PlaybookError, match="no column 'bank'"):
        partition(frame, 2, by="bank")


def test_the_mortgages_are_split_without_loss_or_overlap():
    data = lenders(mortgages(), "approve", FEATURES)
    assert len(data.training) + len(data.testing) == 1989
    assert not set(data.training) & set(data.testing)
    x, y = data.share(data.training)
    assert x.shape == (1392, len(FEATURES))
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-9)
    assert abs(y.mean() - data.share(data.testing)[1].mean()) < 0.002
    assert sum(len(y) for _, y in data.shares(7, "white")) == 1392


def test_a_column_that_the_training_rows_hold_constant_does_no_harm():
    table = pd.DataFrame({"debt": range(100), "rare": [1] + [0] * 99, "approve": [0, 1] * 50})
    for seed in range(5):
        assert np.isfinite(lenders(table, "approve", seed=seed).x.to_numpy()).all()


def test_too_few_rows_of_a_class_are_refused():
    table = pd.DataFrame({"debt": range(100), "approve": [0] * 5 + [1] * 95})
    with pytest.raises(PlaybookError, match="has 5 rows of a class"):
        lenders(table, "approve")


def test_the_comparison_is_paired_and_its_auc_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(400, 2)), generator.integers(0, 2, 400)
    x[:, 0] += y
    models = {"good": np.array([1.0, 0, 0]), "same": np.array([2.0, 0, 5]), "noise": np.array([0, 1.0, 0])}
    table = compare(models, (x, y), "good", resamples=100)
    assert table.loc["good", "AUC"] == roc_auc_score(y, x[:, 0])
    assert table.loc["same", ["difference", "from", "to"]].tolist() == [0, 0, 0]
    assert table.loc["noise", "to"] < 0
    assert (table["low"] < table["AUC"]).all()
    assert (table["AUC"] < table["high"]).all()
