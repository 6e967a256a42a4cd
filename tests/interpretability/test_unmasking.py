"""The audit catches what decides by the protected column, open or wrapped, and accuses nothing else."""

import numpy as np
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.deception import Rule, wrap
from playbook.interpretability.unmasking import (
    FACTS,
    audit,
    books,
    file_of_the_bank,
    flipped,
    forest,
    trial,
    unmasked,
)

RACE, HISTORY = len(FACTS), FACTS.index("chist")


@pytest.fixture(scope="module")
def bank():
    return file_of_the_bank()


def test_the_books_add_up_in_a_file_and_not_in_a_mixture(bank):
    x = bank[0].to_numpy()
    mixed = x.copy()
    mixed[:, 1] = np.random.default_rng(0).permutation(mixed[:, 1])
    assert np.abs(books(x)[:, 12]).max() < 1e-6 < np.median(np.abs(books(mixed)[:, 12]))
    assert np.median(np.abs(books(x)[:, 13])) < 1


def test_the_wrapper_is_caught_and_the_forest_is_not_accused(bank):
    x, approved = bank
    train, test = x.iloc[:1300], x.iloc[1300:]
    liar = wrap(Rule(RACE, 0.0), Rule(HISTORY, 1.0), train, books)
    fair = forest(train, approved[:1300], 0)
    lies, truth = audit(liar, test, RACE), audit(fair, test, RACE)
    assert lies["flipped"] > 0.5 and lies["gap"] > 0.5 and lies["unlike"] > 0.1
    assert truth["flipped"] == 0 and truth["gap"] < 0.4 and truth["unlike"] < lies["unlike"]
    assert unmasked([liar, fair], test, RACE) == 0.5


def test_an_open_rule_is_flipped_everywhere_and_an_innocent_one_nowhere(bank):
    x, _ = bank
    assert flipped(Rule(RACE, 0.0), x, RACE) == 1 and flipped(Rule(HISTORY, 1.0), x, RACE) == 0
    innocent = audit(Rule(HISTORY, 1.0), x.head(300), RACE)
    assert innocent["unlike"] < 0.02


def test_a_column_that_is_not_a_flag_is_refused(bank):
    with pytest.raises(PlaybookError, match="column 0 must hold both 0 and 1"):
        flipped(Rule(0, 1.0), bank[0], 0)
    with pytest.raises(PlaybookError, match="column 11 must hold both"):
        flipped(Rule(0, 1.0), bank[0][bank[0]["minority"] == 0], RACE)


def test_a_trial_tells_catches_and_accuses():
    small = trial(rows=2, models=1)
    assert (small.caught, small.false_alarms) == (1.0, 0.0)
    assert small.passed["sum fits"] and small.passed["seed is drawn anew"]  # of a liar: they test no model
    assert small.told["model"].tolist() == ["open", "open", "wrapped", "wrapped"]
    assert small.audits.loc["wrapped", "flipped"] > 0.5 > small.audits.loc["rule for show", "flipped"] == 0
