"""Plants copies of known similarity, so that what a cleaning step finds can be counted against the truth."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from playbook.data.duplicates import near_duplicates
from playbook.data.minhash import SHINGLE, WORD, similarity, words

SHORTEST = 20


def plant(
    texts: Sequence[str], copies: int, low: float = 0.5, high: float = 1.0, seed: int = 0
) -> pd.DataFrame:
    """Make edited copies of `texts`: a table of text, source (position) and exact similarity to the source.

    In each copy a run of words is replaced by words of other texts: at a random place, or at the end where
    few may change, and so many that similarity is about uniform between `low` and `high`. The copies are
    synthetic: editors and scrapers change texts in more ways. Texts under 20 words are passed over; where
    there is no longer one the table is empty.

    >>> copies = plant(["a b c d e f g h i j k l m n o p q r s t u v w x"], copies=3, low=0.7, seed=1)
    >>> bool((copies["similarity"] > 0.6).all()), len(copies)
    (True, 3)
    """
    rng = np.random.default_rng(seed)
    long = [i for i, text in enumerate(texts) if len(words(text)) >= SHORTEST]
    vocabulary = np.array(sorted({word for i in long[:1000] for word in words(texts[i])}), dtype=object)
    rows = []
    for source in rng.choice(long, size=copies) if long else []:
        text = texts[source]
        copy = _edit(text, rng.uniform(low, high), vocabulary, rng)
        rows.append((copy, int(source), similarity(text, copy)))
    return pd.DataFrame(rows, columns=["text", "source", "similarity"])


def threshold_curve(texts: Sequence[str], planted: pd.DataFrame, thresholds: Sequence[float]) -> pd.DataFrame:
    """Measure what each threshold removes from `texts`, and its recall on copies that `plant` made of them.

    Columns: threshold; documents and characters removed, without exact repeats; copies at or above the
    threshold whose source is kept; recall, the share of these that is removed (NaN where there are none).

    >>> texts = ["a b c d e f g h i j k l m n o p q r s t u v w x", "now is the hour"]
    >>> threshold_curve(texts, plant(texts, copies=9, low=0.9), [0.7])["recall"].tolist()
    [1.0]
    """
    both, n = [*texts, *planted["text"]], len(texts)
    repeated = pd.Series(texts, dtype=object).duplicated().to_numpy()
    lengths = np.array([len(text) for text in texts])
    rows = []
    for threshold in thresholds:
        gone = np.array(near_duplicates(both, threshold)) != np.arange(len(both))
        near = gone[:n] & ~repeated
        due = (planted["similarity"] >= threshold).to_numpy() & ~gone[planted["source"].to_numpy(dtype=int)]
        recall = gone[n:][due].mean() if due.any() else np.nan
        rows.append((threshold, int(near.sum()), int(lengths[near].sum()), int(due.sum()), recall))
    return pd.DataFrame(rows, columns=["threshold", "documents", "characters", "copies", "recall"])


def _edit(text: str, target: float, vocabulary: np.ndarray, rng: np.random.Generator) -> str:
    """Replace a run of words so that about `target` of the word 5-grams' union stays shared."""
    spans = [match.span() for match in WORD.finditer(text)]
    grams = len(spans) - SHINGLE + 1
    lost = grams * (1 - target) / (1 + target)
    # A run of w words inside the text touches w + 4 grams, one at the end w.
    inside = lost >= SHINGLE
    if round(lost) == 0:
        return f"{text} ."
    run = max(round(lost - SHINGLE + 1 if inside else lost), 1)
    start = int(rng.integers(len(spans) - run + 1)) if inside else len(spans) - run
    new = rng.choice(vocabulary, size=run)
    pieces, end = [], 0
    for (low, high), word in zip(spans[start : start + run], new, strict=True):
        pieces += [text[end:low], str(word)]
        end = high
    return "".join([*pieces, text[end:]])
