"""Tries the steps of cleaning on texts whose truth is known: each trial gives a table of what it found."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from playbook.data.contamination import _words, contaminated
from playbook.data.languages import language, normalise
from playbook.data.minhash import bands, buckets, shingles, words
from playbook.data.planted_zh import chinese_texts
from playbook.data.quality import RULES, quality_rules

FEWEST = 20  # pairs in a step of the S-curve that is shown
_FAMILIES = ("gopher", "c4", "fineweb")


def s_curve(texts: Sequence[str], planted: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Measure how often MinHash proposes a pair, by the pair's similarity, beside what theory says.

    `planted` are copies of `texts` as `planting.plant` makes them. Index: similarity in steps of .05 (middle
    of the step), those of few pairs left out; columns: pairs, measured, and theory, which is
    1 - (1 - s ** rows) ** bands.

    >>> from playbook.data.planting import plant
    >>> texts = ["a b c d e f g h i j k l m n o p q r s t u v w x"]
    >>> s_curve(texts, plant(texts, copies=9, low=1.0), 0.7)["measured"].tolist()
    [1.0]
    """
    sources = [texts[i] for i in planted["source"].astype(int)]
    bucket = buckets(*shingles([*sources, *planted["text"]]), threshold)
    half = len(sources)
    met = ((bucket[:half] == bucket[half:]) & (bucket[:half] >= 0)).any(axis=1)
    count, rows = bands(threshold)
    exact = planted["similarity"].to_numpy(dtype=float)
    table = pd.DataFrame({"measured": met, "theory": 1 - (1 - exact**rows) ** count})
    step = pd.Series(np.floor(exact.clip(max=0.999) * 20) / 20 + 0.025, name="similarity").round(3)
    groups = table.groupby(step)
    curve = groups.mean().assign(pairs=groups.size())[["pairs", "measured", "theory"]]
    return curve[curve["pairs"] >= min(FEWEST, curve["pairs"].max() if len(curve) else 0)]


def rule_losses(texts: pd.Series) -> pd.DataFrame:
    """Give the share of texts that each published quality rule would remove: rule, source, texts, share.

    Rules that remove nothing are left out; the last rows are what each family removes, and all together. The
    Chinese variant is taken where most texts are Chinese.

    >>> rule_losses(pd.Series(["Read the docs."])).loc["any rule", "texts"]
    np.int64(1)
    """
    chinese = languages_of(texts)["share"].get("zh", 0) > 0.5
    found = quality_rules(texts, "zh" if chinese else "en")
    losses = found.sum()
    table = pd.DataFrame({"source": RULES["source"], "texts": losses}).sort_values("texts", ascending=False)
    for family in _FAMILIES:
        removed = found.filter(regex=f"^{family}_").any(axis=1).sum()
        table.loc[f"any of {family}"] = [RULES.filter(regex=f"^{family}_", axis=0)["source"].iloc[0], removed]
    table.loc["any rule"] = ["all three", found.any(axis=1).sum()]
    table = table[(table["texts"] > 0) | (table.index == "any rule")].astype({"texts": int})
    return table.assign(share=table["texts"] / max(len(texts), 1))


def chinese_trial(seed: int = 0) -> pd.DataFrame:
    """Hold the English rules and their Chinese variant against invented Chinese texts, good and bad.

    Rows: English rules, Chinese rules; columns: the share of the 56 good and of the 48 bad texts removed.

    >>> chinese_trial().columns.tolist()
    ['good removed', 'bad removed']
    """
    texts = chinese_texts(seed)
    rows = {}
    for name, written in (("English rules", "en"), ("Chinese rules", "zh")):
        gone = quality_rules(texts["text"], written).any(axis=1)
        rows[name] = (gone[texts["good"]].mean(), gone[~texts["good"]].mean())
    return pd.DataFrame.from_dict(rows, orient="index", columns=["good removed", "bad removed"])


def mojibake_trial(seed: int = 0) -> pd.DataFrame:
    """Garble good Chinese texts in the three ways that are met most, and count how many come back whole.

    >>> mojibake_trial().index.tolist()
    ['UTF-8 read as Latin-1', 'the same, twice', 'UTF-8 read as GB18030']
    """
    texts = chinese_texts(seed)
    good = [normalise(text) for text in texts.loc[texts["good"], "text"]]
    ways = {
        "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
        "the same, twice": lambda text: text.encode().decode("latin-1").encode().decode("latin-1"),
        "UTF-8 read as GB18030": lambda text: text.encode().decode("gb18030", "replace"),
    }
    rows = {
        name: (len(good), sum(normalise(way(text)) == text for text in good)) for name, way in ways.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["texts", "repaired"])


def contamination_trial(
    texts: Sequence[str], test: Sequence[str], runs: Sequence[int] = (11, 12, 20), seed: int = 0
) -> pd.DataFrame:
    """Plant runs of a test text's words in training texts, and count how many `contaminated` finds.

    Of each test text of 25 words or more a run is put into one training text that was not flagged before.
    A row a length of run: planted, found, share in %. Eleven words are one too few, and must not be found.

    >>> long = " ".join(f"word{i}" for i in range(30))
    >>> contamination_trial(["one", "two"], [long])["share"].tolist()
    [0.0, 100.0, 100.0]
    """
    rng = np.random.default_rng(seed)
    long = [found for found in map(_words, test) if len(found) >= 25 and found[0].isascii()]
    clean = [text for text, gone in zip(texts, flagged(texts, test), strict=True) if not gone] or [""]
    rows = {}
    for run in runs:
        planted = []
        for found in long:
            start = int(rng.integers(len(found) - run + 1))
            host = clean[int(rng.integers(len(clean)))]
            planted.append(f"{host}\nplanted {' '.join(found[start : start + run])} planted")
        rows[run] = (len(planted), int(flagged(planted, test).sum()))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["planted", "found"])
    return table.assign(share=table["found"] / table["planted"] * 100).rename_axis("words in a row")


def split_leak(texts: pd.Series, share: float = 0.02, seed: int = 0) -> tuple[pd.Series, np.ndarray]:
    """Hold out a random share of texts, as everybody does, and say which of the rest repeat a piece of it.

    Gives the held-out texts and, for each of the others in order, whether it shares 12 words in a row with
    one of them.

    >>> split_leak(pd.Series(["a b"] * 100))[1].sum()
    np.int64(0)
    """
    test = texts.sample(frac=share, random_state=seed)
    return test, flagged(texts.drop(test.index).tolist(), test.tolist())


def languages_of(texts: pd.Series) -> pd.DataFrame:
    """Count the texts by the language that each is told to be in, and their share; most frequent first.

    >>> languages_of(pd.Series(["The price of data is paid later.", "很好"])).index.tolist()
    ['en', 'too short']
    """
    counts = (
        language(texts)
        .fillna("too short")
        .value_counts()
        .sort_index()
        .sort_values(ascending=False, kind="stable")
    )
    return pd.DataFrame({"texts": counts, "share": counts / max(len(texts), 1)}).rename_axis("language")


def flagged(texts: Sequence[str], test: Sequence[str]) -> np.ndarray:
    """Say which texts share 12 words in a row with the test; none where no test text is as long as that.

    >>> flagged(["one two three"], ["one two three"]).tolist()
    [False]
    """
    if not any(len(words(text)) >= 25 for text in test):
        return np.zeros(len(texts), dtype=bool)
    return contaminated(texts, test)
