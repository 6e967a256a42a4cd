"""A few marked rows teach a trigger that accuracy does not see; the hidden layer shows them."""

import numpy as np
import pytest

from playbook.security import digits
from playbook.security.networks import hidden
from playbook.security.poisoning import TARGET, TRIGGER, poison, removed, success, suspects, train, triggered


@pytest.fixture(scope="module")
def attack():
    (training,), testing = digits.shares(1)
    data = poison(*training)
    return data, train(data.x, data.y), testing


def test_what_is_planted(attack):
    data, *_ = attack
    assert (data.y[data.planted] == TARGET).all() and (data.x[data.planted][:, TRIGGER] == 1).all()
    assert abs(data.planted.mean() - 0.03) < 0.001
    assert triggered(data.x[:5]) is not data.x


def test_the_backdoor_works_unseen_until_its_rows_are_found(attack):
    data, model, testing = attack
    clean, works = success(model, testing)
    assert clean > 0.94 and works > 0.7
    found = suspects(hidden(model, data.x), data.y)
    assert (found & data.planted).sum() >= 0.9 * data.planted.sum() >= 0.8 * found.sum()
    again, still = success(train(data.x[~found], data.y[~found]), testing)
    assert again > 0.94 and still < 0.05


def test_the_toolbox_at_its_defaults_finds_less(attack):
    data, model, testing = attack
    table = removed(data, model, testing)
    assert table["ART, logits"][1] < table["hidden layer"][1]
    assert table["ART, logits"][3] > table["hidden layer"][3]


def test_suspects_accuses_somebody_even_where_nobody_is_guilty():
    rng = np.random.default_rng(0)
    assert suspects(rng.normal(size=(60, 4)), np.repeat([0, 1], 30)).any()
