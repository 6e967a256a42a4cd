"""The accelerators a training run can be rented on: what each does at best, and how much it remembers."""

from dataclasses import dataclass
from difflib import get_close_matches

from playbook.errors import PlaybookError


@dataclass(frozen=True)
class Accelerator:
    """One accelerator: peak dense bf16 (fp16 on V100) operations a second, memory in GB, and who says so.

    What published runs taught about one accelerator holds for its `generation`.
    """

    name: str
    flops: float
    memory_gb: float
    source: str
    generation: str


_NVIDIA = "NVIDIA data sheet"
_GOOGLE = "Google Cloud TPU documentation"

# Peaks are without sparsity: data sheets print twice these figures with a footnote.
ACCELERATORS = {
    a.name: a
    for a in (
        Accelerator("V100", 125e12, 32, f"{_NVIDIA} V100, SXM2, fp16", "Volta"),
        Accelerator("A100-40GB", 312e12, 40, f"{_NVIDIA} A100", "Ampere"),
        Accelerator("A100-80GB", 312e12, 80, f"{_NVIDIA} A100", "Ampere"),
        Accelerator("H100", 989.4e12, 80, f"{_NVIDIA} H100, SXM", "Hopper"),
        Accelerator("H800", 989.4e12, 80, "as H100, SXM, with slower NVLink", "Hopper"),
        Accelerator("H200", 989.4e12, 141, f"{_NVIDIA} H200, SXM", "Hopper"),
        Accelerator("B200", 2250e12, 180, f"{_NVIDIA} DGX B200, an eighth", "Blackwell"),
        Accelerator("TPUv3", 123e12, 32, f"{_GOOGLE}, v3, a chip", "TPU"),
        Accelerator("TPUv4", 275e12, 32, f"{_GOOGLE}, v4, a chip", "TPU"),
        Accelerator("TPUv5e", 197e12, 16, f"{_GOOGLE}, v5e, a chip", "TPU"),
        Accelerator("TPUv5p", 459e12, 95, f"{_GOOGLE}, v5p, a chip", "TPU"),
    )
}


def accelerator(name: str) -> Accelerator:
    """Look an accelerator up by name, upper or lower case.

    Raises PlaybookError with the nearest names where there is none of this name.

    >>> accelerator("h100").flops
    989400000000000.0
    >>> accelerator("A100")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: there is no accelerator 'A100': did you mean A100-40GB or A100-80GB?
    """
    names = {known.lower(): known for known in ACCELERATORS}
    wanted = str(name).lower()
    if wanted in names:
        return ACCELERATORS[names[wanted]]
    # "A100" means one of the A100s before it means a V100.
    near = [n for n in names if wanted in n] or get_close_matches(wanted, names, n=3, cutoff=0.5)
    offer = (
        f"did you mean {' or '.join(names[n] for n in near)}?"
        if near
        else f"choose one of {', '.join(ACCELERATORS)}."
    )
    raise PlaybookError(f"there is no accelerator {name!r}: {offer}")
