"""The models that the tests of this folder share; each is made once."""

import numpy as np
import pytest

from playbook import lm
from playbook.lm.chat import _engine


@pytest.fixture(scope="session")
def smollm():
    return lm.load()


@pytest.fixture(scope="session")
def engine():
    """llama.cpp with the same file."""
    return _engine()


@pytest.fixture(scope="session")
def texts():
    return [f"{who} {what} the {where}." for who in ("A cat", "The dog") for what in ("sees", "likes")
            for where in ("mat", "house", "other one")]  # fmt: skip


@pytest.fixture(scope="session")
def tokenizer(texts):
    return lm.train_tokenizer(texts, vocabulary=280)


@pytest.fixture(scope="session")
def ids(tokenizer, texts) -> np.ndarray:
    return lm.encode(tokenizer, texts * 20)


@pytest.fixture(scope="session")
def tiny(tokenizer):
    return lm.tiny(tokenizer, "0.3M", seed=1)
