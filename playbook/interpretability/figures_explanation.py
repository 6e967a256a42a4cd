"""The pictures of explanations tested: KernelSHAP against its budget, methods against known truth."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from playbook.course.figures import PALETTE
from playbook.interpretability.coalitions import Floats
from playbook.interpretability.estimators import load_shap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = "osD^v"


def budgets(curve: pd.DataFrame) -> "Figure":
    """Draw error and right decisions against coalitions asked, of `estimators.kernel_curve`.

    >>> curve = pd.DataFrame({"method": "a", "coalitions": [50, 99], "error": 0.1, "four reasons": 1.0})
    >>> [one.get_xlabel() for one in budgets(curve).axes]
    ['coalitions asked a row', 'coalitions asked a row']
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = fig.subplots(1, 2)
    for (name, points), colour, mark in zip(
        curve.groupby("method", sort=False), PALETTE[5:] + PALETTE, _MARKS, strict=False
    ):
        style = {"color": colour, "marker": mark, "label": name}
        left.plot(points["coalitions"], 100 * points["error"], **style)
        right.plot(points["coalitions"], 100 * points["four reasons"], **style)
    left.set(title="Largest error in a row", ylabel="% of the row's largest value")
    right.set(title="Letters with the right four reasons", ylabel="% of letters", ylim=(0, 105))
    for axes in (left, right):
        axes.set(xscale="log", xlabel="coalitions asked a row")
        axes.grid(alpha=0.3)
    left.legend(fontsize=8)
    return fig


def beeswarm(values: Floats, x: pd.DataFrame, unit: str = "percentage points of probability") -> "Figure":
    """Draw shap's summary plot of values (n, d) at rows x (n, d), in the unit named."""
    from matplotlib import pyplot as plt

    figure = plt.figure()  # shap draws into whichever figure is the current one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # matplotlib's notices about shap's colours
        load_shap().summary_plot(values, x, cmap="cividis", show=False)
    plt.xlabel(unit)
    plt.title(f"What moved {len(x)} predictions")
    return figure


def methods(scores: pd.DataFrame) -> "Figure":
    """Draw each method's rank agreement with the truth, and the credit it gives to what the function ignores.

    >>> methods(pd.DataFrame({"rank agreement": [1.0], "ignored": [0.0]}, index=["a"])).axes[0].get_xlabel()
    "Kendall's tau"
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(9, 0.9 + 0.32 * len(scores)), layout="constrained")
    left, right = fig.subplots(1, 2, sharey=True)
    left.barh(scores.index, scores["rank agreement"], color=PALETTE[5])
    right.barh(scores.index, 100 * scores["ignored"], color=PALETTE[6])
    left.set(xlim=(0, 1.05), xlabel="Kendall's tau", title="Agreement with the truth")
    right.set(xlabel="% of all credit", title="Credit to features without a part")
    left.invert_yaxis()
    return fig


def drawn(figure: "Figure", names: Sequence[str]) -> int:
    """Count the features that a figure names on the axis of its rows."""
    labels = {label.get_text() for axis in figure.axes for label in axis.get_yticklabels()}
    return len(labels & set(names))
