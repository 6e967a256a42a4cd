"""Counts a transformer's parameters and training operations from its shape, where 6ND only estimates."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from playbook.cost.checks import positive, whole
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from keras_hub.models import LlamaBackbone

RECOMPUTE = ("none", "full")


@dataclass(frozen=True)
class Architecture:
    """The shape of a decoder-only transformer without biases.

    feed_forward: inner width; gated: SwiGLU, three matrices instead of two; groups: key-value heads (default:
    as many as heads); tied: the embedding is also the output matrix; positions: learned ones (0: rotary);
    experts and active: feed-forward networks a layer, and how many of them a token visits (with more than
    one there is a router). Raises PlaybookError for values that no network has.
    """

    vocabulary: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    groups: int | None = None
    gated: bool = True
    tied: bool = False
    positions: int = 0
    experts: int = 1
    active: int = 1

    def __post_init__(self) -> None:
        for name in ("vocabulary", "hidden", "layers", "heads", "feed_forward", "experts", "active"):
            whole(name, getattr(self, name))
        groups = whole("groups", self.heads if self.groups is None else self.groups)
        object.__setattr__(self, "groups", groups)
        for wrong, sentence in (
            (self.hidden % self.heads, f"hidden is {self.hidden}, which {self.heads} heads do not divide"),
            (self.heads % groups, f"{self.heads} heads do not share {groups} groups evenly"),
            (self.active > self.experts, f"active is {self.active}, of only {self.experts} experts"),
            (self.positions < 0, f"positions is {self.positions}, less than none"),
        ):
            if wrong:
                raise PlaybookError(f"there is no such network: {sentence}.")

    @property
    def parameters(self) -> int:
        """Number of all weights.

        >>> SHAPES["SmolLM2-135M"].parameters
        134515008
        """
        return self._count(self.experts)

    @property
    def active_parameters(self) -> int:
        """Number of weights that a token meets, the embedding included: N in 6ND.

        >>> f"{SHAPES['Mixtral-8x7B'].active_parameters:,} of {SHAPES['Mixtral-8x7B'].parameters:,}"
        '12,879,925,248 of 46,702,792,704'
        """
        return self._count(self.active)

    def _count(self, experts: int) -> int:
        norms = 2 * self.hidden
        layer = self._projections + experts * self._expert + self._router + norms
        tables = self.vocabulary * (1 if self.tied else 2) + self.positions
        return self.layers * layer + self.hidden + tables * self.hidden

    @property
    def _projections(self) -> int:
        # queries and output have all heads, keys and values only the groups
        return 2 * self.hidden**2 * (self.heads + self.groups) // self.heads

    @property
    def _expert(self) -> int:
        return (3 if self.gated else 2) * self.hidden * self.feed_forward

    @property
    def _router(self) -> int:
        return self.hidden * self.experts if self.experts > 1 else 0

    def forward_flops(self, sequence: int) -> dict[str, int]:
        """Operations of one forward pass over a text of `sequence` tokens, by part, matrix products only.

        A product of (m, k) and (k, n) is 2mkn. Looking an embedding up is none; the output matrix, tied or
        not, is one. Scores are counted in full, as is usual: half of them are masked. Norms, softmax and
        other element-wise work are left out. Source: Narayanan et al., arXiv:2104.04473, appendix; Kaplan et
        al., arXiv:2001.08361, table 1.

        >>> sum(SHAPES["GPT-2"].forward_flops(1024).values())
        291648307200
        """
        tokens = whole("sequence", sequence)
        layer = 2 * tokens * self.layers
        return {
            "projections": layer * self._projections,
            "attention scores": layer * 2 * tokens * self.hidden,
            "feed-forward": layer * (self.active * self._expert + self._router),
            "output": 2 * tokens * self.hidden * self.vocabulary,
        }


def exact_training_flops(
    architecture: Architecture, tokens: float, sequence: int, recompute: str = "none"
) -> float:
    """Operations of training on `tokens` tokens in texts of `sequence`: each product once, and twice back.

    recompute: "full" runs the layers forward once more in the backward pass to save memory, "none" does not.
    Raises PlaybookError for values out of range. Source: Narayanan et al., arXiv:2104.04473, equation 3.

    >>> gpt2 = SHAPES["GPT-2"]
    >>> f"{exact_training_flops(gpt2, 300e9, 1024) / (6 * gpt2.parameters * 300e9):.2f} of 6ND"
    '1.15 of 6ND'
    """
    if recompute not in RECOMPUTE:
        raise PlaybookError(f"recompute is {recompute!r}: give {' or '.join(map(repr, RECOMPUTE))}.")
    parts = architecture.forward_flops(sequence)
    again = sum(parts.values()) - parts["output"] if recompute == "full" else 0
    return (3 * sum(parts.values()) + again) * positive("tokens", tokens) / sequence


def architecture_of(backbone: "LlamaBackbone") -> Architecture:
    """Read the shape of a Keras Llama network: `.parameters` is then its `count_params()`."""
    return Architecture(
        vocabulary=backbone.vocabulary_size,
        hidden=backbone.hidden_dim,
        layers=backbone.num_layers,
        heads=backbone.num_query_heads,
        groups=backbone.num_key_value_heads,
        feed_forward=backbone.intermediate_dim,
        tied=backbone.tie_word_embeddings,
    )


# vocabulary, width, layers, heads, feed-forward width: from the papers and the models' configuration files
SHAPES = {
    "GPT-2": Architecture(50257, 768, 12, 12, 3072, gated=False, tied=True, positions=1024),
    "SmolLM2-135M": Architecture(49152, 576, 30, 9, 1536, groups=3, tied=True),
    "LLaMA-7B": Architecture(32000, 4096, 32, 32, 11008),
    "Llama-2-70B": Architecture(32000, 8192, 80, 64, 28672, groups=8),
    "Llama-3-8B": Architecture(128256, 4096, 32, 32, 14336, groups=8),
    "Llama-3-70B": Architecture(128256, 8192, 80, 64, 28672, groups=8),
    "Mixtral-8x7B": Architecture(32000, 4096, 32, 32, 14336, groups=8, experts=8, active=2),
}


def counted(sequence: int = 4096) -> pd.DataFrame:
    """Hold 6ND against the exact count, for the networks of SHAPES and texts of `sequence` tokens.

    A row a network: billion parameters, and of these active ones; what 6ND gives with all parameters, and
    with the active ones, over the exact operations; attention scores and full recomputation as shares of
    them.

    >>> counted(2048).loc["LLaMA-7B"].tolist()
    [6.7, 6.7, 0.94, 0.94, 0.08, 0.33]
    """
    rows = {}
    for name, shape in SHAPES.items():
        parts = shape.forward_flops(sequence)
        exact = exact_training_flops(shape, sequence, sequence)
        again = exact_training_flops(shape, sequence, sequence, "full") / exact - 1
        sizes = (shape.parameters, shape.active_parameters)
        scores = parts["attention scores"] / sum(parts.values())
        guesses = [6 * size * sequence / exact for size in sizes]
        rows[name] = [round(n / 1e9, 1) for n in sizes] + [round(x, 2) for x in (*guesses, scores, again)]
    columns = ["billion parameters", "active", "6ND / exact", "6ND of active", "scores", "recomputed"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("network")
