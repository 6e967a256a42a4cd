"""Predicts the memory that a training run takes, piece by piece, before it has begun."""

from typing import TYPE_CHECKING

from playbook.cost.checks import whole

if TYPE_CHECKING:
    from playbook.lm import LanguageModel

FLOAT = 4  # bytes of a float32, in which the course trains

# Tensors that the graph keeps for the backward pass: of a Llama block by their width, and of the head.
# Found on TensorFlow 2.21 by training models of 0.3 to 8 million parameters with batches of 1 to 32.
OF_WIDTH, OF_FEED_FORWARD, OF_SCORES, OF_LOGITS = 14, 3, 3, 2


def training_bytes(model: "LanguageModel", batch: int, sequence: int) -> dict[str, int]:
    """Bytes that a training step has to hold in float32, by what they are for.

    batch: texts a step; sequence: tokens a text. What the framework takes for itself (graphs, buffers,
    copies) is not in it: a trial shows that, see `frameworks.calibrate`. Raises PlaybookError for a batch or
    sequence below 1. A model of width 1 with one head, layer and token:

    >>> from types import SimpleNamespace as Of
    >>> shape = dict(num_layers=1, hidden_dim=1, intermediate_dim=1, num_query_heads=1, vocabulary_size=1)
    >>> training_bytes(Of(backbone=Of(**shape), parameters=10), batch=1, sequence=1)
    {'weights': 40, 'gradients': 40, 'optimiser states': 80, 'activations': 80, 'logits': 8}
    """
    body, tokens = model.backbone, whole("batch", batch) * whole("sequence", sequence)
    block = OF_WIDTH * body.hidden_dim + OF_FEED_FORWARD * body.intermediate_dim
    block += OF_SCORES * body.num_query_heads * sequence
    return {
        "weights": FLOAT * model.parameters,
        "gradients": FLOAT * model.parameters,
        "optimiser states": 2 * FLOAT * model.parameters,
        "activations": FLOAT * tokens * body.num_layers * block,
        "logits": FLOAT * tokens * OF_LOGITS * body.vocabulary_size,
    }
