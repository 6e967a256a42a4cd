"""Generalised rows reach k, none is lost, and the measures count what the definitions say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.anonymity import anonymity, generalise
from playbook.errors import PlaybookError


def people(rows: int, seed: int = 0) -> pd.DataFrame:
    source = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": source.integers(18, 90, rows), "income": source.lognormal(3, 1, rows).round(1),
        "town": source.choice(["A", "B", "C"], rows), "ill": source.integers(0, 2, rows),
    }, index=[f"r{i}" for i in range(rows)])  # fmt: skip
    frame.loc[source.random(rows) < 0.04, "income"] = np.nan
    frame.loc[source.random(rows) < 0.02, "town"] = None
    return frame


@given(st.integers(2, 20), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_generalised_rows_share_their_quasi_identifiers_and_none_is_lost(k, seed):
    frame = people(200, seed)
    before = frame.copy()
    kept, aside = generalise(frame, ["age", "income", "town"], k)
    pd.testing.assert_frame_equal(frame, before)
    assert anonymity(kept, ["age", "income", "town"], "ill")["k"] >= k
    assert sorted([*kept.index, *aside.index]) == sorted(frame.index)
    assert aside.str.startswith("missing: ").all()
    assert kept["ill"].equals(frame.loc[kept.index, "ill"])
    assert kept["age"].mean() == pytest.approx(frame.loc[kept.index, "age"].mean())


def test_missing_quasi_identifiers_count_as_a_value():
    frame = pd.DataFrame({"town": ["A", "A", None], "ill": [0, 1, 1]})
    assert anonymity(frame, ["town"], "ill")["k"] == 1


def test_recursive_diversity_of_a_class_counted_by_hand():
    # Counts 4, 2, 1, 1: with l = 3 the most frequent value stands against the last two, 4 / (1 + 1).
    frame = pd.DataFrame({"q": [1] * 8 + [2] * 3, "s": list("aaaabbcdabc")})
    found = anonymity(frame, ["q"], "s")
    assert (found["l"], found["recursive_c"]) == (3, 2.0)


def test_bad_tables_are_refused_in_a_sentence():
    frame = people(30)
    for call in (
        lambda: anonymity(frame, ["age", "absent"], "ill"),
        lambda: anonymity(frame.head(0), ["age"], "ill"),
        lambda: anonymity(frame.assign(ill=None), ["age"], "ill"),
        lambda: generalise(frame, ["age"], 1),
        lambda: generalise(frame.head(3), ["age"], 5),
    ):
        with pytest.raises(PlaybookError):
            call()
