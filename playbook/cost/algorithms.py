"""Counts the work a training run does, and what of it an efficient algorithm leaves out."""

from playbook.cost.checks import positive, whole
from playbook.cost.flops import SHAPES, Architecture, architecture_of, counted, exact_training_flops
from playbook.cost.scaling import EPOCH, PRINTED, ScalingLaw, fit_scaling_law, power_law, recovery_error
from playbook.errors import PlaybookError

__all__ = [
    "EPOCH",
    "PRINTED",
    "SHAPES",
    "Architecture",
    "ScalingLaw",
    "architecture_of",
    "counted",
    "exact_training_flops",
    "fit_scaling_law",
    "lora_parameters",
    "power_law",
    "recovery_error",
    "training_flops",
]


def training_flops(params: float, tokens: float) -> float:
    """Floating-point operations of one training run of a dense transformer: 6ND.

    Each parameter meets each token in one multiplication and one addition: 2 operations forward,
    and 4 backward (gradients of the activations and of the weights). Left out: attention scores,
    recomputed activations. A mixture of experts counts its active parameters.

    params: trainable parameters that take part in a token; tokens: tokens trained on, repeats included.
    Raises PlaybookError unless both are finite and above zero.
    Sources: Kaplan et al., arXiv:2001.08361, section 2.1; Hoffmann et al., arXiv:2203.15556, appendix F.

    >>> f"{training_flops(175e9, 300e9):.2e}"  # GPT-3; its paper says 3.14e23
    '3.15e+23'
    """
    return 6 * positive("params", params) * positive("tokens", tokens)


def lora_parameters(hidden: int, layers: int, rank: int, matrices: int = 2) -> int:
    """Trainable parameters of low-rank adaptation on square projections.

    Each adapted hidden x hidden matrix gets a factor of hidden x rank and one of rank x hidden.

    hidden: model width; layers: transformer layers; rank: of the update; matrices: adapted ones a layer
    (2: query and value, as in the paper). Raises PlaybookError unless all are whole and positive, and
    rank <= hidden.
    Source: Hu et al., arXiv:2106.09685, section 4.2, tables 4 and 5.

    >>> lora_parameters(hidden=12288, layers=96, rank=4)  # GPT-3; the paper says 18.9 M
    18874368
    """
    hidden, rank = whole("hidden", hidden), whole("rank", rank)
    if rank > hidden:
        raise PlaybookError(f"rank is {rank}, hidden only {hidden}: a low rank is at most the width.")
    return 2 * hidden * rank * whole("layers", layers) * whole("matrices", matrices)
