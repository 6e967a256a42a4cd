"""The picture of the ladder shows every model, the law, and what it said of the one it had not seen."""

import numpy as np
import pandas as pd

from playbook.cost.figures_training import ladder
from playbook.cost.ladder import fit_size_law


def test_the_ladder_shows_law_models_and_the_larger_one():
    sizes = np.array([2e4, 6e4, 1.1e5, 1.7e5])
    runs = pd.DataFrame({"params": sizes, "loss": 3.3 + 20 / sizes**0.28})
    axes = ladder(runs, fit_size_law(runs["params"], runs["loss"]), 5.6e5, 3.9).axes[0]
    assert axes.get_xscale() == "log"
    assert "nats" in axes.get_ylabel()
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert len(lines) == 4
    assert lines["the larger one, trained after"].get_xydata().tolist() == [[5.6e5, 3.9]]
    law, straight = lines["the law of the small ones"], lines["a power law without a floor"]
    assert law.get_ydata()[-1] > straight.get_ydata()[-1]
