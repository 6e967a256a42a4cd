"""The applications that the chapter explains: what the model may see, what it must not, and the split."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs import mortgages
from playbook.inputs.tabular import design_matrix, read_csv_table
from playbook.interpretability.groups import rates

# Facts about the applicant and the loan, known before deciding. Twelve: exact values ask 2^12 coalitions.
FEATURES = {
    "loanprc": "loan as a share of the price",
    "hrat": "housing expense, % of income",
    "obrat": "all debt payments, % of income",
    "atotinc": "monthly income, US dollars",
    "self": "1 if self-employed",
    "unem": "unemployment in the applicant's industry, %",
    "multi": "1 if the house has two or more units",
    "mortg": "mortgage record: 1 none late, 2 no record, 3 one or two late, 4 more",
    "cons": "consumer credit: 1 none slow, 2 or 3 some slow, 4 too short, 5 or 6 late",
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
    """Features in their own units (rows, d), decisions (rows,) of 0 and 1, and what no model gets to see."""

    x_train: pd.DataFrame
    x_test: pd.DataFrame
    y_train: np.ndarray
    y_test: np.ndarray
    approvals: pd.DataFrame | None
    left_out: list[str]
    group: pd.Series

    def only(self, kept: Sequence[str]) -> "Applications":
        """Give the same applications with the features `kept`; the others are named among those left out."""
        dropped = [f"{name} (its weight made untrue reasons)" for name in self.x_train if name not in kept]
        sides = {"x_train": self.x_train[list(kept)], "x_test": self.x_test[list(kept)]}
        return replace(self, **sides, left_out=[*self.left_out, *dropped])


def applications(
    frame: pd.DataFrame, target: str = "approve", protected: str = "", seed: int = 0
) -> Applications:
    """Split a table into 70 % for training and 30 % for testing, the same share approved in both.

    `protected` names a column that no model gets to see and that approvals are compared by; "" for none: it
    is in `group`, under the rows' index ("all" for none). Texts become 0/1 columns; one that is the same in
    all training rows, such as a category that only test rows have, is left out. Raises PlaybookError for
    what does not fit.

    >>> table = pd.DataFrame({"income": range(100), "sex": ["f", "m"] * 50, "approve": [0, 1, 1, 1] * 25})
    >>> data = applications(table, protected="sex")
    >>> data.x_train.shape, data.x_test.columns.tolist(), data.approvals["approved %"].tolist()
    ((70, 1), ['income'], [50.0, 100.0])
    """
    from sklearn.model_selection import train_test_split

    _fits(frame, target, protected)
    x, y = design_matrix(frame.drop(columns=protected) if protected else frame, target)
    fewest = int(np.bincount(y).min())
    if fewest < 20:
        raise PlaybookError(
            f"Only {fewest} rows of one class: give a table with 20 or more of each {target!r}."
        )
    group = frame[protected] if protected else pd.Series("all", frame.index)
    approvals = approvals_by_group(y, group) if protected else None
    split = train_test_split(x, y, test_size=0.3, random_state=seed, stratify=y)
    varies = split[0].nunique() > 1
    if not varies.any():
        raise PlaybookError(f"No column beside {target!r} varies in the training rows: add features.")
    unlearned = [f"{name} (the same in all training rows)" for name in x.columns[~varies]]
    kept = (side.loc[:, varies] for side in split[:2])
    return Applications(*kept, *split[2:], approvals, [*x.attrs["left_out"], *unlearned], group)


def table(source: str = "") -> tuple[pd.DataFrame, str]:
    """Read the reader's own CSV table, or without `source` the mortgages; give it and its protected column.

    Of the mortgages come the twelve FEATURES, `approve` and `race`: Black, Hispanic or white, as recorded.
    Raises PlaybookError for what is no table, and for two columns of one name.
    """
    if source:
        frame = read_csv_table(source)
        # pandas renames a repeated column without a word; Latin-1 reads any bytes, and equal ones as equal
        header = pd.read_csv(source, header=None, nrows=1, dtype=str, encoding="latin-1").iloc[0].dropna()
        if header.duplicated().any():
            place = int(np.flatnonzero(header.duplicated())[0]) + 1
            raise PlaybookError(f"Column {place} of {source} has the name of an earlier one: rename it.")
        return frame, ""
    whole = mortgages()
    race = np.select([whole["black"] == 1, whole["hispan"] == 1], ["Black", "Hispanic"], "white")
    frame = whole[[*FEATURES, "approve"]].assign(race=race)
    frame.attrs = whole.attrs
    return frame, "race"


def approvals_by_group(approved: np.ndarray, group: pd.Series) -> pd.DataFrame:
    """Approval rate of each group, in %, with its 95 % interval (see `groups.rates`).

    >>> approvals_by_group(np.array([1, 0, 1, 1]), pd.Series(["a", "a", "b", "b"])).values.tolist()
    [['a', 2, 50.0, 9.5, 90.5], ['b', 2, 100.0, 34.2, 100.0]]
    """
    return rates(approved, group).rename(columns={"of": "applications", "%": "approved %"})


def _fits(frame: pd.DataFrame, target: str, protected: str) -> None:
    """Refuse a table whose columns do not fit, in a sentence that repeats no value of it."""
    if not frame.columns.is_unique:
        raise PlaybookError("Two columns of the table have one name: rename one.")
    if protected and protected not in frame:
        raise PlaybookError(
            f"The table has no column {protected!r}: name one with -p protected NAME, or none."
        )
    if protected and protected == target:
        raise PlaybookError(
            f"{target!r} cannot be both target and protected: name another with -p protected NAME."
        )
    if target in frame:
        values = pd.to_numeric(frame[target], errors="coerce")
        strange = int((~values.isin([0, 1])).sum())
        if strange:
            raise PlaybookError(
                f"Column {target!r} must hold 0 and 1 only, and {strange} of {len(frame)} rows hold "
                "something else: recode it, 1 for approved, or name another with -p target NAME."
            )


def hindsight() -> str:
    """Say how well the mortgages' column `gdlin`, an underwriter's verdict, foretells the decision."""
    share = (100 * mortgages().groupby("gdlin")["approve"].mean()).round(1)
    return f"approved, where guidelines are met (gdlin = 1): {share[1]} %, where they are not: {share[0]} %"


def columns(names: Sequence[str], known: bool = True) -> list[pd.DataFrame]:
    """Say what each feature means and, of the mortgages (`known`), which columns are left out and why.

    >>> columns(["wage"], known=False)[0].loc["wage", "feature"]
    'a column of your own'
    """
    meaning = {name: FEATURES.get(name, "a column of your own") for name in names}
    tables = [pd.Series(meaning, name="feature").to_frame()]
    return [*tables, pd.Series(LEFT_OUT, name="why it is left out").to_frame()] if known else tables
