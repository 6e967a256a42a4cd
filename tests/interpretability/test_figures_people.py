"""The figure by group: a panel a measure, a mark a judge, intervals where the table has them."""

import pandas as pd

from playbook.interpretability.figures_people import by_group
from playbook.interpretability.groups import judged


def test_every_row_of_the_table_is_drawn_with_its_interval():
    group = pd.Series(["x", "y", "z", "z"] * 10)
    decided, model = [1, 1, 1, 0] * 10, [1, 0, 1, 0] * 10  # nobody of x was refused: no rate among them
    table = judged(decided, {"scorecard": model, "network": model}, group)
    axes = by_group(table).axes
    assert [axis.get_title() for axis in axes] == list(dict.fromkeys(table["measure"]))
    drawn = {}
    for axis in axes:
        for container in axis.containers:
            drawn[container.get_label(), axis.get_title()] = container.lines[0].get_xdata().tolist()
        assert "%" in axis.get_xlabel() and axis.get_xlim() == (0, 100)
    expected = {
        key: part.sort_values("group")["%"].tolist() for key, part in table.groupby(["by", "measure"])
    }
    assert drawn == expected
    bars = axes[0].containers[0].lines[2][0].get_segments()
    row = table.iloc[0]
    assert [bars[0][0][0], bars[0][1][0]] == [row["low"], row["high"]]
    assert [text.get_text() for text in axes[0].get_legend().get_texts()] == [
        "decision",
        "scorecard",
        "network",
    ]
