"""The small language model of every chapter: trained and scored with Keras, asked and served with llama.cpp.

Everything is imported when it is first used: TensorFlow alone takes five seconds.
"""

import os
from importlib import import_module
from typing import Any

# Keras reads this once, when it is imported; a reader's own keras.json may name another backend.
os.environ["KERAS_BACKEND"] = "tensorflow"

_WHERE = {
    "LanguageModel": "model",
    "tokenize": "model",
    "detokenize": "model",
    "logits": "model",
    "loss": "model",
    "mean_loss": "model",
    "load": "smollm",
    "generate": "chat",
    "serve": "chat",
    "SIZES": "scratch",
    "train_tokenizer": "scratch",
    "encode": "scratch",
    "tiny": "scratch",
    "Trained": "checkpoint",
    "train": "training",
}

__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import what is asked for, at the moment it is asked for (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module 'playbook.lm' has no attribute {name!r}")
    return getattr(import_module(f"playbook.lm.{_WHERE[name]}"), name)
