"""Which tokens of a prompt move a language model's answer: four explanations, and a test that ranks them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from playbook.errors import PlaybookError
from playbook.interpretability.coalitions import prefixes
from playbook.interpretability.opened import Floats, Opened, attention_weights, end_of_text, rollout

LONGEST = 64  # tokens of a prompt: each is taken out in turn, and the attention of all to all is kept
NEUTRAL = " something"  # what stands where a token was taken out
JUDGE = " it"  # what stands there when explanations are judged: another word, or occlusion is its own judge

# of our own, each with the continuation that SmolLM2 finds likeliest
PROMPTS = {
    "The capital of France is": " Paris",
    "The opposite of hot is": " cold",
    "Monday, Tuesday, Wednesday,": " Thursday",
    "The sun rises in the": " east",
    "Two plus two equals": " four",
    "The author of Romeo and Juliet is William": " Shakespeare",
    "The king and the": " queen",
    "One week has seven": " days",
    "Tokyo is the capital city of": " Japan",
    "The bird built a nest in the": " tree",
}


@dataclass(frozen=True)
class Question:
    """A prompt's token ids (1 + tokens,), end of text first; its tokens as text; the id of the answer."""

    ids: NDArray[np.int32]
    tokens: list[str]
    answer: int


def question(opened: Opened, prompt: str, answer: str) -> Question:
    """Make a question of a prompt and of the answer, whose first token is what is explained.

    Raises PlaybookError where either is empty, or the prompt has more than 64 tokens.
    """
    from playbook import lm

    model = opened.model
    ids, wanted = lm.tokenize(model, prompt), lm.tokenize(model, answer)
    if not ids or not wanted:
        raise PlaybookError("a prompt and its answer have one token or more each: one of them is empty.")
    longest = min(LONGEST, model.context - 1)
    if len(ids) > longest:
        raise PlaybookError(f"the prompt has {len(ids)} tokens: shorten it to {longest} or fewer.")
    names = [lm.detokenize(model, [one]) for one in ids]
    return Question(np.array([end_of_text(model), *ids], np.int32), names, wanted[0])


def own_questions(opened: Opened) -> list[Question]:
    """Make the questions of PROMPTS."""
    return [question(opened, prompt, answer) for prompt, answer in PROMPTS.items()]


def word_id(opened: Opened, word: str) -> int:
    """Id of a word that is one token; a PlaybookError for one that is not.

    A replacement of two tokens would shift all that follow.
    """
    from playbook import lm

    ids = lm.tokenize(opened.model, word)
    if len(ids) != 1:
        raise PlaybookError(f"{word!r} is {len(ids)} tokens of {opened.model.name}: name a word of one.")
    return ids[0]


def kept(opened: Opened, asked: Question, masks: NDArray[np.bool_], neutral: str = NEUTRAL) -> Floats:
    """Log-probability (n,), in nats, of the answer where only the tokens of each mask (n, tokens) are kept.

    The others are replaced by the word `neutral`.
    """
    tokens = np.where(masks, asked.ids[1:], word_id(opened, neutral))
    ids = np.column_stack([np.full(len(masks), asked.ids[0]), tokens])
    return opened.answer(opened.embed(ids), np.int32(asked.answer)).numpy()


def occlusion(opened: Opened, asked: Question, neutral: str = NEUTRAL) -> Floats:
    """Give what the answer's log-probability loses, in nats, when each token alone is replaced: (tokens,)."""
    count = len(asked.tokens)
    masks = np.vstack([np.ones((1, count), bool), ~np.eye(count, dtype=bool)])
    whole, *without = kept(opened, asked, masks, neutral)
    return whole - np.array(without)


def integrated_gradients(
    gradient: Callable[[Floats], ArrayLike], x: ArrayLike, baseline: ArrayLike, steps: int = 32
) -> Floats:
    """Share of each entry of x in f(x) - f(baseline): the gradient, averaged on the way, times the distance.

    `gradient` takes points (steps, *x.shape) and gives the gradients of f there. The way is straight and is
    cut into `steps` (midpoint rule). Up to the error of that, the shares sum to f(x) - f(baseline): print the
    gap. Source: Sundararajan, Taly and Yan 2017.

    >>> integrated_gradients(lambda z: 2 * z, [3.0, 1.0], [1.0, 1.0]).tolist()
    [8.0, 0.0]
    """
    x, baseline = np.asarray(x, dtype=float), np.asarray(baseline, dtype=float)
    if x.shape != baseline.shape or steps < 1:
        raise PlaybookError(
            f"x {x.shape} and baseline {baseline.shape} must be of one shape, steps ({steps}) 1 or more."
        )
    points = (np.arange(steps) + 0.5) / steps
    path = baseline + points.reshape(-1, *[1] * x.ndim) * (x - baseline)
    return np.asarray(gradient(path)).mean(axis=0) * (x - baseline)


