"""An explainer that is broken on purpose is caught, each time by the check that is meant for it."""

import numpy as np

from playbook.interpretability.estimators import sampled
from playbook.interpretability.mutations import (
    checks,
    deletion_gains,
    mutations,
    on_blank_networks,
    over_chance,
    sum_gap,
)

GENERATOR = np.random.default_rng(0)
X, BASE, OTHER = (GENERATOR.normal(size=(n, 6)) for n in (6, 20, 20))
WEIGHTS = np.array([3.0, -2, 1, 0.5, 0, 0])


def predict(z):
    return 1 / (1 + np.exp(-(z @ WEIGHTS) - z[:, 0] * z[:, 1] * z[:, 2]))


make = sampled(predict, pairs=4)


def test_each_mutation_is_caught_by_its_own_check_and_the_whole_explainer_passes():
    table = mutations(make, predict, X, BASE, OTHER + 1)
    assert table["caught"].tolist() == [False, True, True, True]
    failed = [set(table.columns[:3][~row.to_numpy(dtype=bool)]) for _, row in table.iloc[:, :3].iterrows()]
    assert failed[0] == set() and "sum fits" in failed[1]
    assert failed[2:] == [{"order beats chance"}, {"seed is drawn anew"}]


def test_attributions_of_the_wrong_sign_or_size_are_caught():
    backwards = checks(lambda x, seed: -make(BASE)(x, seed), predict, X, BASE)
    assert not backwards["sum fits"] and not backwards["order beats chance"]
    assert not checks(lambda x, seed: 1.01 * make(BASE)(x, seed), predict, X, BASE)["sum fits"]


def test_noise_beats_chance_about_as_often_as_it_says():
    noise = [GENERATOR.normal(size=X.shape) for _ in range(40)]
    found = [over_chance(predict, X, one, BASE) for one in noise]
    assert sum(one["p"] <= 0.025 for one in found) <= 4
    assert abs(np.mean([one["deletion"] for one in found])) < 0.01
    ours = over_chance(predict, X, make(BASE)(X, 0), BASE)
    assert ours["deletion"] > 0.05 and ours["insertion"] > 0.05 and ours["p"] == 0.025


def test_the_gap_is_the_worst_row():
    assert sum_gap(lambda z: z[:, 0], [[2, 0], [3, 0]], [[1, 0], [1, 1]], [[1, 0]]) == 0
    assert sum_gap(lambda z: z[:, 0], [[2, 0], [3, 0]], [[1, 0], [1, 0]], [[1, 0]]) == 1


def test_gains_of_several_answers_are_those_over_chance_and_of_the_first_rows_only():
    whole = make(BASE)(X, 0)
    gains = deletion_gains(predict, X, (whole, -whole), BASE, rows=4)
    assert gains[0] == round(over_chance(predict, X[:4], whole[:4], BASE)["deletion"], 1) > 0 > gains[1]


def test_networks_that_learnt_nothing_are_told_from_the_model_and_not_from_their_input():
    ours, blind = on_blank_networks(predict, OTHER, X, BASE[:5], networks=1)
    assert ours < 0.8 and blind == 1
