"""The chapter's pictures: what published runs reached of their peak, and what ZeRO leaves on a device."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe & Ito (2008): told apart without colour vision, and in grey by their markers.
_BLUE, _ORANGE, _GREEN, _VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"


def utilisation(dense: pd.DataFrame) -> "Figure":
    """Draw each published run's utilisation, sorted, with the median; `dense` is of `cloud.dense_runs`.

    >>> runs = pd.DataFrame({"model": ["a"], "accelerator": ["V100"], "utilisation": [0.2]})
    >>> utilisation(runs).axes[0].get_xlabel()
    'whole-run utilisation, % of dense peak'
    """
    from matplotlib.figure import Figure

    ordered = dense.sort_values("utilisation").reset_index(drop=True)
    fig = Figure(figsize=(7.5, 0.6 + 0.24 * len(ordered)))
    axes = fig.subplots()
    looks = zip(
        sorted(set(ordered["accelerator"])), "osD^v", (_BLUE, _ORANGE, _GREEN, _VERMILION), strict=False
    )
    for name, marker, colour in looks:
        points = ordered[ordered["accelerator"] == name]
        axes.plot(100 * points["utilisation"], points.index, marker, color=colour, label=name)
    axes.axvline(100 * ordered["utilisation"].median(), color="black", linestyle="--", label="median")
    axes.set_yticks(range(len(ordered)), ordered["model"], fontsize=8)
    axes.set(
        xlim=(0, 100), xlabel="whole-run utilisation, % of dense peak", title="What published runs reached"
    )
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="lower right")
    return fig


def model_states(stages: pd.Series, memory_gb: float, name: str) -> "Figure":
    """Draw the model states a device holds at each ZeRO stage, in GB, against the memory of one `name`.

    >>> model_states(pd.Series([120.0, 31.4]), 80, "H100").axes[0].get_ylabel()
    'GB a device'
    """
    from matplotlib.figure import Figure

    fig = Figure(figsize=(6, 3))
    axes = fig.subplots()
    colours = [_BLUE if gigabytes <= memory_gb else _VERMILION for gigabytes in stages]
    bars = axes.bar([f"ZeRO {stage}" for stage in stages.index], stages, color=colours)
    axes.bar_label(bars, fmt="%.1f")
    axes.margins(y=0.15)  # room for the numbers
    axes.axhline(memory_gb, color="black", linestyle="--", label=f"{name}: {memory_gb:g} GB")
    axes.set(ylabel="GB a device", title="Weights, gradients and optimiser states")
    axes.legend()
    return fig
