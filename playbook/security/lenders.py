"""A table made ready for the comparison: standardised, a part held out, the rest shared out among lenders."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs.tabular import design_matrix
from playbook.security.logistic import Share

# Known before the decision and lawful to use: no race, sex, marital status or age (15 U.S.C. 1691), and no
# neighbourhood, which can stand in for race; nothing written after the decision; no underwriter's verdict.
FEATURES = (
    "loanprc", "hrat", "obrat", "appinc", "loanamt", "unem", "chist", "pubrec",
    "mortlat1", "mortlat2", "cosign", "unver", "sch", "dep", "self", "multi",
)  # fmt: skip

HELD_OUT = 0.3
FEWEST = 20  # rows of each class: below that a held-out set of 30 % says nothing


@dataclass(frozen=True)
class Lenders:
    """The whole table, its features `x` in spreads from the centre, its target `y`, what each row is for."""

    table: pd.DataFrame
    x: pd.DataFrame
    y: pd.Series
    centre: pd.Series
    spread: pd.Series
    training: pd.Index
    testing: pd.Index

    def share(self, rows: pd.Index) -> Share:
        """Give the features and target of some rows as arrays."""
        return self.x.loc[rows].to_numpy(), self.y.loc[rows].to_numpy()

    def shares(
        self, clients: int, by: str | None = None, seed: int = 0, *, unequal: bool = False
    ) -> list[Share]:
        """Give each lender's part of the training rows; see `partition`."""
        parts = partition(self.table.loc[self.training], clients, by, seed, unequal=unequal)
        return [self.share(part.index) for part in parts]


def lenders(table: pd.DataFrame, target: str, features: Sequence[str] = (), seed: int = 0) -> Lenders:
    """Standardise the features on the training rows, and hold out 30 % of the rows, stratified by the target.

    `features` names the columns to use; without it all but the target are. Means and spreads are sums over
    rows, which lenders can add up securely, as they do with models. Raises PlaybookError for a table that has
    fewer than 20 rows of a class.

    >>> table = pd.DataFrame({"debt": range(100), "approve": [0, 1] * 50})
    >>> data = lenders(table, "approve")
    >>> len(data.training), len(data.testing), [len(y) for _, y in data.shares(3)]
    (70, 30, [24, 23, 23])
    """
    from sklearn.model_selection import train_test_split

    table = table.reset_index(drop=True)
    x, y = design_matrix(table[[*features, target]] if features else table, target)
    if np.bincount(y).min() < FEWEST:
        raise PlaybookError(
            f"Column {target!r} has {np.bincount(y).min()} rows of a class, {FEWEST} are needed."
        )
    training, testing = train_test_split(table.index, test_size=HELD_OUT, random_state=seed, stratify=y)
    centre, spread = x.loc[training].mean(), x.loc[training].std(ddof=0).replace(0.0, 1.0)
    return Lenders(table, (x - centre) / spread, pd.Series(y), centre, spread, training, testing)


def partition(
    frame: pd.DataFrame, clients: int, by: str | None = None, seed: int = 0, *, unequal: bool = False
) -> list[pd.DataFrame]:
    """Share out the rows of a table among clients, to each the same number (give or take one).

    Without `by` the shares are alike (rows in random order); with it the rows are sorted by that column
    first, so that each client has other people. `unequal`: each share is half as large
    again as the one before. Every row is in exactly one share, with its index.

    >>> [share["debt"].tolist() for share in partition(pd.DataFrame({"debt": [9, 1, 5, 3, 7]}), 2, by="debt")]
    [[1, 3, 5], [7, 9]]
    """
    if by is not None and by not in frame.columns:
        raise PlaybookError(f"The table has no column {by!r} to share it out by: choose one with -p by NAME.")
    if not 1 <= clients <= len(frame):
        raise PlaybookError(
            f"{len(frame)} rows cannot be shared out among {clients} clients: take fewer clients."
        )
    rows = frame.sample(frac=1, random_state=seed)
    if by is not None:
        rows = rows.sort_values(by, kind="stable")
    if not unequal:
        return [rows.iloc[part] for part in np.array_split(np.arange(len(rows)), clients)]
    sizes = 1.5 ** np.arange(clients)
    ends = np.rint(np.cumsum(sizes)[:-1] / sizes.sum() * len(rows)).astype(int)
    return [rows.iloc[part] for part in np.split(np.arange(len(rows)), ends)]


def auc(model: np.ndarray, held_out: Share) -> float:
    """Give the chance that the model ranks a row of class 1 above one of class 0.

    >>> auc(np.array([1.0, 0.0]), (np.array([[1.0], [2.0], [3.0]]), np.array([0, 1, 0])))
    0.5
    """
    from sklearn.metrics import roc_auc_score

    x, y = held_out
    # the order of the rows is all that counts: no bias, no logistic function
    return float(roc_auc_score(y, x @ model[:-1]))


def compare(
    models: dict[str, np.ndarray], held_out: Share, reference: str, resamples: int = 500, seed: int = 0
) -> pd.DataFrame:
    """Give each model's AUC on the held-out rows, and its difference to `reference`, with 95 % intervals.

    The intervals are bootstrap percentiles; each resample draws the same rows for all models (a paired
    comparison), and keeps the number of rows of each class.
    """
    from scipy.stats import rankdata

    x, y = held_out
    generator = np.random.default_rng(seed)
    classes = [np.flatnonzero(y == value) for value in (0, 1)]
    drawn = [
        np.concatenate([generator.choice(rows, len(rows)) for rows in classes]) for _ in range(resamples)
    ]
    positives, negatives = (np.sum(y == value) for value in (1, 0))
    resampled = {}
    for name, model in models.items():  # each resample holds its rows of class 0 first
        ranks = rankdata((x @ model[:-1])[np.array(drawn)], axis=1)[:, negatives:].sum(axis=1)
        resampled[name] = (ranks - positives * (positives + 1) / 2) / (positives * negatives)
    whole = {name: auc(model, held_out) for name, model in models.items()}
    table = []
    for name in models:
        low, high = np.percentile(resampled[name], [2.5, 97.5])
        below, above = np.percentile(resampled[name] - resampled[reference], [2.5, 97.5])
        table.append((whole[name], low, high, whole[name] - whole[reference], below, above))
    return pd.DataFrame(table, index=list(models), columns=["AUC", "low", "high", "difference", "from", "to"])
