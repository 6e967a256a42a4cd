"""What it costs a model when rows are dropped or coarsened: one score, on real mortgage applications."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.data.anonymity import anonymity, generalise

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

# What a lender knows of an application and may use; the verdicts of others and protected grounds left out.
FEATURES = ("loanprc", "hrat", "obrat", "appinc", "loanamt", "netw", "unem", "liq", "term", "review", "min30",
            "chist", "pubrec", "mortlat1", "mortlat2", "unver", "sch", "dep", "self")  # fmt: skip
# What a neighbour knows of an applicant.
QUASI_IDENTIFIERS = ("appinc", "dep", "sch", "self", "married", "male", "black", "hispan")
TARGET = "approve"
_FOLDS = 5


def gaps_price(frame: pd.DataFrame, features: Sequence[str] = FEATURES, seed: int = 0) -> pd.DataFrame:
    """Compare what to do about gaps by the area under the ROC curve (AUC) of a model that predicts `TARGET`.

    Rows: drop a row for any gap, drop it for a gap in a feature, impute (the median, and a column that says
    where). Columns: rows kept; answered, the share of applications the model can score at all; auc on the
    applications without any gap, the same for all three; auc_gaps on those with one, which only imputing
    scores (NaN else). Logistic regression, mean of five folds drawn by `seed`.

    >>> from playbook.inputs import mortgages
    >>> gaps_price(mortgages(), features=["hrat", "obrat", "dep"])["rows"].tolist()
    [1545, 1986, 1989]
    """
    x, y = frame[list(features)], frame[TARGET].to_numpy()
    whole, usable = frame.notna().all(axis=1).to_numpy(), x.notna().all(axis=1).to_numpy()
    everything = np.ones(len(frame), dtype=bool)
    ways = {"drop for any gap": whole, "drop for a gap in a feature": usable, "impute": everything}
    rows = {}
    for name, kept in ways.items():
        score = _scores(x, y, kept, seed)
        gapped = _auc(y, score, ~whole) if name == "impute" else np.nan
        answered = float((usable if name != "impute" else everything).mean())
        rows[name] = (int(kept.sum()), answered, _auc(y, score, whole), gapped)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rows", "answered", "auc", "auc_gaps"])


def anonymity_price(
    frame: pd.DataFrame,
    quasi_identifiers: Sequence[str] = QUASI_IDENTIFIERS,
    sensitive: str = "pubrec",
    k: int = 5,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure a table's anonymity, and what a model is worth on it, as it is and generalised to `k`.

    Rows: as it is, generalised. Columns: rows, k, l, t, unique (rows alone in their class), auc as in
    `gaps_price`. Rows that `generalise` sets aside are in neither.

    >>> from playbook.inputs import mortgages
    >>> anonymity_price(mortgages(), ["dep", "sch"])["k"].tolist()
    [1, 7]
    """
    coarse, aside = generalise(frame, quasi_identifiers, k)
    tables = {"as it is": frame.drop(index=aside.index), "generalised": coarse}
    rows = {}
    for name, table in tables.items():
        found = anonymity(table, quasi_identifiers, sensitive)
        x, y = table[list(FEATURES)], table[TARGET].to_numpy()
        auc = _auc(y, _scores(x, y, np.ones(len(x), dtype=bool), seed), np.ones(len(x), dtype=bool))
        rows[name] = (len(table), found["k"], found["l"], found["t"], found["unique"], auc)
    names = ["rows", "k", "l", "t", "unique", "auc"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def _model() -> "Pipeline":
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    filled = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(filled, StandardScaler(), LogisticRegression(max_iter=1000))


def _scores(x: pd.DataFrame, y: np.ndarray, kept: np.ndarray, seed: int) -> np.ndarray:
    """Score every row with a model of the other folds that was trained on the kept rows alone."""
    from sklearn.model_selection import StratifiedKFold

    score = np.full(len(x), np.nan)
    for train, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(x, y):
        train = train[kept[train]]
        score[test] = _model().fit(x.iloc[train], y[train]).predict_proba(x.iloc[test])[:, 1]
    return score


def _auc(y: np.ndarray, score: np.ndarray, rows: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y[rows], score[rows])) if len(set(y[rows])) == 2 else np.nan
