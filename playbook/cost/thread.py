"""The thread of the cost chapter: what cleaning saved, in tokens and hours at the same held-out loss."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.cost.checks import positive, whole
from playbook.cost.optimisers import optimiser
from playbook.cost.trainer import Trainer, schedule
from playbook.errors import PlaybookError

WORDS_IN_A_ROW = 13  # as GPT-3's test for contamination, arXiv:2005.14165, appendix C
VOCABULARY, BATCH, SEQUENCE, SIZE, LEARNING_RATE = 1024, 4, 128, "0.3M", 3e-3
CHARACTERS_A_TOKEN = 5  # more than this tokenizer has: so many characters are enough for a budget
HELD_OUT_TOKENS = 12_500
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Sides:
    """Texts before and after cleaning, neither of which has seen the `held_out` ones.

    `origin` says in a sentence where the clean side comes from.
    """

    raw: list[str]
    clean: list[str]
    held_out: list[str]
    origin: str

    @property
    def removed(self) -> int:
        """Characters of an epoch that cleaning spares."""
        return sum(map(len, self.raw)) - sum(map(len, self.clean))

    @property
    def share_saved(self) -> float:
        """Part of an epoch that cleaning spares."""
        return self.removed / sum(map(len, self.raw))


def sides(seed: int = 0) -> Sides:
    """Take the docstrings as they are, and as chapter 1 handed them on, less what shares words with the test.

    Where chapter 1 has not run, or cleaned another text, exact repeats are dropped here and a fiftieth is
    held out, and `origin` says so. From both sides go texts that share 13 words in a row with a held-out one.
    """
    from playbook import inputs

    raw = inputs.docstrings()["text"].tolist()
    corpus, sheet = inputs.handed_on("corpus"), inputs.datasheet("corpus")
    if corpus is not None and sheet.get("origin") == "docstrings":
        test = corpus.loc[corpus["split"] == "test", "text"].tolist()
        clean = corpus.loc[corpus["split"] == "train", "text"].tolist()
        origin = "cleaned by chapter 1"
    else:
        clean = list(dict.fromkeys(raw))
        picked = np.random.default_rng(seed).random(len(clean)) < 0.02
        test = [text for text, held in zip(clean, picked, strict=True) if held]
        clean = [text for text, held in zip(clean, picked, strict=True) if not held]
        origin = "exact repeats dropped: chapter 1 has not handed on these docstrings"
    return Sides(unseen(raw, test), unseen(clean, test), test, origin)


def unseen(texts: Sequence[str], held_out: Sequence[str]) -> list[str]:
    """Keep the texts that share no 13 words in a row with a held-out one.

    >>> test = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    >>> unseen([test[4:], "one two three"], [test])
    ['one two three']
    """
    known = set().union(*map(_runs, held_out))
    return [text for text in texts if known.isdisjoint(_runs(text))]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return set(zip(*(words[i:] for i in range(WORDS_IN_A_ROW)), strict=False))


def curves(material: Sides, tokens: int, seeds: int = 2) -> pd.DataFrame:
    """Train the same model on either side and measure what it makes of the held-out texts.

    A row a training: side, seed, tokens, loss (nats a token), seconds (of the steps). With each seed both
    sides have the same tokenizer, random start and budget, and no text is read twice. The raw side of the
    first seed is trained on half the tokens too, for the slope. `attrs` carries characters_a_token.
    Raises PlaybookError where a side is too small for the budget.
    """
    from playbook import lm

    tokens = whole("tokens", tokens)
    tokenizer = lm.train_tokenizer(_sample(material.clean, 400_000, seed=0), VOCABULARY)
    encoded = lm.encode(tokenizer, material.held_out)
    trainer = Trainer(lm.tiny(tokenizer, SIZE), optimiser("AdamW"))
    trainer.train(np.zeros((1, BATCH, SEQUENCE + 1), np.int32), schedule(1, 0.0))  # compiles, once for all
    rows, test = [], encoded[:HELD_OUT_TOKENS]
    for seed in range(whole("seeds", seeds)):
        start = lm.tiny(tokenizer, SIZE, seed=seed).backbone.get_weights()
        for side, texts in (("raw", material.raw), ("clean", material.clean)):
            ids = lm.encode(tokenizer, _sample(texts, CHARACTERS_A_TOKEN * tokens, seed))
            _enough(side, len(ids), len(test), tokens)
            for budget in (tokens // 2, tokens) if (side, seed) == ("raw", 0) else (tokens,):
                batches = _windows(ids, budget, seed)
                begun = time.perf_counter()
                trainer.train(batches, schedule(len(batches), LEARNING_RATE), start)
                seconds = time.perf_counter() - begun
                rows.append((side, seed, budget, lm.mean_loss(trainer.model, test), seconds))
    runs = pd.DataFrame(rows, columns=["side", "seed", "tokens", "loss", "seconds"])
    runs.attrs["characters_a_token"] = sum(map(len, material.held_out)) / len(encoded)
    return runs


def _windows(ids: np.ndarray, tokens: int, seed: int) -> np.ndarray:
    # (steps, BATCH, SEQUENCE + 1), in random order, none of which overlap
    steps = tokens // (BATCH * SEQUENCE)
    order = np.random.default_rng(seed).permutation((len(ids) - 1) // SEQUENCE)[: steps * BATCH]
    return ids[SEQUENCE * order[:, None] + np.arange(SEQUENCE + 1)].reshape(steps, BATCH, -1)


def _enough(side: str, ids: int, test: int, tokens: int) -> None:
    if ids <= tokens or test <= SEQUENCE:
        raise PlaybookError(
            f"the {side} corpus has {ids:,} tokens and the test {test:,}, too few for a budget of {tokens:,} "
            "without reading twice: give more text or fewer tokens."
        )


def difference(runs: pd.DataFrame) -> tuple[float, float]:
    """Give the mean loss of raw less that of clean, and half its 95 % interval, in nats a token.

    Student's t with the scatter between seeds of either side: where the half is the larger, this many seeds
    do not tell the sides apart. Raises PlaybookError for a single seed, which has no scatter.

    >>> runs = pd.DataFrame({"side": ["raw", "raw", "clean", "clean"], "seed": [0, 1, 0, 1], "tokens": 1000,
    ...     "loss": [5.1, 5.3, 5.0, 5.2]})
    >>> [round(number, 2) for number in difference(runs)]
    [0.1, 0.61]
    """
    from scipy.stats import t

    full = _full(runs)
    seeds = len(full)
    if seeds < 2:
        raise PlaybookError("one seed has no scatter: train with two or more.")
    error = np.sqrt(full.var().sum() / seeds)
    return float(full["raw"].mean() - full["clean"].mean()), float(t.ppf(0.975, 2 * (seeds - 1)) * error)


def token_ratios(runs: pd.DataFrame) -> pd.Series:
    """Give by seed the tokens that raw needs for one of clean at equal loss; above 1, cleaning saved.

    Between half the budget and all of it the loss is taken to fall in step with the log of the tokens: that
    slope turns the difference between the two sides into tokens. Raises PlaybookError where more tokens did
    not lower the loss.

    >>> runs = pd.DataFrame({"side": ["raw", "raw", "clean"], "seed": 0, "tokens": [1000, 2000, 2000],
    ...     "loss": [6.0, 5.5, 5.0]})
    >>> token_ratios(runs).round(2).tolist()
    [2.0]
    """
    full = _full(runs)
    first = runs[(runs["side"] == "raw") & (runs["seed"] == full.index[0])].sort_values("tokens")
    fall = first["loss"].iloc[0] - first["loss"].iloc[-1]
    if not fall > 0:
        raise PlaybookError("the loss did not fall between the two budgets: train on more tokens.")
    doubled = np.log(first["tokens"].iloc[-1] / first["tokens"].iloc[0])
    return np.exp((full["raw"] - full["clean"]) * doubled / fall).rename("tokens of raw for one of clean")


def _full(runs: pd.DataFrame) -> pd.DataFrame:
    """Give the losses on the whole budget: a row a seed, a column a side."""
    return runs[runs["tokens"] == runs["tokens"].max()].pivot(index="seed", columns="side", values="loss")


def saved(ratios: pd.Series, share_saved: float, hours: float, price: float) -> pd.DataFrame:
    """Price what cleaning saves of a plan: a row a way to count, with share, accelerator-hours and USD.

    "at equal loss" is the median over seeds of `token_ratios`, with its lowest and highest; "an epoch" is
    what need not be read once. hours, price: of the plan. A negative share is a loss.

    >>> saved(pd.Series([1.0, 1.25, 1.6]), 0.1, hours=1000, price=2)["USD"].round().tolist()
    [400.0, 0.0, 750.0, 200.0]
    """
    shares = 1 - 1 / ratios.quantile([0.5, 0, 1])
    ways = ["at equal loss, median", "at equal loss, worst seed", "at equal loss, best seed", "an epoch"]
    table = pd.DataFrame({"share": [*shares, share_saved]}, index=ways)
    table["accelerator-hours"] = table["share"] * positive("hours", hours)
    table["USD"] = table["accelerator-hours"] * positive("price", price)
    return table


def _sample(texts: Sequence[str], characters: int, seed: int) -> list[str]:
    """Take whole texts at random until they have so many characters."""
    order = np.random.default_rng(seed).permutation(len(texts))
    ends = np.cumsum([len(texts[i]) for i in order])
    return [texts[i] for i in order[: int(np.searchsorted(ends, characters)) + 1]]
