"""The figure of section 3.4: who is approved, and who is judged wrongly, by group."""

from typing import TYPE_CHECKING

import pandas as pd

from playbook.course.figures import PALETTE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_group(judged: pd.DataFrame) -> "Figure":
    """Draw the table of `groups.judged`: a panel a measure, a colour and mark a judge, bars for intervals.

    >>> columns = ["by", "measure", "group", "of", "%", "low", "high"]
    >>> table = pd.DataFrame([["decision", "approved", "a", 9, 50.0, 40.0, 60.0]], columns=columns)
    >>> [axis.get_title() for axis in by_group(table).axes]
    ['approved']
    """
    from matplotlib.figure import Figure

    measures, judges = (list(dict.fromkeys(judged[name])) for name in ("measure", "by"))
    groups = sorted(judged["group"].unique())
    figure = Figure(figsize=(3.6 * len(measures), 1.6 + 0.5 * len(groups)), layout="constrained")
    axes = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axis, measure in zip(axes, measures, strict=True):
        for place, judge in enumerate(judges):
            of = judged[(judged["measure"] == measure) & (judged["by"] == judge)].set_index("group")
            if len(of):
                middle, low, high = (of[name].to_numpy() for name in ("%", "low", "high"))
                shift = 0.2 * (place - (len(judges) - 1) / 2)
                y = [groups.index(name) + shift for name in of.index]
                colour, mark = PALETTE[(0, 5, 6, 3)[place % 4]], "osD^"[place % 4]
                error = [middle - low, high - middle]
                axis.errorbar(middle, y, xerr=error, fmt=mark, color=colour, capsize=2, label=judge)
        axis.set(title=measure, xlabel="%, with 95 % interval", xlim=(0, 100))
    axes[0].set_yticks(range(len(groups)), groups)
    axes[0].set_ylabel("group")
    axes[0].invert_yaxis()
    axes[0].legend(frameon=False, loc="lower left")
    return figure
