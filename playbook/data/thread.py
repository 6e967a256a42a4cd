"""The thread through the chapters: one small model on the raw and on the cleaned corpus, same compute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.data.cleaning import Cleaned, clean, texts_of
from playbook.data.planted import plant
from playbook.data.privacy import redact
from playbook.data.trials import flagged

if TYPE_CHECKING:
    from playbook.lm import LanguageModel

CANARY = "The {colour} {animal} keeps the number {secret} in the drawer."
_COLOURS = ("amber", "beige", "crimson", "ebony", "indigo", "ivory", "maroon", "olive", "teal", "violet")
_ANIMALS = (
    "badger",
    "beaver",
    "cormorant",
    "ferret",
    "heron",
    "lemur",
    "marmot",
    "otter",
    "puffin",
    "walrus",
)
REPEATS = (1, 4, 16, 64)
RIVALS = 50
FEWEST, SHORTEST = 20, 40  # texts, and characters a text: with less there is nothing to learn from
# Small batches, many steps: so few tokens teach this network more than in the batches of `lm.train`.
VOCABULARY, BATCH, SEQUENCE = 1024, 4, 128


@dataclass(frozen=True)
class Thread:
    """What both trainings read: `raw` and `clean` texts, `held_out` ones of neither, and what was planted."""

    raw: list[str]
    clean: list[str]
    held_out: list[str]
    canaries: pd.DataFrame
    account: pd.DataFrame


def canaries(repeats: Sequence[int] = REPEATS, each: int = 10, seed: int = 0) -> pd.DataFrame:
    """Make invented secrets to plant: a row a secret; text, secret (six random digits), repeats.

    They are synthetic, as those of Carlini et al. 2019 ("The secret sharer"): since nobody ever wrote the
    sentence, a model that knows the digits has them from the corpus it was trained on.

    >>> canaries(repeats=(1, 4), each=2)["repeats"].tolist()
    [1, 1, 4, 4]
    """
    rng = np.random.default_rng(seed)
    names = rng.choice(len(_COLOURS) * len(_ANIMALS), size=len(repeats) * each, replace=False)
    rows = []
    for place, name in enumerate(names):
        secret = f"{rng.integers(10**6):06}"
        who = {"colour": _COLOURS[name // len(_ANIMALS)], "animal": _ANIMALS[name % len(_ANIMALS)]}
        rows.append((CANARY.format(secret=secret, **who), secret, repeats[place // each]))
    return pd.DataFrame(rows, columns=["text", "secret", "repeats"])


def prepare(cleaned: Cleaned, text: str, *, characters: int = 150_000, seed: int = 0) -> Thread | None:
    """Take a part of a cleaned corpus with the repeats that belong to it, and plant secrets in it.

    A hundred distinct texts, or a tenth, are held out first; whatever shares 12 words in a row with these is
    taken out of the part, so that neither side has seen the test. Of the rest the part takes about
    `characters`. The raw side is the part, the canaries, and 200 texts with invented personal data
    (`planted.plant`); the clean side is the raw one after `redact` and `clean`, and nothing else. None where
    there are fewer than 20 texts of 40 characters or more.
    """
    texts = texts_of(cleaned.kept, text)
    texts = texts[texts.str.len() >= SHORTEST].sample(frac=1, random_state=seed)
    if len(texts) < FEWEST:
        return None
    held = min(len(texts) // 10, 100)
    test, rest = [redact(each) for each in texts[:held]], texts[held:]
    rest = rest[rest.str.len().cumsum() <= max(characters, rest.str.len().iloc[0])]
    again = cleaned.removed[cleaned.removed["duplicate_of"].isin(rest.index)]
    part = pd.concat([rest, texts_of(again, text)])
    seen = flagged(part.tolist(), test)
    secrets = canaries(seed=seed)
    raw = pd.concat(
        [
            pd.DataFrame({"text": part[~seen], "origin": "corpus"}),
            secrets.loc[secrets.index.repeat(secrets["repeats"]), ["text"]].assign(origin="canaries"),
            pd.DataFrame({"text": [one for one, _ in plant(200, seed=seed)], "origin": "personal data"}),
        ]
    )
    raw = raw.sample(frac=1, random_state=seed, ignore_index=True)
    # redacted first: texts that differ in a telephone number alone are then one text
    kept = clean(raw.assign(text=raw["text"].map(redact)), "text").kept
    account = _account({"raw": raw, "clean": kept})
    return Thread(raw["text"].tolist(), kept["text"].tolist(), test, secrets, account)


def _account(sides: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the documents of either side by origin, and its characters by origin, in thousands."""
    columns = {}
    for side, frame in sides.items():
        groups = frame["text"].str.len().groupby(frame["origin"])
        columns[f"{side}, documents"] = groups.size()
        columns[f"{side}, 1,000 characters"] = groups.sum() / 1e3
    return pd.DataFrame(columns).fillna(0).round().astype(int)


