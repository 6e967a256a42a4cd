"""Exposure by sampled rivals against the rank among all candidates, on a toy whose every rank is known."""

import itertools

import numpy as np
import pytest

from playbook.security.extraction import exposure


@pytest.fixture(scope="module")
def toy():
    """Losses of all 10,000 four-digit secrets under a chain that prefers some digits after others."""
    rng = np.random.default_rng(0)
    chance = rng.dirichlet(np.ones(10), size=11)  # row 10: of the first digit
    secrets = np.array(list(itertools.product(range(10), repeat=4)))
    before = np.c_[np.full(len(secrets), 10), secrets[:, :3]]
    return -np.log(chance[before, secrets]).sum(axis=1)


def test_with_every_candidate_exposure_is_the_exact_rank(toy):
    order = toy.argsort()
    for rank in (1, 2, 100, 10_000):
        own = order[rank - 1]
        exact = np.log2(len(toy)) - np.log2(rank)
        assert exposure(toy[own], np.delete(toy, own)) == pytest.approx(exact)


def test_a_sample_of_rivals_estimates_it_and_cannot_exceed_its_own_bits(toy):
    rng, order = np.random.default_rng(1), toy.argsort()
    for rank in (500, 2_000, 6_000):
        own = order[rank - 1]
        exact = np.log2(len(toy)) - np.log2(rank)
        drawn = [exposure(toy[own], rng.choice(np.delete(toy, own), 255, replace=False)) for _ in range(200)]
        assert np.mean(drawn) == pytest.approx(exact, abs=0.15)
    top = exposure(toy[order[0]], rng.choice(np.delete(toy, order[0]), 255, replace=False))
    assert top == 8 < np.log2(len(toy))
