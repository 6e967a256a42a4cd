"""A picture carries its text alternative and is shown once."""

import base64

import matplotlib as mpl
import pytest

from playbook.course import figures
from playbook.errors import PlaybookError


def test_the_picture_carries_its_alternative_and_is_closed(monkeypatch):
    mpl.use("agg")
    from matplotlib import pyplot as plt

    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **more: shown.append((data, more)))
    fig, axes = plt.subplots()
    axes.plot([1, 2], color=figures.PALETTE[5])
    figures.show(fig, alt="A line that rises.")
    data, more = shown[0]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == "A line that rises."
    assert more["metadata"] == {"image/png": {"alt": "A line that rises."}}
    assert fig.number not in plt.get_fignums()


def test_a_picture_without_words_is_refused():
    with pytest.raises(PlaybookError, match="what the picture shows"):
        figures.show(None, alt="")


def test_the_palette_has_eight_colours():
    assert len(set(figures.PALETTE)) == 8
