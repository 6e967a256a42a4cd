"""The figures of chapter 1, each drawn from the table that stands beneath it in the notebook."""

from typing import TYPE_CHECKING

import pandas as pd

from playbook.course.figures import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {"kept": PALETTE[2], "exact repeat": PALETTE[1], "near-duplicate": PALETTE[6], "empty": PALETTE[0]}


def threshold_curve(curve: pd.DataFrame, threshold: float) -> "Figure":
    """Draw `planting.threshold_curve`: documents removed, and copies found, by threshold.

    >>> curve = pd.DataFrame({"threshold": [0.5, 0.9], "documents": [9, 1], "recall": [1.0, 0.99]})
    >>> [axis.get_title() for axis in threshold_curve(curve, 0.7).axes]
    ['Near-duplicates removed', 'Planted copies found']
    """
    fig, (left, right) = _axes(2)
    left.plot(curve["threshold"], curve["documents"], "o-", color=PALETTE[5])
    left.set(title="Near-duplicates removed", ylabel="documents", ylim=(0, None))
    right.plot(curve["threshold"], curve["recall"], "s-", color=PALETTE[6])
    right.set(title="Planted copies found", ylabel="share of the copies due", ylim=(0, 1.05))
    for axis in (left, right):
        axis.axvline(threshold, color="#999999", linestyle=":")
        axis.set(xlabel="threshold (Jaccard similarity)")
    return fig


def bill(money: pd.DataFrame) -> "Figure":
    """Draw millions of characters by group (row) and by what became of them (column).

    matplotlib's own font has no Chinese: a group whose name it cannot write is named by its row in the table.

    >>> axis, = bill(pd.DataFrame({"kept": [2.0, 1.0]}, index=["numpy", "中文"])).axes
    >>> [label.get_text() for label in axis.get_yticklabels()]
    ['row 2', 'numpy']
    """
    fig, axis = _axes(1)
    names = [name if name.isascii() else f"row {i}" for i, name in enumerate(map(str, money.index), start=1)]
    places = range(len(names) - 1, -1, -1)
    start = pd.Series(0.0, index=money.index)
    for column in sorted(money, key=list(_COLOURS).index):
        axis.barh(places, money[column], left=start, color=_COLOURS[column], label=column)
        start = start + money[column]
    axis.set_yticks(places[::-1], names[::-1])
    axis.set(title="What cleaning does to the bill", xlabel="million characters")
    axis.legend(frameon=False)
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


def _axes(columns: int) -> "tuple[Figure, Axes | tuple[Axes, Axes]]":
    from matplotlib import pyplot as plt

    return plt.subplots(1, columns, figsize=(8.5, 3), layout="constrained")
