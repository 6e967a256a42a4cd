"""Membership metrics against scikit-learn's own, and against what is known of two normal distributions."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import auc, roc_auc_score, roc_curve

from playbook.security.membership import halves, lira, membership_inference


@pytest.fixture(scope="module")
def measured():
    rng = np.random.default_rng(7)
    members, others = rng.normal(1, 1, 200_000), rng.normal(0, 1, 200_000)
    return members, others, membership_inference(members, others)


def test_the_metrics_are_those_of_scikit_learn(measured):
    members, others, found = measured
    truth = np.r_[np.ones_like(members), np.zeros_like(others)]
    scores = np.r_[members, others]
    assert found["auc"] == roc_auc_score(truth, scores)
    false, true, _ = roc_curve(truth, scores)
    assert found["auc"] == pytest.approx(auc(false, true), abs=1e-9)
    for limit in (0.001, 0.01):
        # scikit-learn draws a line between the steps; ours is the step that is really reached
        assert found[f"tpr_at_fpr_{limit:g}"] == pytest.approx(np.interp(limit, false, true), abs=1e-4)


def test_the_metrics_are_those_of_two_normal_distributions(measured):
    # members lie one standard deviation above the others: AUC = Phi(1 / sqrt 2), advantage = 2 Phi(1/2) - 1
    *_, found = measured
    assert found["auc"] == pytest.approx(norm.cdf(1 / np.sqrt(2)), abs=2e-3)
    assert found["advantage"] == pytest.approx(2 * norm.cdf(0.5) - 1, abs=4e-3)
    assert found["tpr_at_fpr_0.01"] == pytest.approx(norm.sf(norm.isf(0.01) - 1), abs=4e-3)


def test_lira_reaches_the_best_test_where_the_distributions_are_known():
    # each record has its own difficulty, and being a member adds one standard deviation to its confidence:
    # the best test knows the difficulty (AUC = Phi(1 / sqrt 2)); one threshold for all does not
    rng = np.random.default_rng(3)
    models, records, hard = 256, 1_000, 3.0
    inside = halves(models, records, seed=3)
    confidence = rng.normal(0, hard, records) + inside + rng.normal(size=(models, records))
    shadowed = membership_inference(*(lira(confidence, inside)[side] for side in (inside, ~inside)))
    plain = membership_inference(*(confidence[side] for side in (inside, ~inside)))
    assert shadowed["auc"] == pytest.approx(norm.cdf(1 / np.sqrt(2)), abs=0.012)
    assert shadowed["tpr_at_fpr_0.01"] == pytest.approx(norm.sf(norm.isf(0.01) - 1), abs=0.012)
    assert plain["auc"] == pytest.approx(norm.cdf(1 / np.sqrt(2 * (1 + hard**2))), abs=0.012)


def test_lira_finds_nothing_where_nothing_is():
    # with few shadows too: a model is not its own shadow, and the means' uncertainty is counted
    rng = np.random.default_rng(4)
    for models in (6, 16):
        inside = halves(models, 20_000, seed=4)
        blind = rng.normal(0, 2, 20_000) + rng.normal(size=inside.shape)
        found = membership_inference(*(lira(blind, inside)[side] for side in (inside, ~inside)))
        assert found["auc"] == pytest.approx(0.5, abs=0.01)
