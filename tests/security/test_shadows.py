"""Shadow models find members of an overfitted network; a regularised one gives less away."""

import numpy as np
import pytest

from playbook.security.membership import lira
from playbook.security.shadows import judged, networks


@pytest.fixture(scope="module")
def noisy():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 6))
    return x, (x[:, 0] + rng.normal(size=300) > 0).astype(int)


def test_learning_by_heart_shows_and_weight_decay_hides_it(noisy):
    table, area = {}, {}
    for decay in (1e-3, 30.0):
        sure, members, area[decay] = networks(*noisy, decay, models=8)
        assert sure.shape == members.shape == (8, 300) and (members.sum(axis=0) == 4).all()
        table[decay] = judged({"loss": sure, "LiRA": lira(sure, members)}, members)["AUC"]
    assert (table[1e-3] > table[30.0] + 0.1).all()
    assert area[30.0] > area[1e-3]


def test_scores_are_judged_over_all_models():
    inside = np.array([[True, False, True, False]] * 3)
    table = judged({"perfect": inside * 1.0, "blind": inside * 0.0}, inside)
    assert table["AUC"].tolist() == [1.0, 0.5]
    assert table["found at 1 % false"].tolist() == [1.0, 0.0]
