"""The bill follows its plan, levers are sorted by what they move, and the cheapest size is the cheapest."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost import bill as bills
from playbook.cost.algorithms import training_flops
from playbook.cost.bill import Plan, bill, cheapest_for_loss, levers, thresholds, verdict
from playbook.cost.scaling import EPOCH
from playbook.errors import PlaybookError

PLAN = Plan(7e9, 1e12, "H100", 64, price=2.95, budget=250_000, deadline_days=45)


def test_the_bill_is_hours_times_price_and_days_are_hours_over_devices():
    found = bill(PLAN)
    table = found.table()
    assert found.usd == tuple(sorted(found.usd))
    assert table.loc["USD"].tolist() == pytest.approx(list(found.usd))
    assert table.loc["days on 64"].tolist() == pytest.approx(list(found.days))
    assert found.days[1] * 64 * 24 * 2.95 == pytest.approx(found.usd[1])
    assert bill(replace(PLAN, devices=128)).usd == found.usd


def test_where_no_power_is_known_the_table_says_nothing_of_energy():
    assert list(bill(replace(PLAN, accelerator="TPUv5p")).table().index) == [
        "accelerator-hours",
        "USD",
        "days on 64",
    ]


@pytest.mark.parametrize(("limit", "said"), [(0.5, "no"), (1.5, "unlikely"), (2.5, "likely"), (3, "yes")])
def test_a_verdict_says_where_the_limit_lies(limit, said):
    assert verdict((1, 2, 3), limit) == said


def test_levers_are_sorted_by_what_they_move():
    table = levers(PLAN)
    assert table["factor"].is_monotonic_decreasing
    assert (table["cheap"] <= table["dear"]).all()
    assert table.loc["tokens", "factor"] == pytest.approx(4)
    usd = bill(PLAN).usd
    assert table.loc["utilisation", ["cheap", "dear"]].tolist() == pytest.approx([usd[0], usd[2]])
    assert "price of an hour" not in levers(replace(PLAN, accelerator="V100")).index


def test_the_cheapest_accelerator_is_not_the_one_with_the_cheapest_hour():
    costs = bills.accelerator_costs(PLAN)
    assert costs.is_monotonic_increasing
    assert costs.index[-1] == "V100"


def test_the_budget_buys_the_tokens_whose_bill_it_is():
    for tokens, end in zip(bills.affordable_tokens(PLAN), (2, 1, 0), strict=True):
        assert bill(replace(PLAN, tokens=tokens)).usd[end] == pytest.approx(PLAN.budget)


@given(st.floats(1.9, 4))
def test_the_cheapest_size_reaches_the_loss_and_no_other_is_cheaper(loss):
    params, tokens = cheapest_for_loss(loss)
    assert EPOCH.loss(params, tokens) == pytest.approx(loss)
    least = training_flops(params, tokens)
    for factor in (0.5, 0.9, 1.1, 2):
        rest = loss - EPOCH.E - EPOCH.A / (params * factor) ** EPOCH.alpha
        if rest > 0:
            assert training_flops(params * factor, (EPOCH.B / rest) ** (1 / EPOCH.beta)) >= least


def test_the_cheapest_size_for_a_loss_is_the_best_one_for_its_operations():
    params, tokens = cheapest_for_loss(2.0)
    assert EPOCH.optimal(training_flops(params, tokens)) == pytest.approx((params, tokens))


def test_the_lines_of_the_law_are_crossed_where_they_are_drawn():
    assert thresholds(7e9, 2.380e12)["crossed"].tolist() == [False, False]
    assert thresholds(7e9, 2.381e12)["crossed"].tolist() == [True, False]
    assert thresholds(405e9, 15.6e12)["crossed"].tolist() == [True, True]  # Llama 3.1 405B


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"params": -7e9}, "params is"),
        ({"tokens": 0}, "tokens is 0"),
        ({"devices": 1.5}, "devices is 1.5"),
        ({"price": float("nan")}, "price is nan"),
        ({"budget": 0}, "budget is 0"),
        ({"deadline_days": -1}, "deadline_days is -1"),
        ({"accelerator": "H10"}, "did you mean H100"),
        ({"region": "us-averag"}, "take us-average"),
        ({"params": 7e18, "tokens": 1e21}, "check the units"),
    ],
)
def test_plans_that_are_none_are_refused_in_a_sentence(change, said):
    with pytest.raises(PlaybookError, match=said):
        replace(PLAN, **change)


@pytest.mark.parametrize("loss", [EPOCH.E, 1.0, 0])
def test_a_loss_that_no_size_reaches_is_refused(loss):
    with pytest.raises(PlaybookError, match="loss"):
        cheapest_for_loss(loss)
