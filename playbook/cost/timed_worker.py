"""Trains one language model in a process of its own: the script that `frameworks.timed` starts."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from playbook.cost.processes import child


def work(plan: dict, say: Callable[..., None]) -> None:
    """Build the model from its shape and weights, train it, keep it in a file, and say what it took."""
    from keras_hub.models import LlamaBackbone
    from tokenizers import Tokenizer, models

    from playbook.cost.frameworks import timed
    from playbook.lm import LanguageModel, checkpoint

    backbone = LlamaBackbone(**plan["config"])
    with np.load(plan["given"], allow_pickle=False) as given:
        ids = given["ids"]
        backbone.set_weights([given[f"arr_{number}"] for number in range(len(backbone.weights))])
    # training reads tokens, never text: any tokenizer will do
    model = LanguageModel(backbone, Tokenizer(models.BPE()), "alone", plan["context"])
    run = timed(model, ids, **plan["how"])
    checkpoint.write(Path(plan["result"]), run.trained)
    say(
        wall_seconds=run.wall_seconds,
        processor_seconds=run.processor_seconds,
        peak_bytes=run.peak_bytes,
    )


if __name__ == "__main__":
    child(work)
