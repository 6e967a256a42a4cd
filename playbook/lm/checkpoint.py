"""What a training leaves behind, and the cache that gives it back when the same one is asked for again."""

import contextlib
import hashlib
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from playbook.inputs.files import atomic_write
from playbook.lm.model import LanguageModel, copy_backbone


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained model and what its training took; the seconds are those of the run that trained it."""

    model: LanguageModel
    losses: np.ndarray  # nats a token, one a step
    seconds: float  # of all steps
    first_step_seconds: float  # of these, the first one, which compiles
    tokens: int  # trained on: steps x batch x sequence
    cached: bool  # read from the cache, not trained now

    @property
    def tokens_per_second(self) -> float:
        """Speed after the first step; not a number where there was no second one."""
        steps = len(self.losses)
        rest = self.seconds - self.first_step_seconds
        return self.tokens * (steps - 1) / steps / rest if steps > 1 else float("nan")


def key(model: LanguageModel, ids: np.ndarray, plan: dict) -> str:
    """Fingerprint (SHA-256) of all that decides the outcome: weights, tokens, plan, recipe, versions."""
    versions = [version(name) for name in ("tensorflow", "keras", "keras-hub")]
    shape = {k: v for k, v in model.backbone.get_config().items() if isinstance(v, int | float)}
    recipe = Path(__file__).with_name("training.py").read_text("utf-8")
    digest = hashlib.sha256(
        json.dumps([plan, versions, shape, recipe, model.tokenizer.to_str()], sort_keys=True).encode()
    )
    for array in (ids, *model.backbone.get_weights()):
        digest.update(array.tobytes())
    return digest.hexdigest()


def write(path: Path, trained: Trained) -> None:
    """Keep a training as one file of plain arrays, whole or not at all."""
    # on a full disk the reader still has the model, and trains it again next time
    with contextlib.suppress(OSError), atomic_write(path) as temporary:
        np.savez(
            temporary,
            *trained.model.backbone.get_weights(),
            losses=trained.losses,
            seconds=[trained.seconds, trained.first_step_seconds],
            tokens=trained.tokens,
        )


def read(path: Path, model: LanguageModel) -> Trained | None:
    """Give back a kept training of `model`; None when there is none or its damaged file was removed."""
    try:
        with np.load(path, allow_pickle=False) as kept:  # a zip file: each array carries a checksum
            weights = [kept[f"arr_{i}"] for i in range(len(model.backbone.weights))]
            twin = trained_copy(model, weights)
            return Trained(twin, kept["losses"], *kept["seconds"].tolist(), int(kept["tokens"]), cached=True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        path.unlink(missing_ok=True)
        return None


def trained_copy(model: LanguageModel, weights: Sequence[np.ndarray]) -> LanguageModel:
    """Make the model that `model` becomes with these weights."""
    backbone = copy_backbone(model.backbone)
    backbone.set_weights(weights)
    return LanguageModel(backbone, model.tokenizer, f"{model.name}-trained", model.context)
