"""What the layers of a language model know, and from where on: the logit lens, and a linear probe."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError
from playbook.interpretability.layers import translate
from playbook.interpretability.opened import Opened, end_of_text, states
from playbook.interpretability.tokens import Question

BATCH = 16  # texts that are read at once


@dataclass(frozen=True)
class Lens:
    """What each layer would say, were it the last: a row a layer, the embedding first.

    `top` and `probability` (1 + layers, tokens): the likeliest next token after each token of the prompt, and
    its probability; `rank` (1 + layers,) of the answer at the last place, 0 for the likeliest.
    """

    tokens: list[str]
    top: NDArray[np.str_]
    probability: NDArray[np.floating]
    rank: NDArray[np.int_]

    @property
    def appears(self) -> int | None:
        """First layer from which the answer stays the likeliest to the end; None where it never is.

        >>> Lens([], np.array([]), np.array([]), np.array([3, 0, 1, 0, 0])).appears
        3
        """
        elsewhere = np.flatnonzero(self.rank > 0)
        first = int(elsewhere[-1]) + 1 if len(elsewhere) else 0
        return first if first < len(self.rank) else None


def lens(opened: Opened, asked: Question, maps: NDArray[np.float32] | None = None) -> Lens:
    """Read every layer's states with the final norm and the head: the logit lens (nostalgebraist 2020).

    With `maps`, of `layers.translators`, each layer is first translated into the last one's terms (Belrose et
    al. 2023 train such maps, Din et al. 2023 take least squares): the bare lens asks a layer in a language
    that it may not speak yet.
    """
    import tensorflow as tf

    hidden = states(opened, asked.ids[None])
    if maps is not None:
        hidden[:-1] = translate(maps[:-1], hidden[:-1])
    logits = opened.read(hidden[:, 0, 1:]).numpy()
    likeliest = logits.argmax(axis=-1)
    words = [opened.model.tokenizer.decode([one], skip_special_tokens=False) for one in likeliest.flat]
    last = logits[:, -1]
    return Lens(
        asked.tokens,
        np.array(words).reshape(likeliest.shape),
        tf.nn.softmax(logits).numpy().max(axis=-1),
        (last > last[:, [asked.answer]]).sum(axis=-1),
    )


def pooled(opened: Opened, texts: Sequence[str], longest: int = 64) -> NDArray[np.float32]:
    """Mean hidden state of each text at every layer: (1 + layers, texts, width), the embedding first.

    A text is read to its first `longest` tokens. Raises PlaybookError for one without any.
    """
    from playbook import lm

    rows = [lm.tokenize(opened.model, text)[:longest] for text in texts]
    if not all(rows):
        raise PlaybookError(f"text {rows.index([])} of {len(rows)} is empty: give each text a word or more.")
    # texts of like length together: little is padded, and padding comes last, where nobody looks back at it
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    means = np.empty((opened.depth + 1, len(rows), opened.model.backbone.hidden_dim), np.float32)
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        ids = np.full((len(places), 1 + len(rows[places[-1]])), end_of_text(opened.model), np.int32)
        for row, place in zip(ids, places, strict=True):
            row[1 : 1 + len(rows[place])] = rows[place]
        hidden = states(opened, ids)
        for n, place in enumerate(places):
            means[:, place] = hidden[:, n, 1 : 1 + len(rows[place])].mean(axis=1)
    return means


def probe(features: NDArray[np.floating], labels: ArrayLike, every: int = 3, seed: int = 0) -> pd.DataFrame:
    """Accuracy, in five folds, of a linear classifier on the states of every third layer; and its control.

    features: (1 + layers, texts, width); labels: (texts,), two classes. The control is the same classifier on
    shuffled labels: what it exceeds chance by, it learned of nothing (after Hewitt and Liang 2019). Raises
    PlaybookError for one class only, or fewer than five texts of a class.

    >>> features = np.array([np.zeros((20, 1)), np.arange(20).reshape(-1, 1) - 9.5])
    >>> probe(features, [0] * 10 + [1] * 10, every=1)["accuracy"].tolist()
    [0.5, 1.0]
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classes, y = np.unique(np.asarray(labels), return_inverse=True)
    if len(classes) != 2 or np.bincount(y).min() < 5:
        raise PlaybookError(
            f"a probe tells two classes apart, with five texts or more of each: there are {len(classes)} "
            f"classes, {np.bincount(y).min()} texts in the smallest."
        )
    shuffled = np.random.default_rng(seed).permutation(y)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    rows = {
        layer: [cross_val_score(model, features[layer], goal, cv=folds).mean() for goal in (y, shuffled)]
        for layer in range(0, len(features), every)
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["accuracy", "control"])
    return table.rename_axis("after layer")


def appearances(opened: Opened, asked: Sequence[Question], maps: NDArray[np.float32]) -> pd.DataFrame:
    """Give the layer from which on each answer stays the likeliest, by the bare lens and translated.

    A row a question; NaN where the answer never is the likeliest.
    """
    seen = [[lens(opened, one, way).appears for way in (None, maps)] for one in asked]
    return pd.DataFrame(seen, columns=["logit lens", "translated"], dtype=float)


def probe_texts(opened: Opened, frame: pd.DataFrame, each: int = 120, seed: int = 0) -> pd.DataFrame:
    """Run `probe` on `each` texts of either label (columns `text`, `label`) that have 6 to 16 words."""
    short = frame[frame["text"].str.split().str.len().between(6, 16)]
    some = short.groupby("label").sample(each, random_state=seed)
    return probe(pooled(opened, some["text"].tolist()), some["label"], seed=seed)
