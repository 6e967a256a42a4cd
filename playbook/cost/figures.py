"""The pictures of cloud and bill: what runs reached of their peak, what ZeRO leaves, what moves the bill."""

from typing import TYPE_CHECKING

import pandas as pd

from playbook.course.figures import PALETTE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BLUE, _VERMILION = PALETTE[5], PALETTE[6]


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
    names = sorted(set(ordered["accelerator"]))
    for name, marker, colour in zip(names, "osD^vPX<>*h", PALETTE[1:] + PALETTE, strict=False):
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


def tornado(levers: pd.DataFrame, usd: float) -> "Figure":
    """Draw what each lever of `bill.levers` makes of a bill of `usd`, from its cheap end to its dear end.

    >>> table = pd.DataFrame({"cheap": [50.0], "dear": [200.0]}, index=["tokens"])
    >>> tornado(table, 100).axes[0].get_xlabel()
    'the bill, USD'
    """
    from matplotlib.figure import Figure

    ordered = levers[::-1]  # matplotlib counts from below
    fig = Figure(figsize=(7.5, 1.2 + 0.45 * len(ordered)))
    axes = fig.subplots()
    for end, colour in (("cheap", _BLUE), ("dear", _VERMILION)):
        reach = ordered[end].astype(float) - usd
        axes.barh(range(len(ordered)), reach, left=usd, color=colour, label=f"{end} end")
    axes.axvline(usd, color="black", linewidth=1)
    axes.set_yticks(range(len(ordered)), ordered.index)
    axes.set(xlabel="the bill, USD", title="One lever at a time: what it makes of the bill")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.legend()
    return fig
