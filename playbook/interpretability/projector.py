"""The embedding of the words of reviews, learnt by a tiny model and written for TensorBoard's projector."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write


def train_words(
    reviews: pd.DataFrame, folder: Path, size: int = 16, epochs: int = 8, seed: int = 0
) -> pd.DataFrame:
    """Learn a vector of `size` numbers for each of the 1,000 commonest words, and write them to `folder`.

    reviews: `text`, and `ratings` (list of float, -4 to 4) of people who read it, as `inputs.crowd_ratings`
    gives them. The model averages the vectors of a review's words and predicts whether people liked it;
    reviews with a mean within half a point of 0 are left out. Gives a row a word, the commonest first:
    `word`, `reviews` that hold it, their mean `rating`, and its place on the first principal axis of the
    vectors, `before` training and `after`; the share of the variance on that axis is in
    `attrs["first_axis"]["before"]` and `["after"]`.
    """
    import keras
    import tensorflow as tf

    rating = reviews["ratings"].map(np.mean).to_numpy(dtype="float32")
    liked = np.abs(rating) >= 0.5
    if liked.sum() < 100:
        raise PlaybookError(f"Only {liked.sum()} reviews take a side: give 100 or more.")
    keras.utils.set_random_seed(seed)
    texts = tf.constant(reviews["text"][liked].tolist())
    vectorize = keras.layers.TextVectorization(1000, output_sequence_length=64)
    vectorize.adapt(texts)
    ids, rating = vectorize(texts).numpy(), rating[liked]
    known = (ids > 1).any(axis=1)  # the mean of no vector at all is not a number, and one such row ends all
    ids, rating, words = ids[known], rating[known], vectorize.get_vocabulary()
    embedding = keras.layers.Embedding(len(words), size, mask_zero=True, name="embedding")
    layers = [embedding, keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.Input((64,), dtype="int32"), *layers])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", jit_compile=False)
    before = embedding.get_weights()[0][2:]
    model.fit(ids, rating > 0, batch_size=64, epochs=epochs, verbose=0)
    after = embedding.get_weights()[0][2:]
    table = _ratings_of(words[2:], ids, rating)
    write_projector(folder, after, table)
    axes = {when: principal_axis(vectors) for when, vectors in (("before", before), ("after", after))}
    table = table.assign(**{when: axis for when, (axis, _) in axes.items()})
    table.attrs["first_axis"] = {when: float(shares[0]) for when, (_, shares) in axes.items()}
    return table


def _ratings_of(words: list[str], ids: NDArray[np.int64], rating: NDArray[np.float32]) -> pd.DataFrame:
    # ids of a review's words (reviews, 64): 0 is padding, 1 any rarer word, 2 the first of `words`
    holds = np.stack([(ids == n).any(axis=1) for n in range(2, len(words) + 2)])
    mean = holds @ rating / np.maximum(holds.sum(axis=1), 1)
    return pd.DataFrame({"word": words, "reviews": holds.sum(axis=1), "rating": mean.round(2)})


def write_projector(folder: Path, vectors: NDArray[np.floating], words: pd.DataFrame) -> None:
    """Write vectors (n, size) and a row of `words` for each as files that TensorBoard's projector opens.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_projector(Path(folder), np.eye(2), pd.DataFrame({"word": ["a", "b"], "rating": [1, 2]}))
    ...     sorted(file.name for file in Path(folder).iterdir())
    ['projector_config.pbtxt', 'vectors.tsv', 'words.tsv']
    """
    if len(vectors) != len(words):
        raise PlaybookError(f"{len(vectors)} vectors need as many words, and there are {len(words)}.")
    clean = words.replace(r"[\t\r\n]", " ", regex=True)
    files = {
        "vectors.tsv": pd.DataFrame(vectors).to_csv(sep="\t", header=False, index=False, float_format="%.5f"),
        "words.tsv": clean.to_csv(sep="\t", index=False),
        "projector_config.pbtxt": 'embeddings {\n  tensor_name: "words"\n  tensor_path: "vectors.tsv"\n'
        '  metadata_path: "words.tsv"\n}\n',
    }
    for name, text in files.items():
        with atomic_write(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")


def principal_axis(vectors: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place of each vector (n, size) on the first principal axis (n,), and each axis's share of the variance.

    >>> place, shares = principal_axis(np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]))
    >>> abs(place).round(2).tolist(), shares.round(2).tolist()
    ([2.24, 0.0, 2.24], [1.0, 0.0])
    """
    centred = np.asarray(vectors, dtype=float) - np.mean(vectors, axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, 0] * sizes[0], sizes**2 / (sizes**2).sum()
