"""The figures of the chapter's text sections, each drawn from the table that stands beneath it."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.course.figures import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from playbook.interpretability.lens import Lens


def fewer_layers(table: pd.DataFrame, accuracy: pd.DataFrame) -> "Figure":
    """Draw what is lost with fewer layers (`layers.fewer_layers`), and what each layer knows (`lens.probe`).

    >>> lost = pd.DataFrame({"early exit": [3.0, 6.0], "translated": [3.0, 3.3]}, index=[0, 1])
    >>> known = pd.DataFrame({"accuracy": [0.7, 0.8], "control": [0.5, 0.5]}, index=[0, 3])
    >>> [axis.get_xlabel() for axis in fewer_layers(lost, known).axes]
    ['layers removed', 'after layer']
    """
    fig, (left, right) = _axes(2, 3.2)
    lines = table.drop(columns="time %", errors="ignore")
    for name, colour, mark in zip(lines, (PALETTE[6], PALETTE[1], PALETTE[5]), "s^o", strict=False):
        left.plot(lines.index, lines[name], f"{mark}-", color=colour, label=name)
    left.set(title="What is lost", xlabel="layers removed", ylabel="nats a token, held out", ylim=(0, None))
    for name, colour, mark in zip(accuracy, (PALETTE[5], PALETTE[0]), "ox", strict=True):
        right.plot(accuracy.index, accuracy[name], f"{mark}-", color=colour, label=name)
    right.set(title="What a layer knows", xlabel="after layer", ylabel="share of texts right", ylim=(0.4, 1))
    for axis in (left, right):
        axis.legend(frameon=False)
    return fig


def methods(table: pd.DataFrame) -> "Figure":
    """Draw `tokens.explain` as a heat map: a row a method, each in shares of its largest value.

    >>> table = pd.DataFrame({"occlusion": [1.0, 3.0]}, index=["The", " end"])
    >>> methods(table).axes[0].get_title()
    'Which tokens move the answer'
    """
    fig, axis = _axes(1, 2.6)
    shares = (table / table.abs().max()).T.to_numpy()
    axis.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    _write(axis, shares, [[f"{value:.2f}" for value in row] for row in shares])
    axis.set_xticks(range(len(table)), [visible(token) for token in table.index])
    axis.set_yticks(range(len(shares)), table.columns)
    axis.set(
        title="Which tokens move the answer", xlabel="tokens of the prompt", ylabel="share of the largest"
    )
    return fig


def lenses(bare: "Lens", translated: "Lens", every: int = 2) -> "Figure":
    """Draw both lenses as heat maps, layers over tokens: the likeliest next token, and how likely it is."""
    fig, axes = _axes(2, 6.4)
    for axis, lens, title in zip(axes, (bare, translated), ("Logit lens", "Translated"), strict=True):
        rows = slice(None, None, every)
        picture = axis.imshow(lens.probability[rows], cmap="cividis", vmin=0, vmax=1, aspect="auto")
        words = [[visible(word)[:9] for word in row] for row in lens.top[rows]]
        _write(axis, lens.probability[rows], words)
        axis.set_xticks(range(len(lens.tokens)), [visible(token) for token in lens.tokens], rotation=30)
        axis.set_yticks(range(len(words)), range(0, len(lens.top), every))
        axis.invert_yaxis()
        axis.set(title=title, xlabel="after this token", ylabel="after this layer (0: embedding)")
    fig.colorbar(picture, ax=axes, label="probability of the token written", shrink=0.6)
    return fig


def thread(found: pd.DataFrame) -> "Figure":
    """Draw what the canaries' secrets cost either model, and what they lose without their owner's name.

    >>> sides = pd.MultiIndex.from_product([["canary"], ["clean", "raw"]])
    >>> found = pd.DataFrame({"secret loss": [9, 1], "name, whole": [0, 8]}, index=sides)
    >>> [text.get_text() for text in thread(found).axes[0].get_xticklabels()]
    ['secret loss', 'name, whole']
    """
    fig, axis = _axes(1, 3.2)
    names = [one for one in ("secret loss", "name, by token", "name, whole") if one in found]
    for place, (side, colour) in enumerate((("raw", PALETTE[6]), ("clean", PALETTE[5]))):
        values = found.loc[("canary", side), names]
        axis.bar(np.arange(len(names)) + 0.4 * place, values, 0.38, color=colour, label=side)
    axis.set_xticks(np.arange(len(names)) + 0.2, names)
    axis.set(
        title="A canary's secret, and its owner's name", xlabel="measure", ylabel="nats, mean of canaries"
    )
    axis.legend(frameon=False, title="trained on")
    return fig


def visible(token: str) -> str:
    r"""Write a token so that it can be seen and drawn: a dot for what has no letter, and no formula.

    >>> visible(" a$\n"), visible("\ufffd")
    ('a\\$·', '·')
    """
    shown = "".join(c if c.isprintable() and ord(c) < 0x250 else "·" for c in token)
    return shown.strip().replace("$", r"\$") or "·"


def largest(table: pd.DataFrame) -> str:
    """Name the token that each column of `tokens.explain` finds largest.

    >>> largest(pd.DataFrame({"occlusion": [1.0, 3.0]}, index=["The", " end"]))
    'occlusion: end'
    """
    return ", ".join(f"{name}: {visible(table[name].idxmax())}" for name in table)


def _write(axis: "Axes", values: np.ndarray, words: list[list[str]]) -> None:
    for row, line in enumerate(words):
        for column, word in enumerate(line):
            light = values[row][column] > 0.6
            axis.text(
                column, row, word, ha="center", va="center", fontsize=8, color="black" if light else "white"
            )


def _axes(columns: int, height: float) -> "tuple[Figure, Axes | tuple[Axes, Axes]]":
    from matplotlib import pyplot as plt

    return plt.subplots(1, columns, figsize=(8.5, height), layout="constrained")
