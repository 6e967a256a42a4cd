"""Tries what annotation relies on where the truth is known: raters' consensus, flags on labels, money."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from playbook.data.consensus import consensus, majority, simulate_raters
from playbook.data.label_errors import label_issues, plant_flips
from playbook.data.minhash import words


def crowd_labels(ratings: Sequence[Sequence[float]]) -> np.ndarray:
    """Give the label of each item that all its raters together stand for: 0 negative, 1 neutral, 2 positive.

    >>> crowd_labels([[-3, -1], [0, 1], [2, 3]]).tolist()
    [0, 1, 2]
    """
    return np.array([int(np.sign(np.rint(np.mean(each)))) + 1 for each in ratings])


def invented_raters(seed: int = 0) -> np.ndarray:
    """Invent twelve raters of three labels, as confusions: six careful, four timid (to the middle), two dice.

    >>> invented_raters().shape
    (12, 3, 3)
    """
    careful = [[0.85, 0.10, 0.05], [0.10, 0.80, 0.10], [0.05, 0.10, 0.85]]
    middle = [[0.35, 0.60, 0.05], [0.05, 0.90, 0.05], [0.05, 0.60, 0.35]]
    dice = [[1 / 3] * 3] * 3
    who = [careful] * 6 + [middle] * 4 + [dice] * 2
    return np.array(who)[np.random.default_rng(seed).permutation(12)]


def consensus_trial(truth: np.ndarray, per_item: Sequence[int] = (1, 3, 5, 7), seed: int = 0) -> pd.DataFrame:
    """Let `invented_raters` label items whose truth is known; accuracy of the majority and of Dawid-Skene.

    A row a number of raters an item.

    >>> consensus_trial(np.tile([0, 1, 2], 200), per_item=[5]).columns.tolist()
    ['majority', 'Dawid-Skene']
    """
    rows = {}
    for count in per_item:
        given = simulate_raters(truth, invented_raters(seed), count, seed=seed)
        rows[count] = [float((way(given)["label"] == truth).mean()) for way in (majority, consensus)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["majority", "Dawid-Skene"]).rename_axis(
        "raters"
    )


def price_of_raters(errors: pd.DataFrame, yuan: float, items: int = 1000) -> pd.DataFrame:
    """Say what each further rater costs and mends: a row a number of raters.

    `errors` has a row a set of texts and a column a number of raters (`annotation.crowd_table`), `yuan` the
    price of a rating. Columns: wrong, the share over all sets; yuan for so many items; yuan a label mended,
    against the row before it (none in the first, nor where nothing is mended).

    >>> price_of_raters(pd.DataFrame({1: [0.3], 3: [0.2]}), yuan=1.0).round(2).values.tolist()
    [[0.3, 1000.0, nan], [0.2, 3000.0, 20.0]]
    """
    wrong = errors.mean()
    cost = pd.Series(wrong.index * yuan * items, index=wrong.index, dtype=float)
    mended = -wrong.diff() * items
    each = (cost.diff() / mended).where(mended > 0)
    return pd.DataFrame({"wrong": wrong, "yuan": cost, "yuan a label mended": each}).rename_axis("raters")


def flips_trial(
    features: np.ndarray, labels: np.ndarray, rates: Sequence[float] = (0.02, 0.05, 0.1, 0.2), seed: int = 0
) -> pd.DataFrame:
    """Plant wrong labels and count what confident learning flags: a row a flip rate.

    Columns: flagged, precision, recall. A label that was wrong before counts against precision. The
    probabilities (`probabilities`) are of models that learned from labels that are flipped as well.
    """
    rows = {}
    for rate in rates:
        given, flipped = plant_flips(labels, rate, seed=seed)
        flagged = label_issues(given, probabilities(features, given, seed))
        right = (flagged & flipped).sum()
        rows[rate] = (int(flagged.sum()), right / max(flagged.sum(), 1), right / max(flipped.sum(), 1))
    names = ["flagged", "precision", "recall"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("flip rate")


def planted_flips(texts: Sequence[str], labels: np.ndarray, seed: int = 0) -> pd.DataFrame:
    """Run `flips_trial` on scikit-learn's digits, as pixels, and on labelled texts, as weighed words.

    Index: set (digits, tweets) and flip rate; columns as of `flips_trial`.
    """
    from sklearn.datasets import load_digits
    from sklearn.feature_extraction.text import TfidfVectorizer

    weighed = TfidfVectorizer(min_df=2, sublinear_tf=True).fit_transform(texts)
    sets = {"digits": load_digits(return_X_y=True), "tweets": (weighed, labels)}
    return pd.concat({name: flips_trial(*each, seed=seed) for name, each in sets.items()}, names=["set"])


def probabilities(features: np.ndarray, labels: np.ndarray, seed: int = 0) -> np.ndarray:
    """Give each item's class probabilities by a model of the other folds: items x classes.

    >>> x = np.arange(40.0)[:, None]
    >>> probabilities(x, (x[:, 0] > 19).astype(int)).argmax(axis=1)[[0, -1]].tolist()
    [0, 1]
    """
    from sklearn.linear_model import SGDClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    # logistic regression by averaged gradient descent: as good here as the exact one, in a tenth of the time
    linear = SGDClassifier(loss="log_loss", alpha=1e-3, average=True, random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    model = make_pipeline(MaxAbsScaler(), linear)
    return cross_val_predict(model, features, labels, cv=folds, method="predict_proba")


def suspects(texts: pd.Series, labels: pd.Series, most: int = 4000, seed: int = 0) -> int | str:
    """Count the labels of a column that look wrong beside their texts, among `most` drawn by `seed`.

    The texts are read as weighed words (TF-IDF). Labels of fewer than ten texts are left out; "not measured"
    where that leaves fewer than two labels, or no word that stands in two texts.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    table = pd.DataFrame({"text": texts, "label": labels})
    table = table.sample(min(most, len(table)), random_state=seed).sort_index()
    table = table[table.groupby("label")["text"].transform("size") >= 10]
    if table["label"].nunique() < 2:
        return "not measured"
    try:
        weighed = TfidfVectorizer(analyzer=words, min_df=2, sublinear_tf=True).fit_transform(table["text"])
    except ValueError:
        return "not measured"
    codes = pd.factorize(table["label"], sort=True)[0]
    return int(label_issues(codes, probabilities(weighed, codes, seed)).sum())
