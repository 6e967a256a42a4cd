"""Which words of a review move a classifier: exactly, for one that only adds them up, and as LIME sees it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import prefixes

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def rated(frame: pd.DataFrame) -> pd.DataFrame:
    """Label crowd-rated texts (`inputs.crowd_ratings`) by the sign of their mean rating: `text`, `label`.

    1: positive; texts whose mean is 0 are left out.

    >>> rated(pd.DataFrame({"text": ["a", "b", "c"], "ratings": [[1, 2], [1, -1], [-3]]}))["label"].tolist()
    [1, 0]
    """
    mean = frame["ratings"].map(np.mean)
    return pd.DataFrame({"text": frame["text"], "label": (mean > 0).astype(int)})[mean != 0]


def train_words(texts: Iterable[str], labels: ArrayLike) -> "Pipeline":
    """Fit a logistic regression on the words of texts and labels (texts,) of 0 and 1, words by their idf.

    A word counts once a text, and texts are not normed: so the log-odds are a sum over the words present, and
    each word's share is known exactly. Raises PlaybookError for one class only.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    classes = np.unique(np.asarray(labels))
    if classes.tolist() != [0, 1]:
        raise PlaybookError(f"the labels must hold both 0 and 1: they hold {classes[:3].tolist()}.")
    vectorizer = TfidfVectorizer(norm=None, binary=True, min_df=2)
    return make_pipeline(vectorizer, LogisticRegression(C=0.01, max_iter=1000)).fit(list(texts), labels)


def known_words(model: "Pipeline", text: str) -> list[str]:
    """Give the words of a text that the classifier knows, each once, in order of appearance.

    Raises PlaybookError where it knows none: there is nothing to explain.
    """
    vectorizer = model[0]
    words = dict.fromkeys(
        word for word in vectorizer.build_analyzer()(text) if word in vectorizer.vocabulary_
    )
    if not words:
        raise PlaybookError("the classifier knows no word of this text: its answer is the same for any such.")
    return list(words)


def exact(model: "Pipeline", text: str) -> pd.Series:
    """Share of each known word in the log-odds of a text, in closed form: its weight times its idf.

    Taking a word out changes the log-odds by exactly its share, and the shares sum to f(text) - f("").
    """
    words = known_words(model, text)
    places = [model[0].vocabulary_[word] for word in words]
    return pd.Series(model[-1].coef_[0, places] * model[0].idf_[places], words)


def lime(model: "Pipeline", text: str, samples: int = 5000, seed: int = 0) -> pd.Series:
    """LIME's weight (Ribeiro et al. 2016) of each known word for the probability of a positive text.

    `samples` and the rest are LIME's defaults; the seed is not: without one, every call differs.
    """
    from lime.lime_text import LimeTextExplainer

    words = known_words(model, text)
    explainer = LimeTextExplainer(random_state=seed, split_expression=r"\s+")
    found = explainer.explain_instance(
        " ".join(words), model.predict_proba, num_features=len(words), num_samples=samples
    )
    return pd.Series(dict(found.as_list()), dtype=float).reindex(words).fillna(0.0)


# of our own: the texts that the classifier learns from are other people's
SENTENCES = ("A warm, funny film with a clever script.", "Not good, not funny, and far too long.")
NEGATION = r"\b(?:no|not|never|nothing|nobody|without)\b|n't\b"


def by_negation(model: "Pipeline", frame: pd.DataFrame) -> pd.DataFrame:
    """Give AUC and count of the texts (columns `text`, `label`) with a word of negation, and without."""
    from sklearn.metrics import roc_auc_score

    scores = pd.Series(model.decision_function(frame["text"]), frame.index)
    negated = frame["text"].str.contains(NEGATION, case=False)
    groups = {"with a negation": negated, "without one": ~negated}
    rows = {
        name: (int(one.sum()), roc_auc_score(frame["label"][one], scores[one]))
        for name, one in groups.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["texts", "AUC"])


Explain = Callable[[Any, str], pd.Series]


def deletion(
    model: "Pipeline", texts: Iterable[str], methods: Mapping[str, Explain], orders: int = 20, seed: int = 0
) -> pd.Series:
    """Mean area under the deletion curve of each method, in log-odds for the class predicted; low is good.

    Known words are taken out one by one, first what speaks most for the prediction (Petsiuk et al. 2018).
    `random` is the mean of `orders` random orders. Texts of one known word have no order and are left out.
    """
    generator, rows = np.random.default_rng(seed), []
    for text in texts:
        words = np.array(known_words(model, text))
        if len(words) < 2:
            continue
        side = 1 if model.decision_function([" ".join(words)])[0] > 0 else -1
        ranked = [np.argsort(-side * one(model, text)[words].to_numpy()) for one in methods.values()]
        ranked += [generator.permutation(len(words)) for _ in range(orders)]
        masks = ~np.vstack([prefixes(order) for order in ranked])
        curves = side * model.decision_function([" ".join(words[mask]) for mask in masks])
        areas = np.trapezoid(curves.reshape(len(ranked), -1), dx=1 / len(words), axis=1)
        rows.append([*areas[: len(methods)], areas[len(methods) :].mean()])
    if not rows:
        raise PlaybookError("no text has two words that the classifier knows: there is no order to test.")
    return pd.Series(np.mean(rows, axis=0), [*methods, "random"])


def reader_of(frame: pd.DataFrame, seed: int = 0) -> "tuple[Pipeline, pd.DataFrame]":
    """Train on 70 % of rated texts (columns `text`, `label`); give the classifier and the other texts."""
    from sklearn.model_selection import train_test_split

    old, new = train_test_split(frame, test_size=0.3, random_state=seed, stratify=frame["label"])
    return train_words(old["text"], old["label"]), new


def shares(model: "Pipeline", texts: Iterable[str] = SENTENCES) -> pd.DataFrame:
    """Explain texts exactly and by LIME: a row a word, under the number of its text."""
    tables = {
        number: pd.DataFrame({"exact": exact(model, text), "LIME": lime(model, text)})
        for number, text in enumerate(texts, 1)
    }
    return pd.concat(tables, names=["text", "word"])


def gains(model: "Pipeline", texts: Iterable[str], seed: int = 0) -> pd.Series:
    """Give what exact shares and LIME's weights gain over random orders in `deletion`, in log-odds."""
    areas = deletion(model, texts, {"exact": exact, "LIME": lime}, seed=seed)
    return (areas["random"] - areas.drop("random")).round(1)
