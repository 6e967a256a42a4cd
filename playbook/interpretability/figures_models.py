"""The pictures of training and of models: what TensorBoard stored, sick runs, the price of simplicity."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.course.figures import PALETTE
from playbook.interpretability.sick_runs import layer_gradients
from playbook.interpretability.visualization import last_tensor, scalars

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLACK, _ORANGE, _SKY, _GREEN, _, _BLUE, _VERMILION, _PURPLE = PALETTE


def stored(folder: Path, words: pd.DataFrame) -> "Figure":
    """Draw what was logged to `folder`: loss, gradients and weights of the first layer, PR curve; and words.

    words: `rating` and `after` of `projector.train_words`. Five panels, read back from the event files.
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(11, 5.6), layout="constrained")
    grid = fig.subplots(2, 3).ravel()
    _losses(grid[0], scalars(folder), "scalars: loss")
    for axes, name, colour in ((grid[1], "weights", _BLUE), (grid[2], "gradients", _VERMILION)):
        bins = last_tensor(folder, f"{name}/hidden_1")
        axes.bar(bins[:, 0], bins[:, 2], bins[:, 1] - bins[:, 0], align="edge", color=colour)
        axes.set(title=f"histograms: {name}, first layer", xlabel="value", ylabel="how many")
        axes.locator_params(axis="x", nbins=5)
    _, _, _, _, precision, recall = last_tensor(folder, "precision_recall/pr_curves")
    shown = precision > 0  # above the highest prediction there is nothing to be precise about
    grid[3].plot(recall[shown], precision[shown], color=_GREEN)
    grid[3].set(title="pr_curves: rows not trained on", xlabel="recall", ylabel="precision", xlim=(0, 1.02))
    for axes, when in ((grid[4], "before"), (grid[5], "after")):
        axes.scatter(words[when], words["rating"], s=6, color=_PURPLE)
        axes.set(title=f"projector: words, {when} training", xlabel="first principal axis")
        axes.set_ylabel("mean rating, -4 to 4")
    return fig


def runs(curves: Mapping[str, pd.DataFrame]) -> "Figure":
    """Draw runs side by side: loss against guessing; AUC and largest column; the gradient of each layer.

    curves: of `sick_runs.train_runs`, a column of panels for each.
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(3.4 * len(curves), 7.2), layout="constrained")
    grid = fig.subplots(3, len(curves), sharex=True, squeeze=False)
    for (name, run), (loss, area, size) in zip(curves.items(), grid.T, strict=True):
        _losses(loss, run, f"run {name}")
        loss.set_ylim(0, 1.1 * run[["loss", "val_loss", "guess"]].to_numpy().max())
        area.plot(run.index, run["val_auc"], "o-", color=_GREEN, label="AUC, rows not trained on")
        share = run.filter(regex="^column/").max(axis=1)
        area.plot(run.index, share, "s--", color=_PURPLE, label="share of the column used most")
        area.set(ylim=(0, 1.05), ylabel="AUC, share")
        area.legend(fontsize=7)
        sizes = layer_gradients(run)
        for shade, layer in zip(np.linspace(0.15, 0.85, len(sizes.columns)), sizes, strict=True):
            ends = layer in (sizes.columns[0], sizes.columns[-1])
            size.semilogy(run.index, sizes[layer], color=_cividis(shade), label=layer if ends else None)
        size.set(ylim=(1e-8, 10), ylabel="size of a layer's gradient", xlabel="epoch")
        size.legend(fontsize=7)
    return fig


def prices(table: pd.DataFrame) -> "Figure":
    """Draw each model's AUC less the first one's, with both intervals; `table` is of `simplification.price`.

    >>> ends = ["low", "high", "retrained low", "retrained high"]
    >>> table = pd.DataFrame(0.1, ["card", "net"], ["AUC", "more", *ends])
    >>> prices(table).axes[0].get_xlabel()
    'AUC more than the card'
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(7.5, 0.9 + 0.5 * len(table)), layout="constrained")
    axes = fig.subplots()
    others = table.iloc[1:]
    places = np.arange(len(others))
    axes.axvline(0, color=_BLACK, linewidth=1)
    for lift, name, colour, label in (
        (-0.12, "", _BLUE, "other applicants"),
        (0.12, "retrained ", _ORANGE, "and trained again"),
    ):
        low, high = others[f"{name}low"], others[f"{name}high"]
        axes.hlines(places + lift, low, high, color=colour, linewidth=3, label=f"95 %, {label}")
    axes.plot(others["more"], places, "o", color=_BLACK)
    axes.set_yticks(places, others.index)
    axes.invert_yaxis()
    axes.set(
        xlabel=f"AUC more than the {table.index[0]}",
        title="Each model against the simplest, on the same folds",
    )
    axes.legend(fontsize=8, loc="lower left")
    return fig


def _losses(axes: "Axes", run: pd.DataFrame, title: str) -> None:
    axes.plot(run.index, run["loss"], "o-", color=_BLUE, label="trained on")
    axes.plot(run.index, run["val_loss"], "s--", color=_ORANGE, label="not trained on")
    axes.plot(run.index, run["guess"], ":", color=_BLACK, label="guessing the share")
    axes.set(title=title, xlabel="epoch", ylabel="loss, nats")
    axes.legend(fontsize=7)


def _cividis(shade: float) -> tuple[float, float, float, float]:
    from matplotlib import colormaps

    return colormaps["cividis"](shade)
