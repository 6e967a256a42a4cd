"""Pictures that everybody can read: colours told apart without colour vision, and a text alternative."""

import base64
import io
from typing import TYPE_CHECKING

from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe & Ito (2008), Color Universal Design: black, orange, sky blue, green, yellow, blue, vermilion, purple.
PALETTE = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")


def show(fig: "Figure", *, alt: str) -> None:
    """Show a matplotlib figure as a PNG with the text alternative `alt`, and close it.

    Raises PlaybookError when `alt` is missing: a sentence that says what the picture shows.

    >>> from matplotlib.figure import Figure
    >>> show(Figure(), alt=" ")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: show(fig, alt=...): say in a sentence what the picture shows.
    """
    from IPython.display import display

    if not alt.strip():
        raise PlaybookError("show(fig, alt=...): say in a sentence what the picture shows.")
    picture = io.BytesIO()
    fig.savefig(picture, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    _close(fig)
    data = {"image/png": base64.b64encode(picture.getvalue()).decode(), "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})


def _close(fig: "Figure") -> None:
    """Take the figure from pyplot, which would otherwise show it a second time at the end of the cell."""
    from matplotlib import pyplot as plt

    plt.close(fig)
