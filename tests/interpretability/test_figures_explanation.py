"""The pictures show what the tables say: every method, named axes with units, no line left out."""

import pandas as pd
from matplotlib import pyplot as plt

from playbook.interpretability.figures_explanation import beeswarm, budgets, drawn, methods


def test_budgets_draw_a_line_a_method_in_both_panels():
    curve = pd.DataFrame(
        {"method": list("aabbcc"), "coalitions": [50, 99] * 3, "error": 0.1, "four reasons": [0.5, 1.0] * 3}
    )
    left, right = budgets(curve).axes
    assert [line.get_label() for line in left.lines] == list("abc")
    assert right.lines[1].get_ydata().tolist() == [50, 100] and left.get_xscale() == "log"
    assert "%" in left.get_ylabel() and "%" in right.get_ylabel()


def test_methods_draw_agreement_and_credit_beside_each_other():
    scores = pd.DataFrame({"rank agreement": [1.0, 0.6], "ignored": [0.0, 0.07]}, index=["exact", "LIME"])
    left, right = methods(scores).axes
    assert [bar.get_width() for bar in left.patches] == [1.0, 0.6]
    assert [round(bar.get_width(), 6) for bar in right.patches] == [0, 7]
    assert [label.get_text() for label in left.get_yticklabels()] == ["exact", "LIME"]


def test_the_summary_plot_names_every_feature_and_its_unit():
    plt.subplots(1, 2)  # left open by somebody else: it must not be drawn into
    frame = pd.DataFrame({"income": [1.0, 2, 3], "debts": [3.0, 2, 1]})
    axes = beeswarm(frame.to_numpy() - 2, frame, "points").axes[0]
    assert {label.get_text() for label in axes.get_yticklabels()} == {"income", "debts"}
    assert axes.get_xlabel() == "points" and axes.get_title() == "What moved 3 predictions"
    assert drawn(axes.figure, ["income", "debts", "age"]) == 2
