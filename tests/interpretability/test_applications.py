"""What the model may see: the mortgage features, a table of the reader's own, approvals by group."""

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.interpretability.applications import (
    FEATURES,
    LEFT_OUT,
    applications,
    approvals_by_group,
    columns,
    hindsight,
    table,
)


def own(rows=100, **columns):
    frame = pd.DataFrame({"income": range(rows), "town": list("ab") * (rows // 2)})
    return frame.assign(approve=[0, 1] * (rows // 2), **columns)


def test_mortgages_come_with_twelve_features_and_race_beside_them():
    frame, protected = table()
    assert (protected, len(FEATURES), len(frame)) == ("race", 12, 1989)
    assert frame["race"].value_counts().to_dict() == {"white": 1681, "Black": 197, "Hispanic": 111}
    data = applications(frame, protected=protected)
    assert data.x_train.columns.tolist() == list(FEATURES) and len(data.x_train) == 1392
    forbidden = {name for names in LEFT_OUT for name in names.split(", ")} | {"race", "approve"}
    assert not forbidden & set(data.x_train)
    assert not np.isnan(data.x_train.to_numpy()).any()


def test_split_is_disjoint_stratified_and_repeats_with_its_seed():
    frame, protected = table()
    data, again, other = (applications(frame, protected=protected, seed=seed) for seed in (0, 0, 1))
    assert not set(data.x_train.index) & set(data.x_test.index)
    assert len(data.x_train) + len(data.x_test) == len(frame)
    assert abs(data.y_train.mean() - data.y_test.mean()) < 0.002
    assert data.x_test.index.equals(again.x_test.index) and not data.x_test.index.equals(other.x_test.index)


def test_own_table_loses_its_protected_column(tmp_path):
    own(sex=["f", "m"] * 50).to_csv(tmp_path / "own.csv", index=False)
    frame, protected = table(str(tmp_path / "own.csv"))
    assert protected == "" and "sex_m" in applications(frame).x_train
    data = applications(frame, protected="sex")
    assert data.x_train.columns.tolist() == ["income", "town_b"]
    assert data.approvals["group"].tolist() == ["f", "m"]
    assert applications(frame).approvals is None


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (own(), {"protected": "race"}, "no column 'race'"),
        (own(), {"protected": "approve"}, "both target and protected"),
        (own(), {"target": "approved"}, "no column 'approved'"),
        (own(20), {}, "Only 10 rows of one class"),
        (own(name=[f"person {i}" for i in range(100)]), {"protected": "name"}, "has 100 values"),
    ],
)
def test_tables_that_do_not_fit_are_told_why(frame, options, message):
    with pytest.raises(PlaybookError, match=message):
        applications(frame, **options)


def test_approvals_carry_wilson_intervals_and_missing_groups():
    rates = approvals_by_group(np.array([1] * 15 + [0] * 5), pd.Series(["a"] * 18 + [None] * 2))
    assert rates["group"].tolist() == ["a", "not stated"]
    # Wilson (1927), worked by hand for 15 of 18: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    share, n, z = 15 / 18, 18, 1.959964
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    ends = [(share + z**2 / (2 * n) + side * half) / (1 + z**2 / n) for side in (-1, 1)]
    assert rates.loc[0, ["approved %", "low", "high"]].tolist() == [round(100 * v, 1) for v in (share, *ends)]


def test_what_the_chapter_says_of_the_groups_holds_in_the_table():
    # section 3.4: worse credit records, larger loans for the price, more that could not be verified
    frame, _ = table()
    means = frame.groupby("race")[["cons", "loanprc", "unver"]].mean()
    assert (means.loc[["Black", "Hispanic"]] > means.loc["white"]).all(axis=None)
    # and `chist` only says again what `cons` says in more detail
    assert (frame["chist"] == (frame["cons"] <= 4)).all()


def test_hindsight_is_the_share_approved_by_the_underwriters_verdict():
    whole = mortgages()
    met = whole.loc[whole["gdlin"] == 1, "approve"].mean()
    assert f"{100 * met:.1f} %, where they are not" in hindsight()


def test_every_feature_has_a_meaning_and_every_column_left_out_a_reason():
    features, left_out = columns([*FEATURES])
    assert len(features) == 12 and not features["feature"].str.contains("your own").any()
    named = {name for group in left_out.index for name in group.split(", ")}
    assert not named & {*FEATURES} and named < set(mortgages())


def test_only_keeps_the_columns_named_and_says_which_went():
    frame, ground = table()
    data = applications(frame, protected=ground)
    fewer = data.only(["obrat", "unver"])
    assert list(fewer.x_train) == list(fewer.x_test) == ["obrat", "unver"] and data.x_train.shape[1] == 12
    assert len(fewer.left_out) == len(data.left_out) + 10 and fewer.left_out[-10].startswith("loanprc (")
