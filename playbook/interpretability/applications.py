"""The applications that the chapter explains: what the model may see, what it must not, and the split."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.inputs.tabular import design_matrix, read_csv_table

# Facts about the applicant and the loan, known before deciding. Twelve: exact values ask 2^12 coalitions.
FEATURES = {
    "loanprc": "loan as a share of the price",
    "hrat": "housing expense, % of income",
    "obrat": "all debt payments, % of income",
    "atotinc": "monthly income, US dollars",
    "self": "1 if self-employed",
    "unem": "unemployment in the applicant's industry, %",
    "multi": "1 if the house has two or more units",
    "mortg": "mortgage payments so far, code 1 to 4 (worst)",
    "cons": "consumer credit so far, code 1 to 6 (worst)",
    "chist": "1 if no account is 60 days late",
    "pubrec": "1 if a bankruptcy is on file",
    "unver": "1 if something could not be verified",
}

LEFT_OUT = {
    "action, reject, typur": "written after the decision: they would leak it",
    "gdlin, inson": "verdicts of the underwriter and of the mortgage insurer, not facts about the applicant",
    "black, hispan, white, male, married, old": "protected grounds (15 U.S.C. 1691), or close to one",
    "suffolk, min30, mi, bd, vr": "the neighbourhood, which can stand in for race",
    "lines, liq, term, review": "partly unknown, written as 999 or 999,999",
}


@dataclass(frozen=True)
class Applications:
    """Features in their own units (rows, d), decisions (rows,) of 0 and 1, approvals by protected group."""

    x_train: pd.DataFrame
    x_test: pd.DataFrame
    y_train: np.ndarray
    y_test: np.ndarray
    approvals: pd.DataFrame | None
    left_out: list[str]


def applications(
    frame: pd.DataFrame, target: str = "approve", protected: str = "", seed: int = 0
) -> Applications:
    """Split a table into 70 % for training and 30 % for testing, the same share approved in both.

    `protected` names a column that no model gets to see and that approvals are compared by; "" for none.
    Texts become 0/1 columns. Raises PlaybookError where a column is missing, or rows are too few.

    >>> table = pd.DataFrame({"income": range(100), "sex": ["f", "m"] * 50, "approve": [0, 1, 1, 1] * 25})
    >>> data = applications(table, protected="sex")
    >>> data.x_train.shape, data.x_test.columns.tolist(), data.approvals["approved %"].tolist()
    ((70, 1), ['income'], [50.0, 100.0])
    """
    from sklearn.model_selection import train_test_split

    if protected and protected not in frame:
        raise PlaybookError(
            f"The table has no column {protected!r}: name one with -p protected NAME, or none."
        )
    if protected and protected == target:
        raise PlaybookError(
            f"{target!r} cannot be both target and protected: name another with -p protected NAME."
        )
    x, y = design_matrix(frame.drop(columns=protected) if protected else frame, target)
    fewest = int(np.bincount(y).min())
    if fewest < 20:
        raise PlaybookError(
            f"Only {fewest} rows of one class: give a table with 20 or more of each {target!r}."
        )
    groups = approvals_by_group(y, frame[protected]) if protected else None
    split = train_test_split(x, y, test_size=0.3, random_state=seed, stratify=y)
    return Applications(*split, groups, x.attrs["left_out"])


def table(source: str = "") -> tuple[pd.DataFrame, str]:
    """Read the reader's own CSV table, or without `source` the mortgages; give it and its protected column.

    Of the mortgages come the twelve FEATURES, `approve` and `race`: Black, Hispanic or white, as recorded.
    """
    if source:
        return read_csv_table(source), ""
    whole = mortgages()
    race = np.select([whole["black"] == 1, whole["hispan"] == 1], ["Black", "Hispanic"], "white")
    frame = whole[[*FEATURES, "approve"]].assign(race=race)
    frame.attrs = whole.attrs
    return frame, "race"


def approvals_by_group(approved: np.ndarray, group: pd.Series) -> pd.DataFrame:
    """Approval rate of each group, in %, with its 95 % interval (Wilson 1927); groups sorted by name.

    approved: (rows,) of 0 and 1; group: (rows,), at most 20 different values, missing ones are a group too.

    >>> approvals_by_group(np.array([1, 0, 1, 1]), pd.Series(["a", "a", "b", "b"])).values.tolist()
    [['a', 2, 50.0, 9.5, 90.5], ['b', 2, 100.0, 34.2, 100.0]]
    """
    from scipy.stats import binomtest

    names = group.astype(object).where(group.notna(), "not stated").astype(str)
    if names.nunique() > 20:
        raise PlaybookError(f"{group.name!r} has {names.nunique()} values: group it into 20 or fewer.")
    rows = []
    for name, chosen in pd.Series(approved, index=group.index).groupby(names):
        yes, asked = int(chosen.sum()), len(chosen)
        interval = binomtest(yes, asked).proportion_ci(method="wilson")
        rows.append([name, asked, *(round(100 * share, 1) for share in (yes / asked, *interval))])
    return pd.DataFrame(rows, columns=["group", "applications", "approved %", "low", "high"])