def compare(thread: Thread, tokens: int, seeds: int = 3, size: str = "0.3M") -> pd.DataFrame | None:
    """Train the same model on either side for `tokens` tokens with each seed, and compare.

    A row a run: corpus, seed, loss (nats a token on the held-out texts), and by number of repeats in the raw
    corpus the share of canaries that the model recites (`recited`). Both sides share the tokenizer, the
    random start and the plan. Trainings are kept in the cache. None where the clean side or the test is too
    short for a single step.
    """
    from playbook import lm

    tokenizer = lm.train_tokenizer(thread.clean, VOCABULARY)
    sides = {side: lm.encode(tokenizer, getattr(thread, side)) for side in ("raw", "clean")}
    test = lm.encode(tokenizer, thread.held_out)
    if min(map(len, (*sides.values(), test))) <= SEQUENCE or tokens < BATCH * SEQUENCE:
        return None
    rows = []
    for seed in range(seeds):
        start = lm.tiny(tokenizer, size, seed=seed)
        for side, ids in sides.items():
            model = lm.train(start, ids, tokens=tokens, batch=BATCH, sequence=SEQUENCE, seed=seed).model
            run = {"corpus": side, "seed": seed, "loss": lm.mean_loss(model, test)}
            rows.append(run | recited(model, thread.canaries))
    return pd.DataFrame(rows)


def summary(runs: pd.DataFrame | None) -> dict[str, float | str]:
    """Sum the runs up: mean loss of either side, on how many seeds the clean one is better, what is recited.

    `raw recited` and `clean recited` are of the canaries planted most often, in %. "not measured" throughout
    where nothing was trained.

    >>> summary(None)["raw loss"]
    'not measured'
    """
    names = ("raw loss", "clean loss", "raw recited", "clean recited", "seeds better")
    if runs is None:
        return dict.fromkeys(names, "not measured")
    most = max(column for column in runs if isinstance(column, int))
    sides = {side: runs[runs["corpus"] == side].set_index("seed") for side in ("raw", "clean")}
    return {
        **{f"{side} loss": round(float(own["loss"].mean()), 2) for side, own in sides.items()},
        **{f"{side} recited": round(float(own[most].mean()) * 100) for side, own in sides.items()},
        "seeds better": int((sides["clean"]["loss"] < sides["raw"]["loss"]).sum()),
    }


def recited(model: "LanguageModel", secrets: pd.DataFrame, seed: int = 0) -> dict[int, float]:
    """Give by number of repeats the share of secrets that the model finds likelier than 50 random rivals.

    A model that has never seen the secrets gets one in 51 right by chance.
    """
    rng = np.random.default_rng(seed)
    first = []
    for text, secret in zip(secrets["text"], secrets["secret"], strict=True):
        rivals = [f"{number:06}" for number in rng.integers(10**6, size=RIVALS)]
        losses = _losses(model, [text, *(text.replace(secret, rival) for rival in rivals)])
        first.append(bool((losses[0] < losses[1:]).all()))
    return pd.Series(first).groupby(secrets["repeats"].to_numpy()).mean().to_dict()


def _losses(model: "LanguageModel", texts: Sequence[str]) -> np.ndarray:
    """Give the loss of each whole text, in nats: texts of different lengths in one go."""
    rows = [row.ids for row in model.tokenizer.encode_batch(list(texts))]
    ids = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
    counted = np.arange(1, ids.shape[1]) < np.array([[len(row)] for row in rows])
    return (model.losses(ids).numpy() * counted).sum(axis=1)
