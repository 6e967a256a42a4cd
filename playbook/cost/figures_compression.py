"""The picture of what compression costs and saves: loss against size, and the seconds that it takes."""

from typing import TYPE_CHECKING

import pandas as pd

from playbook.cost.compression import MARGIN
from playbook.course.figures import PALETTE
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = {
    "bits": ("s", PALETTE[5], "fewer bits"),
    "global": ("o", PALETTE[6], "pruned, over all"),
    "layer": ("^", PALETTE[1], "pruned, matrix by matrix"),
    "2:4": ("D", PALETTE[3], "pruned, 2:4"),
}


def words(table: pd.DataFrame) -> str:
    """Say in one sentence what `frontier` draws: the text for those who cannot see it.

    >>> words(pd.DataFrame({"disk_mb": [137.0], "rise": [0.04], "slower": [3.9]}, index=["int8"]))
    'Size, loss and time. int8: 137 MB, +0.04 nats, 3.9 x the seconds.'
    """
    rows = (f"{n}: {r.disk_mb:.0f} MB, {r.rise:+.2f} nats, {r.slower:.1f} x" for n, r in table.iterrows())
    return f"Size, loss and time. {'; '.join(rows)} the seconds."


def frontier(table: pd.DataFrame, base_mb: float) -> "Figure":
    """Draw the rise of the loss with its interval against megabytes on disk, and seconds beside it.

    table: rows of `compression.row` with their `way`; base_mb: the file of the network as it was. Raises
    PlaybookError when there is nothing to draw.

    >>> row = {"way": "bits", "disk_mb": 137, "rise": 0.0, "low": -0.1, "high": 0.1, "slower": 2.0}
    >>> [axes.get_xlabel() for axes in frontier(pd.DataFrame([row], index=["int8"]), 538).axes]
    ['file, MB', 'seconds a block, as a multiple of the 32-bit network']
    """
    from matplotlib.figure import Figure

    if table.empty:
        raise PlaybookError("there is no compressed network to draw: run a sweep first.")
    fig = Figure(figsize=(10, 4.2), layout="constrained")
    loss, speed = fig.subplots(1, 2)
    for way, (marker, colour, name) in _LOOKS.items():
        rows = table[table["way"] == way]
        if len(rows):
            error = [rows["rise"] - rows["low"], rows["high"] - rows["rise"]]
            loss.errorbar(
                rows["disk_mb"], rows["rise"], error, fmt=marker, color=colour, capsize=3, label=name
            )
    loss.axvline(base_mb, color=PALETTE[0], linestyle=":", label="32 bits, dense")
    loss.axhline(MARGIN, color=PALETTE[0], linestyle="--", label=f"broken: above {MARGIN} nats")
    loss.set_yscale("symlog", linthresh=MARGIN)
    loss.set(xlabel="file, MB", ylabel="rise of the loss, nats a token (95 %)", title="What it costs")
    loss.legend(fontsize=8)
    loss.grid(alpha=0.3)
    speed.barh(table.index, table["slower"], color=[_LOOKS[way][1] for way in table["way"]])
    speed.axvline(1, color=PALETTE[0], linestyle=":")
    speed.set(xlabel="seconds a block, as a multiple of the 32-bit network", title="What it saves in time")
    speed.invert_yaxis()
    return fig
