"""Refusals: as many as the banks', explained in closed form, and truthful where asked to be."""

import numpy as np
import pytest

from playbook.interpretability import reasons
from playbook.interpretability.applications import applications, table
from playbook.interpretability.refusals import (
    price_of_truth,
    print_letter,
    refuse,
    train_truthful,
    with_untrue,
)


@pytest.fixture(scope="module")
def data():
    frame, protected = table()
    return applications(frame, protected=protected)


def test_as_many_are_refused_as_the_banks_refused(data):
    refused = refuse(data, list(data.x_train))
    scores = refused.score(data.x_train.to_numpy())
    assert (scores < refused.cut).sum() == (data.y_train == 0).sum()
    assert refused.rows.index.isin(data.x_test.index).all() and len(refused.letters) == len(refused.rows)
    assert (refused.score(refused.rows.to_numpy()) < refused.cut).all()
    near = refused.score(refused.compared.to_numpy())
    assert (
        len(near) == 100
        and near.min() >= refused.cut
        and near.max() <= np.sort(scores[scores >= refused.cut])[99]
    )
    assert len(refuse(data, list(data.x_train), everybody=True).compared) == len(data.x_train)


def test_only_the_truthful_scorecard_tells_nothing_false(data):
    kept = reasons.truthful(data.x_train, data.y_train)
    assert set(kept) < set(data.x_train)
    assert refuse(data, kept).untrue == 0 and refuse(data, kept, everybody=True).untrue == 0
    assert refuse(data, list(data.x_train)).untrue > 20
    assert refuse(data, list(data.x_train), known=False).untrue == 0  # no sentence, and so none that is false


def test_the_trainer_scores_whole_rows_as_the_scorecard_does(data):
    kept = reasons.truthful(data.x_train, data.y_train)
    score = train_truthful(data.x_train.to_numpy(), data.y_train, list(data.x_train))
    rows = data.x_test.to_numpy()
    np.testing.assert_allclose(score(rows), refuse(data, kept).score(rows), atol=1e-9)


def test_truth_costs_next_to_nothing_here_and_nothing_without_sentences(data):
    scores, prices = price_of_truth(data.x_train, data.y_train)
    assert list(scores) == ["truthful", "all features"] and len(scores) == len(data.x_train)
    assert not np.allclose(scores["truthful"], scores["all features"])
    assert prices.loc["all features", "low"] < 0.01 and prices.loc["all features", "high"] < 0.02
    same, nothing = price_of_truth(data.x_train, data.y_train, known=False)
    assert same["truthful"].equals(same["all features"]) and nothing.loc["all features", "more"] == 0


def test_untrue_letters_are_counted_for_all_features_and_none_is_among_ours(data, capsys):
    kept = reasons.truthful(data.x_train, data.y_train)
    refused, untrue = with_untrue(data, kept, known=True)
    assert refused.untrue == 0 and min(untrue.values()) > 20 and set(untrue) == {"textbook", "measured"}
    print_letter(refused, ["hrat"])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{len(refused.rows)} refused; features left out: hrat"
    assert said[2:] == [f"- {reason.sentence}" for reason in refused.letters[0]]
