"""The figures of chapter 1, each drawn from the table that stands beneath it in the notebook."""

from typing import TYPE_CHECKING

import pandas as pd

from playbook.course.figures import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def threshold_curve(curve: pd.DataFrame, met: pd.DataFrame, threshold: float) -> "Figure":
    """Draw what each threshold removes (`planting.threshold_curve`), and how often pairs meet (`s_curve`).

    >>> curve = pd.DataFrame({"threshold": [0.5, 0.9], "documents": [9, 1]})
    >>> met = pd.DataFrame({"measured": [0.6, 1.0], "theory": [0.5, 1.0]}, index=[0.5, 0.9])
    >>> [axis.get_title() for axis in threshold_curve(curve, met, 0.7).axes]
    ['Near-duplicates removed', 'Pairs that MinHash proposes']
    """
    fig, (left, right) = _axes(2)
    left.plot(curve["threshold"], curve["documents"], "o-", color=PALETTE[5])
    left.set(
        title="Near-duplicates removed", xlabel="threshold (Jaccard)", ylabel="documents", ylim=(0, None)
    )
    right.plot(met.index, met["theory"], "-", color=PALETTE[0], label="theory")
    right.plot(met.index, met["measured"], "s", color=PALETTE[6], label="measured")
    right.set(
        title="Pairs that MinHash proposes", xlabel="similarity of the pair", ylabel="share", ylim=(0, 1.05)
    )
    right.legend(frameon=False, loc="lower right")
    for axis in (left, right):
        axis.axvline(threshold, color="#999999", linestyle=":")
    return fig


def raters(errors: pd.DataFrame) -> "Figure":
    """Draw the share of contradicted labels: a row a set of texts, a column a number of raters.

    >>> axis, = raters(pd.DataFrame({1: [0.3], 5: [0.2]}, index=["tweets"])).axes
    >>> axis.get_ylabel()
    '% of texts'
    """
    fig, axis = _axes(1)
    for place, (name, row) in enumerate(errors.iterrows()):
        colour, mark = PALETTE[(5, 1, 3, 6)[place % 4]], "osD^"[place % 4]
        axis.plot(row.index, row * 100, color=colour, marker=mark, label=name)
    axis.set(
        title="Labels that contradict the crowd", xlabel="raters a text", ylabel="% of texts", ylim=(0, None)
    )
    axis.legend(frameon=False)
    return fig


def thread(runs: pd.DataFrame) -> "Figure":
    """Draw `thread.compare`: the loss of each run, and the canaries recited by how often they were planted.

    >>> runs = pd.DataFrame({"corpus": ["raw", "clean"], "seed": 0, "loss": [5.0, 4.9], 1: [0, 0.5]})
    >>> [axis.get_ylabel() for axis in thread(runs).axes]
    ['nats a token, held out', '% of canaries recited']
    """
    fig, (left, right) = _axes(2)
    repeats = [column for column in runs if isinstance(column, int)]
    for side, colour, mark in (("raw", PALETTE[6], "s"), ("clean", PALETTE[5], "o")):
        own = runs[runs["corpus"] == side]
        left.plot(own["seed"], own["loss"], mark, color=colour, label=side)
        right.plot(range(len(repeats)), own[repeats].mean() * 100, f"{mark}-", color=colour, label=side)
    left.set(
        title="Loss", xlabel="seed", ylabel="nats a token, held out", xticks=sorted(runs["seed"].unique())
    )
    right.set(
        title="Recited", xlabel="repeats in the raw corpus", ylabel="% of canaries recited", ylim=(-3, 103)
    )
    right.set_xticks(range(len(repeats)), repeats)
    left.legend(frameon=False)
    return fig


def _axes(columns: int) -> "tuple[Figure, Axes | tuple[Axes, Axes]]":
    from matplotlib import pyplot as plt

    return plt.subplots(1, columns, figsize=(8.5, 3), layout="constrained")
