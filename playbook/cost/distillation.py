"""Teaches a small model with a larger one, and trains the same small model alone for the same steps."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.cost import compression
from playbook.cost.algorithms import training_flops
from playbook.cost.checks import positive, whole
from playbook.cost.ladder import SEQUENCE
from playbook.cost.layerwise import layerwise
from playbook.cost.trainer import windows
from playbook.errors import PlaybookError
from playbook.silence import quiet

if TYPE_CHECKING:
    import keras

    from playbook.lm import LanguageModel

BATCH = 8
LEARNING_RATE, TEMPERATURE = 1e-2, 2.0
BLOCKS = 48  # held out


def distillation_flops(student: float, teacher: float, tokens: float) -> float:
    """Operations to distil: the student's 6ND, and 2ND for the teacher, who only reads forward.

    What training the teacher took comes on top, where it was not trained for another purpose.

    >>> distillation_flops(student=1e6, teacher=4e6, tokens=1e6) / 6e12
    2.3333333333333335
    """
    return (6 * positive("student", student) + 2 * positive("teacher", teacher)) * positive("tokens", tokens)


def distil(
    student: "LanguageModel",
    teacher: "LanguageModel",
    ids: np.ndarray,
    *,
    steps: int,
    alone: float = 0.5,
    seed: int = 0,
) -> "LanguageModel":
    """Train a copy of `student` for `steps` steps of 8 x 64 tokens with `keras.distillation.Distiller`.

    ids: one stream of token ids; the windows and their order depend on `seed` alone. alone: the weight of
    the text's own next token against the teacher's opinion of it; 1 never asks the teacher, so that both
    ways run the same code. Raises PlaybookError when the two have different vocabularies, `alone` is not
    from 0 to 1, or the stream is shorter than a window.
    Source: Hinton et al., arXiv:1503.02531.
    """
    if student.backbone.vocabulary_size != teacher.backbone.vocabulary_size:
        raise PlaybookError("teacher and student have different vocabularies: train both with one tokenizer.")
    if not 0 <= alone <= 1:
        raise PlaybookError(f"alone is {alone!r}: give a weight from 0 (teacher only) to 1 (no teacher).")
    if np.ndim(ids) != 1 or len(ids) <= SEQUENCE + 1:
        raise PlaybookError(f"distil reads one stream of over {SEQUENCE + 1} token ids, got {np.shape(ids)}.")
    read = windows(ids, whole("steps", steps) * BATCH * SEQUENCE, BATCH, seed).reshape(-1, SEQUENCE + 1)
    import keras

    from playbook.lm.model import LanguageModel, copy_backbone

    with quiet():
        keras.utils.set_random_seed(seed)
        twin = copy_backbone(student.backbone)
        distiller = keras.distillation.Distiller(
            teacher=_network(copy_backbone(teacher.backbone)),  # a Distiller freezes its teacher for good
            student=_network(twin),
            distillation_losses=soft_targets(),
            student_loss_weight=float(alone),
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps, alpha=0.1)
        distiller.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
        distiller.fit(read[:, :-1], read[:, 1:], BATCH, shuffle=False, verbose=0)
    return LanguageModel(twin, student.tokenizer, f"{student.name}-distilled", student.context)


def soft_targets(temperature: float = TEMPERATURE) -> "keras.distillation.LogitsDistillation":
    """Give the loss of Hinton's paper: T**2 KL(teacher || student) of probabilities softened by T.

    In Keras 3.15 it has to be told so: by default it takes "kl_divergence" for a function, hands it the
    logits as if they were probabilities, and the student learns nothing.
    """
    import keras

    return keras.distillation.LogitsDistillation(temperature, keras.losses.KLDivergence())


def lessons(
    teacher: "LanguageModel",
    student: "LanguageModel",
    ids: np.ndarray,
    held_out: np.ndarray,
    *,
    tokens: int,
    steps: int = 60,
    seed: int = 0,
) -> pd.DataFrame:
    """Train a student alone and once more with a teacher, for the same steps, and score all three.

    ids, held_out: streams of token ids; tokens: that the teacher was trained on. Gives a row for teacher,
    alone and distilled: parameters, operations of its training (the teacher's own left out of the
    student's), loss in nats a token on `held_out`, rise, low and high of `compression.paired` against the
    student alone, seconds of its fastest block. Raises PlaybookError as `distil` does.
    """
    alone, distilled = (
        distil(student, teacher, ids, steps=steps, alone=weight, seed=seed) for weight in (1.0, 0.5)
    )
    blocks = np.asarray(held_out, np.int32)[: len(held_out) // SEQUENCE * SEQUENCE].reshape(-1, SEQUENCE)
    studied, small, large = steps * BATCH * SEQUENCE, student.parameters, teacher.parameters
    work = [training_flops(large, tokens), training_flops(small, studied)]
    work.append(distillation_flops(small, large, studied))
    scored = [
        compression.measure(layerwise(one.backbone), blocks[:BLOCKS]) for one in (teacher, alone, distilled)
    ]
    rows = [
        (n, flops, one.losses.mean(), *compression.paired(one.losses, scored[1].losses), one.seconds)
        for n, flops, one in zip((large, small, small), work, scored, strict=True)
    ]
    columns = ["parameters", "operations", "loss", "rise", "low", "high", "seconds"]
    return pd.DataFrame(rows, index=["teacher", "alone", "distilled"], columns=columns)


def _network(backbone: "keras.Model") -> "keras.Model":
    import keras

    from playbook.lm.model import next_token_logits

    ids = keras.Input((None,), dtype="int32")
    return keras.Model(ids, next_token_logits(backbone, ids))
