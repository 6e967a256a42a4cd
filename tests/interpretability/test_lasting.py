"""Letters made again: what counts as a change, what is moved, and what stays when nothing can change."""

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.applications import applications
from playbook.interpretability.lasting import both, changed, lasting, nudged
from playbook.interpretability.refusals import refuse


def test_changed_counts_letters_per_time_and_ever():
    names, before = ["a", "b"], np.array([[-2.0, -1.0], [-1.0, 3.0]])
    same, swapped, other = before, before[:, ::-1] * [[1, 1], [1, 1]], np.array([[-2.0, 1.0], [-1.0, 3.0]])
    assert changed(before, [same], names) == {"letters": 0.0, "first": 0.0, "ever": 0.0}
    assert changed(before, [same, other], names) == {"letters": 25.0, "first": 0.0, "ever": 50.0}
    # swapped: the first letter keeps its set and changes its head, the second changes both
    assert changed(before, [swapped], names) == {"letters": 50.0, "first": 100.0, "ever": 50.0}
    with pytest.raises(PlaybookError, match="at least one other time"):
        changed(before, [], names)


def test_only_amounts_are_nudged_and_by_no_more_than_said():
    rows = pd.DataFrame({"amount": np.linspace(1, 500, 60), "code": [1.0, 2, 3] * 20, "yes": [0.0, 1] * 30})
    moved = nudged(rows, 0.01, seed=1)
    assert moved[["code", "yes"]].equals(rows[["code", "yes"]])
    share = (moved["amount"] / rows["amount"] - 1).abs()
    assert 0.005 < share.max() <= 0.01
    assert not moved.equals(nudged(rows, 0.01, seed=2)) and moved.equals(nudged(rows, 0.01, 1))


def mean_difference(x, y, seed):
    weights = x[y == 1].mean() - x[y == 0].mean()
    return lambda rows, compared: ((rows - compared.mean()) * weights).to_numpy()


def test_only_what_depends_on_chance_changes():
    generator = np.random.default_rng(0)
    x = pd.DataFrame(generator.normal(10, 1, size=(200, 6)), columns=list("abcdef"))
    y = (x["a"] + x["b"] / 2 + generator.normal(size=200) > 15).to_numpy().astype(int)
    table = lasting(mean_difference, x, y, x.head(40), x[y == 1], draws=5)
    assert table.loc["another training seed"].tolist() == [0, 0, 0]  # this one has none
    assert (
        table.loc["training rows drawn again", "letters"] > table.loc["amounts moved by up to 1 %", "letters"]
    )
    assert (table["letters"] <= table["ever"]).all() and table.loc["compared with all", "ever"] > 0
    again = lasting(mean_difference, x, y, x.head(40), x[y == 1], draws=5)
    assert again.equals(table)
    assert not lasting(mean_difference, x, y, x.head(40), x[y == 1], draws=5, seed=9).equals(table)


def test_scorecard_and_network_are_both_written_again():
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(generator.normal(size=(200, 3)), columns=list("abc"))
    frame["approve"] = (frame["a"] + generator.normal(size=200) > -1).astype(int)
    data = applications(frame)
    table = both(data, ["a", "b"], refuse(data, ["a", "b"], known=False))
    assert set(table.columns.get_level_values(0)) == {"scorecard", "network, 20 letters"}
    assert table.loc["another training seed", ("scorecard", "letters")] == 0 and len(table) == 5
