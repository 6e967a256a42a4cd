"""The figures show their tables: lines, words and bars where they belong, nothing that cannot be drawn."""

import warnings

import numpy as np
import pandas as pd
import pytest

from playbook.interpretability import figures_text as figures
from playbook.interpretability.lens import Lens


@pytest.fixture(autouse=True)
def drawn(monkeypatch, tmp_path):
    from matplotlib import pyplot as plt

    yield
    with warnings.catch_warnings(action="error"):  # a glyph that is missing is a warning
        for number in plt.get_fignums():
            plt.figure(number).savefig(tmp_path / f"{number}.png")
    plt.close("all")


def test_fewer_layers_has_a_line_for_each_way_and_none_for_time():
    lost = pd.DataFrame({"early exit": [3, 6], "translated": [3, 4], "least influence": [3, 4], "time %": 9})
    known = pd.DataFrame({"accuracy": [0.7, 0.8], "control": [0.5, 0.5]}, index=[0, 3])
    left, right = figures.fewer_layers(lost, known).axes
    assert [line.get_label() for line in left.lines] == ["early exit", "translated", "least influence"]
    assert [line.get_ydata().tolist() for line in right.lines] == [[0.7, 0.8], [0.5, 0.5]]


def test_methods_are_shares_of_their_largest_value():
    table = pd.DataFrame({"one": [1.0, -4.0], "two": [0.5, 0.25]}, index=["$5", " 中\n"])
    (axis,) = figures.methods(table).axes
    assert [text.get_text() for text in axis.texts] == ["0.25", "-1.00", "1.00", "0.50"]


def test_lenses_write_the_likeliest_word_of_every_second_layer():
    top = np.array([["a", "b"], ["c", "d"], ["\ufffd", "$x$"]])
    seen = Lens([" The", " end"], top, np.full((3, 2), 0.5), np.array([1, 1, 0]))
    left, right, _ = figures.lenses(seen, seen).axes
    for axis in (left, right):
        assert [text.get_text() for text in axis.texts] == ["a", "b", "·", r"\$x\$"]
        assert [text.get_text() for text in axis.get_xticklabels()] == ["The", "end"]


def test_thread_has_a_bar_for_each_measure_and_side():
    sides = pd.MultiIndex.from_product([["canary"], ["clean", "raw"]])
    names = {"secret loss": [9, 1], "name, by token": [0, 0], "name, whole": [0, 8], "loss": 3}
    (axis,) = figures.thread(pd.DataFrame(names, index=sides)).axes
    assert [bar.get_height() for bar in axis.patches] == [1, 0, 8, 9, 0, 0]
