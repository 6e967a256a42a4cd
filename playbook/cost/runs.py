"""The published training runs: their table, what each reached of its peak, and hours by a flat share."""

import hashlib

import numpy as np
import pandas as pd

from playbook.cost.accelerators import Accelerator, accelerator
from playbook.cost.algorithms import training_flops
from playbook.cost.checks import positive, share
from playbook.errors import PlaybookError

# The flat rule: dense runs of the table lie around this share of the peak.
FLAT_UTILISATION = 0.35


def gpu_hours(
    params: float, tokens: float, accelerator: str | Accelerator, utilisation: float = FLAT_UTILISATION
) -> float:
    """Accelerator-hours of one dense training run: 6ND / (peak x utilisation), in hours.

    params, tokens: as in `training_flops`. accelerator: a name of ACCELERATORS. utilisation: the share of
    the peak that the *whole run* reaches, restarts and evaluations included; a reported MFU is of good steps
    only, and higher. Raises PlaybookError for values out of range or an unknown name.

    >>> round(gpu_hours(7e9, 1e12, "A100-80GB"))  # LLaMA-7B took 82,432
    106838
    """
    peak = _peak(accelerator)
    return training_flops(params, tokens) / (peak * share("utilisation", utilisation)) / 3600


def _peak(device: str | Accelerator) -> float:
    return device.flops if isinstance(device, Accelerator) else accelerator(device).flops


def factor_error(predicted: float, actual: float | pd.Series) -> float | pd.Series:
    """How far a prediction is from the truth, as a factor of at least 1: twice and half are equally wrong.

    >>> float(factor_error(50, 100)), float(factor_error(200, 100))
    (2.0, 2.0)
    """
    return np.maximum(predicted / actual, actual / predicted)


def published_runs() -> pd.DataFrame:
    """Read the published training runs of data/training_runs.csv, a run a row, each with its source.

    Columns: model, laboratory, kind (dense, mixture-of-experts ...), params, active_params, tokens,
    accelerator (a name of ACCELERATORS, or missing), hardware (as written), gpu_hours, mfu (reported),
    mfu_kind, cost_usd, energy_mwh, co2_t, source, notes, seen ("recalled": not read in the source).
    """
    from playbook.inputs import ROOT

    path = ROOT / "data" / "training_runs.csv"
    try:
        raw = path.read_bytes()
        frame = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise PlaybookError(
            f"{path.name} cannot be read ({error}): check out data/ of the repository."
        ) from None
    licence = "facts with sources; MFU and hours from Epoch AI: CC BY"
    frame.attrs = {
        "name": "training runs",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "rows": len(frame),
        "licence": licence,
    }
    return frame


def dense_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Keep the dense runs whose hours were read in a source; add what each run reached of its peak.

    New columns: flops (6ND), utilisation (flops / (hours x 3600 x peak): of the whole run) and flat_factor
    (how far `gpu_hours` with its flat utilisation is from the hours, as a factor of at least 1).
    6ND does not hold for encoder-decoders and distilled models: they are left out.

    >>> runs = pd.DataFrame({"kind": ["dense"], "seen": ["yes"], "accelerator": ["V100"],
    ...     "params": [175e9], "tokens": [300e9], "gpu_hours": [3552000]})
    >>> dense_runs(runs)[["utilisation", "flat_factor"]].round(3).values.tolist()
    [[0.197, 1.776]]
    """
    kept = runs[(runs["kind"] == "dense") & (runs["seen"] == "yes")]
    kept = kept.dropna(subset=["params", "tokens", "accelerator", "gpu_hours"]).copy()
    kept["flops"] = [training_flops(n, d) for n, d in zip(kept["params"], kept["tokens"], strict=True)]
    hours = [positive("gpu_hours", h) for h in kept["gpu_hours"]]
    peak = kept["accelerator"].map(_peak)
    kept["utilisation"] = kept["flops"] / (pd.Series(hours, index=kept.index) * 3600 * peak)
    kept["flat_factor"] = factor_error(FLAT_UTILISATION, kept["utilisation"])
    return kept