def token_gradients(
    opened: Opened, asked: Question, neutral: str | None = NEUTRAL, steps: int = 32
) -> tuple[Floats, float]:
    """Integrated gradients of the answer's log-probability in the embeddings, summed by token: (tokens,).

    The baseline has the word `neutral` in every place; None: zeros, as in most tutorials. The second value is
    the completeness gap in nats: the shares' sum less f(x) - f(baseline).
    """
    x = opened.embed(asked.ids)
    baseline = np.repeat(
        opened.embed(np.array([word_id(opened, neutral)])) if neutral else np.zeros_like(x[:1]), len(x), 0
    )
    baseline[0] = x[0]
    token = np.int32(asked.answer)
    shares = integrated_gradients(
        lambda path: opened.slope(path.astype(np.float32), token).numpy(), x, baseline, steps
    )
    after, before = opened.answer(np.stack([x, baseline]), token).numpy()
    return shares.sum(axis=1)[1:], float(shares.sum() - (after - before))


def explain(opened: Opened, asked: Question, steps: int = 32) -> pd.DataFrame:
    """Explain the answer in four ways: a row a token, a column a method; the gap in `attrs["gap"]`, in nats.

    Integrated gradients and occlusion are in nats. Attention (the last place's, averaged over heads and
    layers) and rollout are shares that sum to 1: what rests on the end of text is left out.
    """
    gradients, gap = token_gradients(opened, asked, steps=steps)
    weights = attention_weights(opened, asked.ids)
    table = pd.DataFrame(
        {"integrated gradients": gradients, "occlusion": occlusion(opened, asked)}, index=asked.tokens
    )
    for name, shares in (("attention", weights.mean(axis=(0, 1))[-1]), ("rollout", rollout(weights))):
        table[name] = shares[1:] / shares[1:].sum()
    table.attrs["gap"] = gap
    return table


def deletion_gain(
    opened: Opened, asked: Question, table: pd.DataFrame, orders: int = 8, seed: int = 0
) -> dict[str, float]:
    """Give what each column of `explain` gains over random orders in the deletion test, in nats.

    Tokens are replaced by " it", the largest attribution first; the sooner the answer's log-probability
    falls, the better (Petsiuk et al. 2018). Above 0: better than the mean of `orders` random ones.
    """
    generator, count = np.random.default_rng(seed), len(table)
    ranked = [np.argsort(-table[name].to_numpy(), kind="stable") for name in table]
    ranked += [generator.permutation(count) for _ in range(orders)]
    masks = ~np.vstack([prefixes(order) for order in ranked])
    different, where = np.unique(masks, axis=0, return_inverse=True)
    values = kept(opened, asked, different, JUDGE)[where].reshape(len(ranked), count + 1)
    areas = np.trapezoid(values, dx=1 / count, axis=1)
    return dict(zip(table, (areas[len(table.columns) :].mean() - areas).tolist(), strict=False))


def rank(opened: Opened, questions: Iterable[tuple[Question, pd.DataFrame]], seed: int = 0) -> pd.DataFrame:
    """Sum up the deletion test over explained questions: mean gain, and the questions better than random."""
    gains = pd.DataFrame([deletion_gain(opened, asked, table, seed=seed) for asked, table in questions])
    return pd.DataFrame({"gain, nats": gains.mean(), "better than random": (gains > 0).sum()})


def mean_gaps(opened: Opened, explained: Iterable[tuple[Question, pd.DataFrame]]) -> tuple[float, float]:
    """Give the mean completeness gap of explained questions, in nats: as explained, and from zeros."""
    gaps = [
        (abs(table.attrs["gap"]), abs(token_gradients(opened, asked, None)[1])) for asked, table in explained
    ]
    return tuple(np.mean(gaps, axis=0).tolist())
