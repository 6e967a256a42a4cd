"""The picture shows every row with its interval, in both panels."""

import pandas as pd
import pytest

from playbook import PlaybookError
from playbook.cost import figures_compression


def test_every_row_has_a_point_and_a_bar():
    ways = ["bits", "global", "layer", "2:4", "global"]
    table = pd.DataFrame(
        {"way": ways, "disk_mb": range(5), "rise": 0.2, "low": 0.1, "high": 0.4, "slower": [1, 2, 3, 4, 5]},
        index=list("abcde"),
    )
    loss, speed = figures_compression.frontier(table, 538).axes
    assert sum(len(bars[0].get_xdata()) for bars in loss.containers) == 5
    assert [bar.get_width() for bar in speed.patches] == [1, 2, 3, 4, 5]
    assert [label.get_text() for label in speed.get_yticklabels()] == list("abcde")
    assert len(loss.get_legend().get_texts()) == 6


def test_nothing_to_draw_is_refused():
    with pytest.raises(PlaybookError, match="run a sweep first"):
        figures_compression.frontier(pd.DataFrame(), 538)
