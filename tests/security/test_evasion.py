"""The stronger the attack the less stands; hardening helps; nobody to attack is no error."""

import numpy as np
import pytest

from playbook.security import digits
from playbook.security.evasion import COLUMNS, attacked, trial
from playbook.security.networks import Reach, fit, network


@pytest.fixture(scope="module")
def tried():
    (training,), testing = digits.shares(1)
    some = testing[0][:150], testing[1][:150]
    return trial(training, some, Reach(0.15, 0, 1))


def test_stronger_attacks_leave_less(tried):
    assert (tried[COLUMNS].diff(axis=1).iloc[:, 1:] <= 0.01).all(axis=None)
    assert tried.loc["as trained", COLUMNS[-1]] < 0.3 < 0.9 < tried.loc["as trained", "natural"]


def test_hardening_helps_and_has_a_price(tried):
    assert tried.loc["hardened", COLUMNS[-1]] > tried.loc["as trained", COLUMNS[-1]] + 0.2
    assert tried.loc["hardened", "seconds"] > tried.loc["as trained", "seconds"]
    assert (tried["rows"] == 150).all() and (tried["natural"] == tried["accuracy"]).all()


def test_only_the_rows_of_the_networks_own_class_are_attacked():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    table = trial((x, y), (x, y), Reach(0.5, free=np.array([0.0, 0.0])), only=0)
    # nothing is free to move, so every decision stands
    assert (table[COLUMNS] == 1).all(axis=None) and (table["rows"] < 150).all()


def test_nobody_to_attack():
    model = fit(network(2, 2), np.zeros((4, 2)), np.zeros(4), epochs=1)
    assert set(attacked(model, np.zeros((0, 2)), np.zeros(0), Reach(0.1)).values()) == {1.0}
