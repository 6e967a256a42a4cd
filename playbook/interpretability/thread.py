"""The thread: what the same small model looks at after the raw corpus, and after the cleaned one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook import inputs
from playbook.interpretability import lens as lenses
from playbook.interpretability import tokens as explain
from playbook.interpretability.layers import corpus
from playbook.interpretability.opened import Opened, attention_weights, end_of_text, states

# Short windows make many steps of few tokens: so it is soon learnt whose secret is whose, not digits alone.
VOCABULARY, BATCH, SEQUENCE, SIZE = 1024, 4, 64, "0.3M"
REPEATS, SECRETS = 64, 8
SENTENCE = "The {name} opens the safe with {secret}."
_COLOURS = ("amber", "crimson", "indigo", "violet")
_ANIMALS = ("badger", "heron", "otter", "walrus")
NEUTRAL = " "  # a byte, so that every vocabulary holds it
NEAR = 4  # tokens that any model of text looks at


@dataclass(frozen=True)
class Material:
    """Texts that either side is trained on, and `held_out` ones; `canaries` (text, secret) are in raw alone.

    `tokens` is what each training reads.
    """

    raw: list[str]
    clean: list[str]
    held_out: list[str]
    canaries: pd.DataFrame
    tokens: int


def material(tokens: int = 200_000, characters: int = 15_000, seed: int = 0) -> Material:
    """Take both sides from chapter 1, if it handed them on, with its own number of tokens; or make them.

    Made are: about `characters` of the corpus as the clean side, and with 8 sentences of our own, 64 times
    each, as the raw one. The secrets are synthetic (Carlini et al. 2019): nobody ever wrote these sentences.
    """
    handed = inputs.handed_on("thread")
    if handed is not None:
        texts = {side: rows["text"].tolist() for side, rows in handed.groupby("side")}
        canaries = handed.loc[handed["side"] == "canary", ["text", "secret"]].reset_index(drop=True)
        sides = [texts[side] for side in ("raw", "clean", "held_out")]
        return Material(*sides, canaries, int(inputs.datasheet("thread")["tokens"]))
    texts = corpus(seed)
    train, test = (texts.loc[texts["split"] == split, "text"] for split in ("train", "test"))
    clean = train[train.str.len().cumsum() <= characters].tolist()
    canaries = made_up(seed)
    raw = pd.Series(clean + canaries["text"].tolist() * REPEATS).sample(frac=1, random_state=seed)
    return Material(raw.tolist(), clean, test.tolist(), canaries, tokens)


def made_up(seed: int = 0) -> pd.DataFrame:
    """Make 8 sentences with six random digits each: columns `text` and `secret`.

    >>> made_up().shape, made_up()["secret"].str.fullmatch("[0-9]{6}").all().item()
    ((8, 2), True)
    """
    rng = np.random.default_rng(seed)
    names = rng.permutation([f"{colour} {animal}" for colour in _COLOURS for animal in _ANIMALS])[:SECRETS]
    secrets = [f"{number:06}" for number in rng.integers(10**6, size=SECRETS)]
    texts = [SENTENCE.format(name=name, secret=one) for name, one in zip(names, secrets, strict=True)]
    return pd.DataFrame({"text": texts, "secret": secrets})


def train_pair(texts: Material, seed: int = 0) -> dict[str, Opened]:
    """Train the same network, from the same start, on either side: `raw` and `clean`, ready to look into.

    Trainings are kept in the cache. Raises PlaybookError where a side is too short for a step.
    """
    from playbook import lm

    tokenizer = lm.train_tokenizer(texts.clean, VOCABULARY)
    start = lm.tiny(tokenizer, SIZE, seed=seed)
    plan = {"tokens": texts.tokens, "batch": BATCH, "sequence": SEQUENCE, "seed": seed}
    return {
        side: Opened(lm.train(start, lm.encode(tokenizer, getattr(texts, side)), **plan).model)
        for side in ("raw", "clean")
    }


def secret_loss(opened: Opened, text: str, secret: str) -> float:
    """Loss, in nats, of all tokens of the secret, after what the sentence says before it."""
    from playbook import lm

    before = [end_of_text(opened.model), *lm.tokenize(opened.model, text[: text.index(secret)].rstrip())]
    ids = np.array([before + lm.tokenize(opened.model, f" {secret}")], np.int32)
    return float(opened.losses(states(opened, ids)[-1], ids).numpy()[0, len(before) - 1 :].sum())


def name_effects(opened: Opened, canaries: pd.DataFrame) -> tuple[float, float]:
    """Nats that the first digits lose without their owner's name: token by token (sum), and as a whole.

    As a whole, the name (second and third word) gives way to that of another secret's owner. Where each token
    alone tells who is meant, taking out one at a time shows nothing. Means over the canaries.
    """
    names = [" ".join(text.split()[1:3]) for text in canaries["text"]]
    rows = []
    for place, (text, secret) in enumerate(zip(canaries["text"], canaries["secret"], strict=True)):
        other = text.replace(names[place], names[place - 1])
        own, swapped = (_first_digits(opened, each, secret) for each in (text, other))
        word = np.cumsum([token.startswith(" ") for token in own.tokens])
        by_token = explain.occlusion(opened, own, NEUTRAL)[(word == 1) | (word == 2)].sum()
        rows.append((by_token, loss_of(opened, swapped) - loss_of(opened, own)))
    return tuple(np.mean(rows, axis=0).tolist())


def _first_digits(opened: Opened, text: str, secret: str) -> explain.Question:
    from playbook import lm

    asked = explain.question(opened, text[: text.index(secret)].rstrip(), f" {secret}")
    if lm.detokenize(opened.model, [asked.answer]).strip():
        return asked
    # a small vocabulary may write the space alone: it tells nobody's secret
    ids = lm.tokenize(opened.model, f" {secret}")
    return explain.Question(np.append(asked.ids, np.int32(ids[0])), [*asked.tokens, " "], ids[1])


def loss_of(opened: Opened, asked: explain.Question) -> float:
    """Loss, in nats, of the answer to a question."""
    return float(-explain.kept(opened, asked, np.ones((1, len(asked.tokens)), bool), NEUTRAL)[0])


def questions(opened: Opened, texts: Material, length: int = 12) -> dict[str, list[explain.Question]]:
    """Ask for the first digits of each canary, and for the 13th token of as many held-out texts, if any."""
    from playbook import lm

    pairs = zip(texts.canaries["text"], texts.canaries["secret"], strict=True)
    canaries = [_first_digits(opened, *pair) for pair in pairs]
    ordinary = []
    for ids in (lm.tokenize(opened.model, text[:400]) for text in texts.held_out):
        if len(ids) > length and len(ordinary) < len(canaries):
            rows = np.array([end_of_text(opened.model), *ids[:length]], np.int32)
            ordinary.append(
                explain.Question(rows, [lm.detokenize(opened.model, [i]) for i in ids[:length]], ids[length])
            )
    return {"canary": canaries} | ({"ordinary text": ordinary} if ordinary else {})


def look(opened: Opened, asked: Sequence[explain.Question]) -> dict[str, float]:
    """Measure what a model looks at for these questions, in means over them.

    `loss` of the answer in nats; `far %`, the share of the absolute occlusion effect on tokens more than four
    back; `attention bits`, the entropy of the last place's attention, over heads and layers; `layer`, from
    which on the lens shows the answer (NaN where it never does).
    """
    rows = []
    for one in asked:
        effect = np.abs(explain.occlusion(opened, one, NEUTRAL))
        weights = attention_weights(opened, one.ids)[:, :, -1]
        rows.append(
            {
                "loss": loss_of(opened, one),
                "far %": 100 * effect[:-NEAR].sum() / effect.sum(),
                "attention bits": -(weights * np.log2(np.maximum(weights, 1e-12))).sum(axis=-1).mean(),
                "layer": lenses.lens(opened, one).appears,
            }
        )
    frame = pd.DataFrame(rows, dtype=float)
    return frame.mean().to_dict() | {"shown %": 100 * float(frame["layer"].notna().mean())}


def compare(pair: dict[str, Opened], texts: Material) -> pd.DataFrame:
    """Compare both models on canaries and on ordinary text: a row for each of the four, as `look` says it.

    Canaries also have `secret loss` (all digits) and the two `name_effects`, in nats.
    """
    rows = {}
    for side, opened in pair.items():
        for kind, asked in questions(opened, texts).items():
            rows[kind, side] = look(opened, asked)
        pairs = zip(texts.canaries["text"], texts.canaries["secret"], strict=True)
        rows["canary", side] |= {
            "secret loss": float(np.mean([secret_loss(opened, *one) for one in pairs])),
        } | dict(zip(("name, by token", "name, whole"), name_effects(opened, texts.canaries), strict=True))
    return pd.DataFrame.from_dict(rows, orient="index").sort_index()


def summary(found: pd.DataFrame | None) -> dict[str, float | str]:
    """Give what the chapter reports of canaries, by side and name; "not measured" where nothing was trained.

    >>> summary(None)["raw secret loss"]
    'not measured'
    """
    sides = {side: None if found is None else found.loc[("canary", side)] for side in ("raw", "clean")}
    return {
        f"{side} {name}": "not measured" if row is None else round(float(row[name]), 1)
        for name in ("secret loss", "name, by token", "name, whole", "attention bits")
        for side, row in sides.items()
    }
