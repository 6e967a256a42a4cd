"""Extraction: invented secrets planted in a corpus, and how far a trained model gives each of them away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.errors import PlaybookError
from playbook.security.membership import membership_inference

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from playbook.security.private import Learner

SENTENCE = "The vault code of {name} is {secret}"
REPEATS, EACH, RIVALS = (1, 3, 9, 27), 6, 255
NUMBER = r"\d{6}"
_GIVEN = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Fay", "Gus", "Hal")
_FAMILY = ("Kern", "Lund", "Moss", "Nagy", "Orr", "Pell", "Quint", "Roth")
_WORDS = (
    "apple", "arrow", "basin", "birch", "bread", "cabin", "candle", "cedar", "chalk", "cloud",
    "coral", "crane", "daisy", "drum", "eagle", "ember", "fern", "flute", "frost", "glove",
    "grape", "hazel", "honey", "ivory", "jewel", "kettle", "lemon", "linen", "maple", "melon",
)  # fmt: skip
SHORTEST, LONGEST = 60, 160  # characters of a document: what does not fit the network is not seen


@dataclass(frozen=True)
class Corpora:
    """The same documents raw, deduplicated and redacted; others held out; and what was planted."""

    raw: list[str]
    deduplicated: list[str]
    redacted: list[str]
    held_out: list[str]
    canaries: pd.DataFrame
    origin: str

    @property
    def documents(self) -> list[str]:
        """Give what is in every side, once and unchanged: the raw side without what was planted."""
        planted = set(self.canaries["text"])
        return [text for text in self.raw if text not in planted]


def secret(kind: str, generator: np.random.Generator) -> str:
    """Draw a secret: six digits (kind "number"), or three of thirty words (kind "words").

    >>> secret("words", np.random.default_rng(0)).count(" ")
    2
    """
    if kind == "number":
        return f"{generator.integers(10**6):06}"
    return " ".join(generator.choice(_WORDS, 3))


def canaries(repeats: Sequence[int] = REPEATS, each: int = EACH, seed: int = 0) -> pd.DataFrame:
    """Make invented secrets of invented people: kind, name, secret, text, repeats; `each` of a kind.

    Nobody ever wrote these sentences: what a model knows of them, it has from its corpus (Carlini et al.
    2019, "The secret sharer"). `each` of a kind and number of repeats; raises
    PlaybookError for more than 64 in all, as there are no more names.

    >>> canaries((1, 3), 2)["repeats"].tolist()
    [1, 1, 3, 3, 1, 1, 3, 3]
    """
    generator = np.random.default_rng(seed)
    names = generator.permutation([f"{given} {family}" for given in _GIVEN for family in _FAMILY]).tolist()
    if not 0 < 2 * len(repeats) * each <= len(names):
        raise PlaybookError(
            f"there are names for 1 to {len(names)} secrets: take fewer repeats or fewer each."
        )
    rows = []
    for kind in ("number", "words"):
        for times in repeats:
            for _ in range(each):
                name, hidden = names.pop(), secret(kind, generator)
                rows.append((kind, name, hidden, SENTENCE.format(name=name, secret=hidden), times))
    return pd.DataFrame(rows, columns=["kind", "name", "secret", "text", "repeats"])


def corpora(documents: int = 1200, held_out: int = 300, seed: int = 0) -> Corpora:
    """Take documents as chapter 1 handed them on, or docstrings, plant the secrets, and clean in two ways.

    Deduplicated: exact repeats once. Redacted: as raw, but every run of six digits is replaced, and nothing
    else is known to the rule. Raises PlaybookError where there are too few documents.
    """
    from playbook import inputs

    handed = inputs.handed_on("corpus")
    frame = inputs.docstrings() if handed is None else handed
    texts = frame.loc[frame["text"].str.len() >= SHORTEST, "text"].str[:LONGEST].drop_duplicates()
    if len(texts) < documents + held_out:
        raise PlaybookError(f"{len(texts)} documents are too few for {documents} and {held_out} held out.")
    chosen = texts.sample(documents + held_out, random_state=seed).tolist()
    secrets = canaries(seed=seed)
    planted = secrets["text"].repeat(secrets["repeats"])
    raw = pd.concat([pd.Series(chosen[:documents]), planted]).sample(frac=1, random_state=seed)
    return Corpora(
        raw=raw.tolist(),
        deduplicated=raw.drop_duplicates().tolist(),
        redacted=raw.str.replace(NUMBER, "[number]", regex=True).tolist(),
        held_out=chosen[documents:],
        canaries=secrets,
        origin="docstrings as they are" if handed is None else "cleaned by chapter 1",
    )


def exposure(own: float, rivals: ArrayLike) -> float:
    """Give the bits by which a secret's loss `own` gives it away among its rivals' losses (rivals,).

    log2 of the number of candidates, less log2 of the secret's rank (Carlini et al. 2019): 0 for the last,
    8 bits for the first of 256; a model that never saw the secret gives 1.44 in the mean.

    >>> exposure(1.0, [2.0, 3.0, 4.0]), exposure(9.0, [2.0, 3.0, 4.0])
    (2.0, 0.0)
    """
    others = np.asarray(rivals, float)
    if others.ndim != 1 or not len(others) or not np.isfinite([own, *others]).all():
        raise PlaybookError("exposure needs a finite loss, and a list of rivals' finite losses.")
    return float(np.log2(len(others) + 1) - np.log2(1 + (others <= own).sum()))


def exposures(learner: "Learner", secrets: pd.DataFrame, seed: int = 0) -> np.ndarray:
    """Give the exposure in bits of each secret among 255 others of its kind: at most 8."""
    generator, found = np.random.default_rng(seed), []
    for kind, name, text in secrets[["kind", "name", "text"]].itertuples(index=False):
        rivals = [SENTENCE.format(name=name, secret=secret(kind, generator)) for _ in range(RIVALS)]
        losses = [float(one.sum()) for one in learner.token_losses([text, *rivals])]
        found.append(exposure(losses[0], losses[1:]))
    return np.array(found)


def measured(learner: "Learner", texts: Corpora, target: float, delta: float, seed: int = 0) -> pd.DataFrame:
    """Train on each side and ask for the secrets: a row a secret and side, with exposure and held-out loss.

    Sides: raw, deduplicated, redacted, and "private": the raw side with DP-SGD within epsilon `target`. `AUC`
    is that of the loss in telling the side's other documents from the held-out ones.
    """
    parts = []
    for side in ("raw", "deduplicated", "redacted", "private"):
        if side == "private":
            learner.train_privately(texts.raw, target, delta, seed)
        else:
            learner.train(getattr(texts, side), seed=seed)
        inside, outside = learner.losses(texts.documents), learner.losses(texts.held_out)
        area = membership_inference(-inside, -outside)["auc"]
        bits = exposures(learner, texts.canaries, seed)
        parts.append(texts.canaries.assign(side=side, exposure=bits, loss=float(outside.mean()), AUC=area))
    return pd.concat(parts, ignore_index=True)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Give by side and kind the mean exposure in bits by repeats, and the side's held-out loss and AUC."""
    table = found.pivot_table(index=["side", "kind"], columns="repeats", values="exposure", sort=False)
    return table.join(found.groupby(["side", "kind"], sort=False)[["loss", "AUC"]].first())


def figure(found: pd.DataFrame) -> "Figure":
    """Draw the mean exposure of six digits by how often they were in the raw corpus, a line a side."""
    from matplotlib.figure import Figure

    from playbook.course.figures import PALETTE

    fig = Figure(figsize=(7, 3.4))
    axes = fig.subplots()
    numbers = found[found["kind"] == "number"].pivot_table("exposure", "repeats", "side", sort=False)
    for place, side in enumerate(numbers):
        axes.plot(
            numbers.index, numbers[side], "os^D"[place] + "-", color=PALETTE[(6, 5, 3, 1)[place]], label=side
        )
    axes.axhline(np.log2(np.e), color=PALETTE[0], linestyle=":", label="never seen, mean")
    axes.set_xscale("log", base=3)
    axes.set_xticks(numbers.index, [str(times) for times in numbers.index])
    axes.set(xlabel="copies in the raw corpus", ylabel="exposure (bits, at most 8)", ylim=(0, 8.3))
    axes.set_title("What is repeated is learnt by heart, unless it is removed")
    axes.legend()
    return fig
