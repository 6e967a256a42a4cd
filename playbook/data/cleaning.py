"""Measure 1.1, cleaning: what to remove from a corpus, with the reason for every row that goes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.data.duplicates import near_duplicates
from playbook.data.minhash import similarity, words
from playbook.data.privacy import redact
from playbook.data.tables import Table, read_table
from playbook.errors import PlaybookError

__all__ = ["Cleaned", "Table", "clean", "near_duplicates", "pairs", "read_table", "similarity", "texts_of"]

NEW_COLUMNS = ("reason", "duplicate_of", "similarity")


@dataclass(frozen=True)
class Cleaned:
    """What `clean` gives: `len(kept) + len(removed)` is the number of rows that went in.

    `removed` has the input's columns and `reason` ("empty", "exact repeat", "near-duplicate"), `duplicate_of`
    (the index of the kept row) and `similarity` (to that row, 0 to 1). `report` counts rows and characters.
    """

    kept: pd.DataFrame
    removed: pd.DataFrame
    report: pd.DataFrame


def clean(frame: pd.DataFrame, text: str, *, threshold: float = 0.7) -> Cleaned:
    """Remove empty texts, exact repeats and near-duplicates, and account for every row.

    Only the column `text` decides: a row is never removed because another column is missing. An empty text
    is a missing one or one of white space alone; an exact repeat has the text of an earlier row; a
    near-duplicate is at least `threshold` similar to the row it is a duplicate of, which is always kept
    (`near_duplicates`). A column of the input named like one of the three new ones gets " (input)" added.

    Raises PlaybookError when there is no such column, or more than one.

    >>> rows = pd.DataFrame({"text": ["now is the hour", None, "Now is the hour!", "now is the hour"]})
    >>> clean(rows, "text").removed[["reason", "duplicate_of"]].values.tolist()
    [['empty', None], ['near-duplicate', 0], ['exact repeat', 0]]
    """
    texts = texts_of(frame, text)
    empty = (texts.str.strip() == "").to_numpy()
    position = np.arange(len(frame))
    position[~empty] = position[~empty][near_duplicates(texts[~empty].tolist(), threshold)]
    removed = empty | (position != np.arange(len(frame)))
    reasons = np.select([empty, texts.duplicated()], ["empty", "exact repeat"], "near-duplicate")
    pairs = zip(texts[removed], texts.iloc[position[removed]], empty[removed], strict=True)
    gone = frame[removed].rename(columns={name: f"{name} (input)" for name in NEW_COLUMNS})
    gone["reason"] = reasons[removed]
    labels = frame.index[position[removed]]
    gone["duplicate_of"] = pd.Series(labels, index=gone.index, dtype=object).mask(empty[removed], None)
    gone["similarity"] = [np.nan if blank else similarity(a, b) for a, b, blank in pairs]
    reasons[~removed] = "kept"
    return Cleaned(frame[~removed].copy(), gone, _account(texts, reasons))


def texts_of(frame: pd.DataFrame, text: str) -> pd.Series:
    """Take a column as strings, missing ones as empty; PlaybookError when there is none, or more than one.

    >>> texts_of(pd.DataFrame({"text": ["to be", None, 7]}), "text").tolist()
    ['to be', '', '7']
    """
    if list(frame.columns).count(text) != 1:
        found = ", ".join(map(str, frame.columns)) or "none"
        problem = "more than one column" if text in frame.columns else "no column"
        raise PlaybookError(f"The table has {problem} '{text}': name one of its columns ({found}).")
    return frame[text].astype(object).where(frame[text].notna(), "").map(str)


def _account(texts: pd.Series, reasons: np.ndarray) -> pd.DataFrame:
    """Count rows and characters by what became of them."""
    table = pd.DataFrame({"rows": 1, "characters": texts.str.len().to_numpy()}).groupby(reasons).sum()
    table = table.reindex(["kept", "empty", "exact repeat", "near-duplicate"], fill_value=0)
    return table.assign(share_of_rows=(table["rows"] / max(len(texts), 1)).round(4))


def pairs(cleaned: Cleaned, text: str, n: int = 4, width: int = 6, name: str = "") -> pd.DataFrame:
    """Show `n` near-duplicates beside what was kept, from most to least similar, where they begin to differ.

    A threshold that nobody has read through is a guess. Only `width` words of each text are shown, and of
    the row its index, or the last 30 characters of its column `name`; personal data in both is redacted.

    >>> rows = pd.DataFrame({"text": ["It is now or never, for me.", "It is now or never, for us."]})
    >>> pairs(clean(rows, "text", threshold=0.5), "text", width=3).values.tolist()
    [[0.5, 0, '... for me', 1, '... for us']]
    """
    near = cleaned.removed[cleaned.removed["reason"] == "near-duplicate"]
    near = near.sort_values("similarity", ascending=False, kind="stable")
    rows = []
    for place in np.unique(np.linspace(0, len(near) - 1, min(n, len(near))).round().astype(int)):
        gone = near.iloc[place]
        kept = cleaned.kept.loc[gone["duplicate_of"]]
        texts = words(redact(str(kept[text]))), words(redact(str(gone[text])))
        same = sum(a == b for a, b in zip(*texts, strict=False))
        start = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), same)
        shown = [" ".join(["..."] * (start > 1) + one[max(start - 1, 0) :][:width]) for one in texts]
        names = (redact(str(row[name]))[-30:] if name else row.name for row in (kept, gone))
        rows.append(
            (round(gone["similarity"], 2), *(x for pair in zip(names, shown, strict=True) for x in pair))
        )
    return pd.DataFrame(rows, columns=["similarity", "kept", "kept text", "removed", "removed text"])
