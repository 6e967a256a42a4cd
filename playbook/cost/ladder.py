"""A scaling law of one's own: small models on equal tokens, and from them the loss of a larger one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost.checks import positive, share, whole
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from playbook.lm import LanguageModel

# Widths of the small models, and of the larger one that they predict. All have two layers, heads of 16 and a
# feed-forward width of three times the width: one family, or there is no law.
RUNGS, TOP = (16, 32, 48, 64), 128
VOCABULARY, BATCH, SEQUENCE = 1024, 4, 64
HELD_OUT = 12_288  # tokens
_DRAWS = 20_000


@dataclass(frozen=True)
class Shelf:
    """What every rung reads: token ids to train on, token ids held out, and the tokenizer of the first."""

    train: np.ndarray
    held_out: np.ndarray
    tokenizer: "Tokenizer"


def shelf(corpus: pd.DataFrame, tokens: int, documents: int = 3000, seed: int = 0) -> Shelf:
    """Encode a sample of a corpus: column `text`, and `split` (train or test), or a tenth is held out.

    The tokenizer is trained on the training texts alone. Raises PlaybookError when the texts are too few for
    runs of `tokens`: beyond four epochs a repeated token is worth less (arXiv:2305.16264).
    """
    from playbook import lm

    mixed = corpus.sample(frac=1, random_state=seed)
    split = mixed["split"] if "split" in mixed else np.where(np.arange(len(mixed)) % 10, "train", "test")
    texts = {side: mixed.loc[split == side, "text"].head(documents) for side in ("train", "test")}
    tokenizer = lm.train_tokenizer(texts["train"], VOCABULARY)
    train, held_out = (lm.encode(tokenizer, texts[side]) for side in ("train", "test"))
    if 4 * len(train) < whole("tokens", tokens) or len(held_out) <= SEQUENCE:
        raise PlaybookError(
            f"the corpus is too small for runs of {tokens:,} tokens: it gives {len(train):,} to train on and "
            f"{len(held_out):,} to test; give more texts, or plan at most four times the first."
        )
    return Shelf(train, held_out[: HELD_OUT + 1], tokenizer)


def shape(width: int) -> tuple[int, int, int, int, int]:
    """Give layers, width, query heads, key-value heads and feed-forward width, as `lm.tiny` takes them.

    Raises PlaybookError unless the width is a multiple of 16, the width of a head.
    """
    if whole("width", width) % 16:
        raise PlaybookError(f"width is {width}: give a multiple of 16, the width of a head.")
    return 2, width, width // 16, width // 16, 3 * width


def rung(tokenizer: "Tokenizer", width: int, seed: int = 0) -> "LanguageModel":
    """Make the untrained model of the family that has this width, with matrices by `fit_start`."""
    from playbook import lm

    return fit_start(lm.tiny(tokenizer, shape(width), seed))


def fit_start(model: "LanguageModel") -> "LanguageModel":
    """Scale a fresh model's random matrices to a standard deviation of 1 / sqrt(inputs); give the model back.

    The library draws them with 0.02 (embedding: 0.01) for every width, which suits a width of 2,500: the
    layers of a narrow network begin next to silent. The embedding counts as the output matrix that it also
    is. Source: LeCun et al., "Efficient BackProp", 1998, section 4.6.
    """
    width, feed_forward = model.backbone.hidden_dim, model.backbone.intermediate_dim
    for variable in model.backbone.weights:
        if len(variable.shape) > 1:
            inputs = feed_forward if "feedforward_output" in variable.path else width
            drawn = variable.numpy()
            variable.assign(drawn / drawn.std() / np.sqrt(inputs))
    return model


def plan(width: int) -> dict[str, float]:
    """Give the settings of `playbook.lm.train` for a rung: small batches, many steps, a rate of 0.64 / width.

    One rate for all widths would bend the law. This one is the best of a grid of factors of two at widths 16,
    32, 64 and 128, and falls as theory has it (Yang et al., Tensor Programs V, arXiv:2203.03466).

    >>> plan(64)
    {'batch': 4, 'sequence': 64, 'learning_rate': 0.01}
    """
    return {"batch": BATCH, "sequence": SEQUENCE, "learning_rate": 0.64 / whole("width", width)}


def held_out_loss(model: "LanguageModel", books: Shelf) -> float:
    """Mean loss in nats a token on the held-out texts, in windows as long as those trained on."""
    from playbook import lm

    return lm.mean_loss(model, books.held_out, SEQUENCE)


def climb(books: Shelf, tokens: int, widths: tuple[int, ...] = RUNGS, seed: int = 0) -> pd.DataFrame:
    """Train a model of each width on `tokens` tokens; a row a model: params, tokens, loss (held out).

    The recipe is that of `playbook.lm.train`: AdamW, warm-up, cosine.
    """
    from playbook.cost.optimisers import optimiser
    from playbook.cost.trainer import Trainer, schedule, windows

    rows = {}
    for width in widths:
        trainer = Trainer(rung(books.tokenizer, width, seed), optimiser("AdamW"))
        batches = windows(books.train, tokens, seed=seed)
        trainer.train(batches, schedule(len(batches), plan(width)["learning_rate"]))
        rows[width] = (trainer.model.parameters, batches[..., 1:].size, held_out_loss(trainer.model, books))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["params", "tokens", "loss"]).rename_axis(
        "width"
    )


@dataclass(frozen=True)
class SizeLaw:
    """L(N) = E + A / N**alpha at equal tokens: the constants that fit best, and `draws` of all that fit.

    draws: (E, loss above E at `middle` parameters, alpha, scatter), a row a draw.
    """

    E: float
    A: float
    alpha: float
    middle: float
    draws: np.ndarray

    def loss(self, params: float) -> float:
        """Loss in nats a token of the best fit; `params` may be an array."""
        return self.E + self.A / params**self.alpha

    def predict(self, params: float, level: float = 0.9) -> tuple[float, float, float]:
        """Predict the loss of one model of `params` parameters: median, and the interval of this level."""
        floor, height, alpha, scatter = self.draws.T
        noise = scatter * np.random.default_rng(1).normal(size=len(scatter))
        losses = floor + height * (positive("params", params) / self.middle) ** -alpha + noise
        tail = (1 - share("level", level)) / 2
        return tuple(np.quantile(losses, [0.5, tail, 1 - tail]).tolist())


def fit_size_law(params: np.ndarray, loss: np.ndarray) -> SizeLaw:
    """Fit L = E + A / N**alpha to models trained on equal tokens, with everything that fits nearly as well.

    With equal tokens the term of the data is a constant, and part of E: a floor for this many tokens, not of
    language. Four or five points tell the height of the curve well, and E from alpha hardly: so the whole
    posterior is kept (E flat from zero to the least loss, alpha flat to 1, a scatter of unknown size), on a
    grid, without sampling steps. Give one model a size: what a smooth law misses is common to all seeds of a
    size, and counting these as independent would make the interval too narrow.

    Raises PlaybookError for fewer than four different sizes, or values not finite and above zero.
    """
    n, y = _sizes(params, loss)
    middle = float(np.exp(np.log(n).mean()))
    floors = np.linspace(0, y.min(), 200, endpoint=False)
    alphas = np.linspace(0.01, 1, 100)
    x = (n / middle) ** -alphas[:, None]  # (alphas, points)
    above = y - floors[:, None, None]  # (floors, 1, points)
    square = (x * x).sum(-1)
    height = (x * above).sum(-1) / square  # least squares, (floors, alphas)
    rest = ((above - height[..., None] * x) ** 2).sum(-1) + 1e-12 * len(n)
    best = np.unravel_index(rest.argmin(), rest.shape)
    # height and scatter integrated out: a straight line through the origin with unknown noise
    log_weight = -np.log(square) / 2 - (len(n) - 1) / 2 * np.log(rest / rest.min())
    weight = np.exp(log_weight - log_weight.max())
    rng = np.random.default_rng(0)
    chosen = rng.choice(weight.size, _DRAWS, p=(weight / weight.sum()).ravel())
    i, j = np.unravel_index(chosen, weight.shape)
    scatter = np.sqrt(rest[i, j] / rng.chisquare(len(n) - 1, _DRAWS))
    heights = height[i, j] + scatter / np.sqrt(square[j]) * rng.normal(size=_DRAWS)
    alpha = float(alphas[best[1]])
    draws = np.stack([floors[i], heights, alphas[j], scatter], axis=1)
    return SizeLaw(float(floors[best[0]]), float(height[best] * middle**alpha), alpha, middle, draws)


def _sizes(params: np.ndarray, loss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n, y = (np.asarray(column, float).ravel() for column in (params, loss))
    if len(n) != len(y) or len(set(n)) < 4:
        raise PlaybookError(
            "a law in size has three constants: give four different sizes or more, each with its loss, got "
            f"{len(set(n))} sizes and {len(y)} losses."
        )
    if not (np.isfinite([n, y]).all() and (n > 0).all() and (y > 0).all()):
        raise PlaybookError("params and loss of every model have to be finite numbers above zero.")
    return n, y
