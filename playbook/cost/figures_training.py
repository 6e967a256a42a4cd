"""The pictures of training: a scaling law of one's own, with what it said of the larger model."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost.scaling import power_law
from playbook.course.figures import PALETTE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from playbook.cost.ladder import SizeLaw

_ORANGE, _BLUE, _VERMILION = PALETTE[1], PALETTE[5], PALETTE[6]


def ladder(runs: pd.DataFrame, law: "SizeLaw", params: float, loss: float) -> "Figure":
    """Draw the small models of `ladder.climb`, the law fitted to them, and the larger model's measured loss.

    params, loss: of the larger model. The band is the law's 90 % interval for one model of that size.
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(6.5, 3.6))
    axes = fig.subplots()
    sizes = np.geomspace(runs["params"].min(), 1.2 * params, 40)
    middle, low, high = np.array([law.predict(size) for size in sizes]).T
    axes.fill_between(sizes, low, high, color=_BLUE, alpha=0.2, label="90 % interval")
    axes.plot(sizes, middle, color=_BLUE, label="the law of the small ones")
    straight = [power_law(runs["params"], runs["loss"], size) for size in sizes]
    axes.plot(sizes, straight, color=_ORANGE, linestyle="--", label="a power law without a floor")
    axes.plot(runs["params"], runs["loss"], "o", color=PALETTE[0], label="small models, trained first")
    axes.plot([params], [loss], "D", color=_VERMILION, label="the larger one, trained after")
    axes.set(xscale="log", xlabel="parameters, thousands", ylabel="held-out loss, nats a token")
    ticks = [*runs["params"], params]
    axes.set_xticks(ticks, [f"{tick / 1e3:.0f}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_title("A law fitted to small models, and the model it had not seen")
    axes.legend(fontsize=8)
    return fig
