"""The pictures show every row, and tell what fits from what does not."""

import pandas as pd

from playbook.cost import figures


def test_every_run_and_every_accelerator_is_in_the_picture():
    runs = pd.DataFrame(
        {
            "model": ["a", "b", "c"],
            "accelerator": ["H100", "V100", "H100"],
            "utilisation": [0.4, 0.2, 0.3],
        }
    )
    axes = figures.utilisation(runs).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c", "a"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["H100", "V100", "median"]
    assert sorted(float(x) for line in axes.lines[:2] for x in line.get_xdata()) == [20, 30, 40]


def test_what_does_not_fit_has_another_colour():
    axes = figures.model_states(pd.Series([120.0, 31.4], index=[0, 1]), 80, "H100").axes[0]
    over, under = (bar.get_facecolor() for bar in axes.patches)
    assert over != under


def test_each_lever_reaches_from_its_cheap_to_its_dear_end():
    levers = pd.DataFrame({"cheap": [50.0, 80.0], "dear": [200.0, 120.0]}, index=["tokens", "price"])
    axes = figures.tornado(levers, 100).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["price", "tokens"]  # longest on top
    ends = sorted(round(bar.get_x() + bar.get_width()) for bar in axes.patches)
    assert ends == [50, 80, 120, 200]
