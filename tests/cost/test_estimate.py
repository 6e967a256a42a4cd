"""Estimates lie between their bounds, and what is learned is one vote a laboratory."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost import estimate
from playbook.cost.accelerators import ACCELERATORS
from playbook.cost.estimate import estimate_run, held_out, learn
from playbook.errors import PlaybookError


def runs(**utilisations: list[float]) -> pd.DataFrame:
    rows = [(lab, "H100", share) for lab, shares in utilisations.items() for share in shares]
    return pd.DataFrame(rows, columns=["laboratory", "accelerator", "utilisation"])


@given(st.floats(1e7, 1e12), st.floats(1e8, 1e13), st.sampled_from(sorted(ACCELERATORS)))
def test_an_estimate_lies_in_its_interval_and_doubles_with_the_tokens(params, tokens, name):
    run = estimate_run(params, tokens, name)
    assert 0 < run.low < run.gpu_hours < run.high
    assert 0.1 < run.utilisation < 0.6
    assert estimate_run(params, 2 * tokens, name).gpu_hours == pytest.approx(2 * run.gpu_hours)


def test_money_energy_and_carbon_follow_from_the_hours():
    run = estimate_run(7e9, 1e12, "A100-80GB", price=2, region="europe-north1")
    assert run.usd == pytest.approx(2 * run.gpu_hours)
    assert run.kwh == pytest.approx(run.gpu_hours * 0.4 * 1.1)
    assert run.co2_t == pytest.approx(run.kwh * 0.039 / 1000)


def test_a_known_utilisation_leaves_no_interval():
    run = estimate_run(7e9, 1e12, "H100", utilisation=0.4)
    assert run.low == run.gpu_hours == run.high
    assert run.utilisation == 0.4


def test_what_no_source_says_is_none_and_not_a_guess():
    run = estimate_run(7e9, 1e12, "TPUv5p")
    assert run.usd is run.kwh is run.co2_t is None
    assert estimate_run(7e9, 1e12, "H800").usd is None  # only an assumed price is listed


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ((0, 1e12, "H100"), "params is 0"),
        ((7e9, -1, "H100"), "tokens is -1"),
        ((7e9, 1e12, "A100"), "did you mean A100-40GB or A100-80GB"),
        ((7e9, 1e12, "H100", 35), "utilisation is 35"),
        ((7e9, 1e12, "H100", None, 0), "price is 0"),
        ((7e9, 1e12, "H100", None, None, "europe-nord1"), "take europe-north1"),
    ],
)
def test_plans_that_are_none_are_refused_in_a_sentence(plan, said):
    with pytest.raises(PlaybookError, match=said):
        estimate_run(*plan)


def test_a_laboratory_with_many_runs_has_one_vote():
    few = learn(runs(a=[0.4], b=[0.2], c=[0.2]))
    assert learn(runs(a=[0.4] * 50, b=[0.2], c=[0.2])).overall == pytest.approx(few.overall)


def test_a_generation_with_one_laboratory_is_pulled_half_way_to_all():
    table = runs(a=[0.4], b=[0.4], c=[0.4])
    table.loc[3] = ["d", "V100", 0.1]
    learned = learn(table)
    assert learned.generations["Volta"] == pytest.approx((np.log(0.1) + learned.overall) / 2)
    assert learned.utilisation("B200") == pytest.approx(np.exp(learned.overall))


def test_the_interval_widens_with_the_scatter():
    narrow = learn(runs(**{lab: [0.3] for lab in "abcdefghij"}))
    wide = learn(runs(**{lab: [share] for lab, share in zip("abcdefghij", [0.2, 0.4] * 5, strict=True)}))
    assert narrow.width == pytest.approx(0)
    assert wide.width > 0.3


def test_a_laboratory_is_predicted_from_the_others_alone():
    table = runs(a=[0.4, 0.5], b=[0.2], c=[0.2], d=[0.2])
    found = held_out(table).set_index("laboratory")
    assert found.loc["a", "predicted"].tolist() == pytest.approx([0.2, 0.2])
    assert found.loc["a", "factor"].tolist() == pytest.approx([2, 2.5])
    assert list(found.index) == list(table["laboratory"])


def test_two_laboratories_are_too_few():
    with pytest.raises(PlaybookError, match="three or more"):
        learn(runs(a=[0.3], b=[0.3]))


def test_an_interval_for_a_new_laboratory_covers_what_it_promises():
    # 25 draws of 15 made-up laboratories of one to six runs each
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(25):
        table = {}
        for lab in range(15):
            own = rng.normal(np.log(0.3), 0.2)
            table[f"lab{lab}"] = list(np.exp(rng.normal(own, 0.15, rng.integers(1, 7))))
        frame = runs(**table)
        new = frame["laboratory"] == "lab0"
        learned = learn(frame[~new])
        inside.append(
            (
                np.abs(np.log(frame.loc[new, "utilisation"]) - learned.generations["Hopper"]) <= learned.width
            ).mean()
        )
    assert 0.84 <= np.mean(inside) <= 0.99


def test_learning_from_the_published_table_is_done_once():
    assert estimate.learned_from_published() is estimate.learned_from_published()
