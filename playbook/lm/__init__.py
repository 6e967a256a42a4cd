"""The small language model of every chapter: trained and scored with Keras, asked and served with llama.cpp.

Everything is imported when it is first used: TensorFlow alone takes five seconds.
"""

import os

from playbook.lazy import exports

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
    "answer": "chat",
    "Reply": "chat",
    "serve": "chat",
    "SIZES": "scratch",
    "train_tokenizer": "scratch",
    "encode": "scratch",
    "tiny": "scratch",
    "Trained": "checkpoint",
    "train": "training",
}

__all__ = list(_WHERE)

__getattr__ = exports(__name__, _WHERE)
