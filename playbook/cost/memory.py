"""What a training run keeps in each device's memory: model states (ZeRO) and activations (Korthikanti)."""

from playbook.cost.checks import positive, whole
from playbook.errors import PlaybookError

# Bytes a parameter in mixed-precision Adam: bf16 weights, bf16 gradients,
# and in fp32 the weights, the momentum and the variance.
WEIGHTS, GRADIENTS, OPTIMISER = 2, 2, 12
RECOMPUTE = ("none", "selective", "full")


def model_state_gb(params: float, devices: int = 1, zero_stage: int = 0) -> float:
    """Weights, gradients and optimiser states on one device, in GB (1e9 bytes), mixed-precision Adam.

    zero_stage: 0 each device holds all; 1 the optimiser states are split over the devices; 2 the gradients
    too; 3 the weights too. Raises PlaybookError for params that are not positive, devices below 1, a stage
    other than 0 to 3.
    Source: Rajbhandari et al., ZeRO, arXiv:1910.02054, figure 1.

    >>> [round(model_state_gb(7.5e9, devices=64, zero_stage=stage), 1) for stage in range(4)]
    [120.0, 31.4, 16.6, 1.9]
    """
    if isinstance(zero_stage, bool) or zero_stage not in (0, 1, 2, 3):
        raise PlaybookError(f"zero_stage is {zero_stage!r}: give 0, 1, 2 or 3.")
    devices = whole("devices", devices)
    split = {0: 0, 1: OPTIMISER, 2: OPTIMISER + GRADIENTS, 3: OPTIMISER + GRADIENTS + WEIGHTS}[zero_stage]
    kept = OPTIMISER + GRADIENTS + WEIGHTS - split
    return positive("params", params) * (kept + split / devices) / 1e9


def activation_gib(
    hidden: int,
    layers: int,
    heads: int,
    sequence: int,
    batch: int,
    tensor_parallel: int = 1,
    sequence_parallel: bool = False,
    recompute: str = "none",
    pipeline: int = 1,
    interleave: int = 1,
) -> float:
    """Activations kept for the backward pass on one device of the first pipeline stage, in GiB (2**30 bytes).

    Half-precision activations of a GPT-like transformer (feed-forward 4 x hidden, no flash attention).
    hidden: width; sequence: tokens; batch: sequences of one micro-batch. recompute: "none"; "selective"
    (attention scores again in the backward pass); "full" (only each layer's input is kept). The first
    pipeline stage keeps as much as one device with all layers, and interleaved stages more. Embeddings and
    output layer are left out. Raises PlaybookError for values that are not whole and positive, or an
    unknown recompute.
    Source: Korthikanti et al., arXiv:2205.05198, equations 1 to 6 and table 2.

    >>> activation_gib(hidden=6144, layers=48, heads=64, sequence=2048, batch=4, tensor_parallel=8)
    59.25
    """
    sizes = {"hidden": hidden, "layers": layers, "heads": heads, "sequence": sequence, "batch": batch}
    sizes |= {"tensor_parallel": tensor_parallel, "pipeline": pipeline, "interleave": interleave}
    for name, value in sizes.items():
        whole(name, value)
    if recompute not in RECOMPUTE:
        raise PlaybookError(f"recompute is {recompute!r}: give none, selective or full.")
    scores = 5 * heads * sequence / hidden / tensor_parallel if recompute == "none" else 0
    # Layer norms and dropouts (10) are split only where the sequence is.
    rest = 34 / tensor_parallel if sequence_parallel else 10 + 24 / tensor_parallel
    a_layer = 2 if recompute == "full" else rest + scores
    in_flight = 1 + (pipeline - 1) / (pipeline * interleave) if interleave > 1 else 1
    return sequence * batch * hidden * a_layer * layers * in_flight / 2**30
