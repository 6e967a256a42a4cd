"""Finds the smallest cluster that holds a plan, and the parallelism that makes it fit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from playbook.cost.accelerators import accelerator
from playbook.cost.checks import positive, whole
from playbook.cost.memory import RECOMPUTE, activation_gib, model_state_gb
from playbook.errors import PlaybookError

FILL = 0.9  # of a device's memory: the rest is for buffers, fragments and the library
NODE = 8  # devices that share fast links: tensor parallelism stays within
MOST = 16_384  # the largest cluster of data/training_runs.csv, Llama 3's
SIZES = (1, 2, 4, 8, *(NODE * 2**k for k in range(1, 12)))


@dataclass(frozen=True)
class Shape:
    """A GPT-like transformer: layers, width and heads; a feed-forward part of 4 x width."""

    layers: int
    hidden: int
    heads: int

    @classmethod
    def of(cls, params: float) -> "Shape":
        """Give a usual shape of about this size: width 128 x layers, heads 128 wide.

        >>> Shape.of(175e9)  # GPT-3 has 96 layers, width 12,288, 96 heads
        Shape(layers=96, hidden=12288, heads=96)
        """
        exact = (positive("params", params) / (12 * 128**2)) ** (1 / 3)
        step = 8 if exact >= 32 else 4 if exact >= 8 else 1  # as built: heads have to divide over devices
        layers = max(1, step * round(exact / step))
        return cls(layers, 128 * layers, layers)


@dataclass(frozen=True)
class Layout:
    """A model spread over devices, and the GB (1e9 bytes) that the fullest device holds."""

    accelerator: str
    devices: int
    tensor: int
    pipeline: int
    data: int
    zero: int
    recompute: str
    states_gb: float
    activations_gb: float
    reason: str = field(default="", compare=False)

    @property
    def memory_gb(self) -> float:
        """States and activations together."""
        return self.states_gb + self.activations_gb

    def dearness(self) -> tuple[bool, bool, int, int, int, int]:
        """Order layouts by what they cost in time, worst first.

        Full recomputation does the forward pass twice (8ND), ZeRO-3 sends half as much again (Rajbhandari et
        al. 2020), a pipeline has idle ends, tensors are sent in every layer.
        """
        again = RECOMPUTE.index(self.recompute)
        return (self.recompute == "full", self.zero == 3, self.pipeline, self.tensor, self.zero, again)


def smallest_cluster(
    params: float, name: str, *, sequence: int = 4096, batch: int = 1, at_most: int = MOST
) -> Layout:
    """Find the fewest devices that hold the training of a model, and the layout that costs least time there.

    params: of a dense transformer of the usual shape (`Shape.of`); sequence: tokens; batch: sequences of one
    micro-batch. Clusters of 1, 2, 4, 8 and then whole nodes of 8 by doubling are looked at, with tensor
    parallelism within a node, pipelines, ZeRO 0 to 3 and recomputation; no device is filled above 90 %.
    Raises PlaybookError where nothing up to `at_most` devices fits.

    >>> layout = smallest_cluster(7e9, "H100")
    >>> layout.devices, layout.tensor, layout.recompute
    (2, 2, 'selective')
    """
    device, shape = accelerator(name), Shape.of(params)
    for devices in SIZES:
        if devices > whole("at_most", at_most):
            break
        layout = arrange(params, name, devices, sequence=sequence, batch=batch)
        if layout is not None:
            return layout
    raise PlaybookError(
        f"{params:.3g} parameters ({shape.layers} layers of {shape.hidden:,}) on sequences of {sequence:,} "
        f"tokens fit no listed cluster of up to {at_most:,} {device.name}: take a smaller model, shorter "
        "sequences or devices with more memory."
    )


def arrange(params: float, name: str, devices: int, *, sequence: int = 4096, batch: int = 1) -> Layout | None:
    """Find the layout on exactly `devices` devices that costs least time; None where none fits.

    Arguments as of `smallest_cluster`.
    """
    device = accelerator(name)
    fitting = [
        layout
        for layout in _layouts(params, device.name, whole("devices", devices), sequence, batch)
        if layout.memory_gb <= FILL * device.memory_gb
    ]
    if not fitting:
        return None
    best = min(fitting, key=Layout.dearness)
    reason = (
        f"{best.states_gb:.1f} GB of states and {best.activations_gb:.1f} GB of activations: "
        f"{best.memory_gb / device.memory_gb:.0%} of a {device.name}"
    )
    return Layout(**{**vars(best), "reason": reason})


def _layouts(params: float, name: str, devices: int, sequence: int, batch: int) -> Iterator[Layout]:
    """Yield every way to spread the model; ZeRO 2 and 3 go without a pipeline, whose schedule they break."""
    shape = Shape.of(params)
    for tensor, pipeline in product((1, 2, 4, 8), (2**k for k in range(shape.layers.bit_length()))):
        if devices % (tensor * pipeline) or shape.heads % tensor:
            continue
        data, stage = devices // tensor // pipeline, -(-shape.layers // pipeline)
        for zero, recompute in product(range(4), RECOMPUTE):
            if (data == 1 and zero) or (pipeline > 1 and zero > 1):
                continue
            # the fullest stage counts: layers do not always divide
            states = model_state_gb(params * stage / shape.layers / tensor, data, zero)
            kept = {"tensor_parallel": tensor, "sequence_parallel": tensor > 1, "recompute": recompute}
            gib = activation_gib(
                shape.hidden, stage * pipeline, shape.heads, sequence, batch, pipeline=pipeline, **kept
            )
            yield Layout(name, devices, tensor, pipeline, data, zero, recompute, states, gib * 2**30 / 1e9)
