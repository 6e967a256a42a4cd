"""Tables that do not go together are told why, and what a background cannot speak of is named."""

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import fit, prefixes, unseen


def test_text_columns_are_named_and_their_contents_are_not():
    frame = pd.DataFrame({"income": [1.0], "town": ["Secretville"]})
    with pytest.raises(PlaybookError, match="and town are not: turn categories into 0/1 columns") as error:
        fit(frame, frame)
    assert "Secretville" not in str(error.value)


def test_missing_columns_are_told():
    with pytest.raises(PlaybookError, match="give both the same, in order"):
        fit(pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.0], "b": [2.0]}))


def test_unseen_categories_and_constant_columns_are_said_and_quantities_are_not():
    base = pd.DataFrame(
        {"code": [1.0, 2, 3, 1], "flag": [0.0] * 4, "same": [5.0] * 4, "ratio": [0.1, 0.2, 0.3, 0.4]}
    )
    x = pd.DataFrame({"code": [4.0, 1], "flag": [1.0, 1], "same": [5.0, 5], "ratio": [0.7, 0.15]})
    said = unseen(x, base)
    assert [one.split(":")[0] for one in said] == ["code", "flag"]
    assert "1 of 2 rows hold a category" in said[0] and "constant in the background" in said[1]
    assert unseen(base, base) == []


def test_prefixes_grow_by_one_feature_in_the_order_given():
    masks = prefixes(np.array([2, 0, 1]))
    assert [np.flatnonzero(row).tolist() for row in masks] == [[], [2], [0, 2], [0, 1, 2]]
