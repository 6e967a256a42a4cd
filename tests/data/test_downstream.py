"""What dropping and coarsening rows costs a model, on the mortgage applications and on invented ones."""

import numpy as np
import pytest

from playbook.data.downstream import FEATURES, QUASI_IDENTIFIERS, anonymity_price, gaps_price
from playbook.inputs import mortgages


@pytest.fixture(scope="module")
def frame():
    return mortgages()


def test_dropping_answers_fewer_people_and_ranks_them_no_better(frame):
    table = gaps_price(frame)
    assert table["rows"].tolist() == [
        len(frame.dropna()),
        len(frame.dropna(subset=list(FEATURES))),
        len(frame),
    ]
    assert table["auc"].nunique() == 3  # the models learned from different rows
    assert table["answered"].iloc[-1] == 1 and (table["answered"].iloc[:-1] < 0.8).all()
    assert table["auc"].iloc[-1] >= table["auc"].iloc[0] - 0.005
    assert table["auc_gaps"].isna().tolist() == [True, True, False]


def test_without_gaps_the_ways_are_one(frame):
    table = gaps_price(frame.dropna(), features=["hrat", "obrat"])
    assert table["rows"].nunique() == table["answered"].nunique() == 1
    assert np.ptp(table["auc"]) < 1e-9


def test_generalising_reaches_k_and_costs_the_model_little(frame):
    table = anonymity_price(frame, k=5)
    assert table["k"].tolist() == [1, 5] and table["unique"].iloc[1] == 0
    assert table["rows"].nunique() == 1 and abs(np.diff(table["auc"])).item() < 0.03
    assert table["t"].iloc[1] < table["t"].iloc[0]


def test_no_protected_ground_is_a_feature():
    assert not {"black", "hispan", "white", "male", "married", "gdlin"} & set(FEATURES)
    assert set(QUASI_IDENTIFIERS) <= set(mortgages().columns)
