"""Prints what the language model takes here: seconds to load and to read, tokens a second to write."""

import time

from playbook import lm
from playbook.silence import quiet


def main() -> None:
    """Measure; TensorFlow is imported first, since loading the model is not importing TensorFlow."""
    with quiet():
        import keras_hub  # noqa: F401
    start = time.perf_counter()
    model = lm.load()
    print(f"load                        {time.perf_counter() - start:6.2f} s          (at most 10)")

    ids = list(range(128))
    lm.logits(model, ids)
    start = time.perf_counter()
    lm.logits(model, ids)
    print(f"forward pass of 128 tokens  {time.perf_counter() - start:6.2f} s          (at most 0.6)")

    lm.generate("Hello", max_tokens=1)
    start = time.perf_counter()
    answer = lm.generate("Write a long story about a cat.", max_tokens=200)
    speed = len(lm.tokenize(model, answer)) / (time.perf_counter() - start)
    print(f"generation                  {speed:6.0f} tokens/s   (at least 60)")


if __name__ == "__main__":
    main()
