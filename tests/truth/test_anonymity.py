"""Holds k, l, t against the papers and pyCANON, and the noise of private counts against its closed form."""

import math
import random
from fractions import Fraction

import pandas as pd
import pytest

from playbook.data.anonymity import anonymity, generalise
from playbook.data.counts import discrete_laplace, laplace_error


def test_t_closeness_of_the_paper():
    # Li, Li, Venkatasubramanian (2007): table 5 has t = 0.167 for salary, table 3 holds a class at 0.375.
    salaries = [3, 5, 9, 6, 11, 8, 4, 7, 10]
    frame = pd.DataFrame({"class": list("aaabbbccc"), "salary": salaries})
    assert anonymity(frame, ["class"], "salary")["t"] == pytest.approx(0.167, abs=5e-4)
    frame = pd.DataFrame({"class": list("aaabbbccc"), "salary": [3, 4, 5, 6, 8, 11, 7, 9, 10]})
    assert anonymity(frame, ["class"], "salary")["t"] == pytest.approx(0.375, abs=5e-4)


@pytest.mark.parametrize("sensitive", ["grade", "approved", "reason"])
def test_measures_are_those_of_pycanon(sensitive):
    peer = pytest.importorskip("pycanon.anonymity")
    source = random.Random(3)
    frame = pd.DataFrame({
        "town": source.choices("ABC", k=300), "age": source.choices([20, 30, 40], k=300),
        "grade": source.choices([1, 2, 5, 9], k=300), "approved": source.choices([0, 1], k=300),
        "reason": source.choices(["debt", "income", "none"], k=300),
    })  # fmt: skip
    quasi, columns = ["town", "age"], [sensitive]
    ours = anonymity(frame, quasi, sensitive)
    assert ours["k"] == peer.k_anonymity(frame, quasi)
    assert ours["l"] == peer.l_diversity(frame, quasi, columns)
    assert int(ours["entropy_l"] + 1e-9) == peer.entropy_l_diversity(frame, quasi, columns)
    assert ours["t"] == pytest.approx(peer.t_closeness(frame, quasi, columns))
    assert ours["alpha"] == pytest.approx(peer.alpha_k_anonymity(frame, quasi, columns)[0])
    assert ours["beta"] == pytest.approx(peer.basic_beta_likeness(frame, quasi, columns))
    assert ours["delta"] == pytest.approx(peer.delta_disclosure(frame, quasi, columns))


def test_the_mortgage_table_reaches_k_5():
    from playbook import inputs

    try:
        frame = inputs.mortgages()
    except ValueError as missing:
        pytest.skip(str(missing))
    quasi = ["appinc", "loanamt", "price", "dep", "married", "male", "sch"]
    before = anonymity(frame, quasi, "approve")
    kept, aside = generalise(frame, quasi, k=5)
    after = anonymity(kept, quasi, "approve")
    assert (before["k"], before["l"]) == (1, 1)
    assert before["unique"] > 0.9 * len(frame)
    assert after["k"] >= 5
    assert after["t"] < before["t"]
    assert len(kept) + len(aside) == len(frame)
    assert len(aside) < 0.02 * len(frame)


@pytest.mark.parametrize("epsilon", [Fraction(1, 2), Fraction(2), Fraction(3, 7)])
def test_noise_follows_the_closed_form(epsilon):
    source, count = random.Random(5), 20_000
    drawn = [discrete_laplace(epsilon, source) for _ in range(count)]
    p = math.exp(-epsilon)
    chi_square = 0.0
    for value in range(-3, 4):
        expected = count * (1 - p) / (1 + p) * p ** abs(value)
        chi_square += (drawn.count(value) - expected) ** 2 / expected
    assert chi_square < 24.3  # 7 degrees of freedom, p = .001
    error = laplace_error(float(epsilon))
    assert sum(map(abs, drawn)) / count == pytest.approx(error["mean"], rel=0.05)
    inside = sum(abs(value) <= error["within_95"] for value in drawn) / count
    tighter = sum(abs(value) <= error["within_95"] - 1 for value in drawn) / count
    assert tighter < 0.955 and inside > 0.945
