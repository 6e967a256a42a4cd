"""A small language model to open up: fresh, but with weights large enough for its tokens to matter."""

import numpy as np
import pytest

from playbook import lm
from playbook.interpretability.opened import Opened

TEXTS = [f"{who} {what} the {where}." for who in ("A cat", "The dog", "it") for what in ("sees", "likes")
         for where in ("mat", "house", "other one", "something")]  # fmt: skip


@pytest.fixture(scope="session")
def opened():
    model = lm.tiny(lm.train_tokenizer(TEXTS * 3, vocabulary=300), "0.3M", seed=1)
    rng = np.random.default_rng(0)
    weights = [w if w.ndim == 1 else rng.normal(0, 0.3, w.shape) for w in model.backbone.get_weights()]
    model.backbone.set_weights(weights)
    return Opened(model)


@pytest.fixture(scope="session")
def ids(opened):
    return np.array([lm.tokenize(opened.model, text)[:6] for text in (TEXTS[0], TEXTS[9])], np.int32)
