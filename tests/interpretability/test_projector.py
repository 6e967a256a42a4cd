"""The words' vectors learn what people thought, and are written as the projector reads them."""

import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.projector import principal_axis, train_words, write_projector

GENERATOR = np.random.default_rng(0)


def reviews(rows=300):
    liked = GENERATOR.random(rows) < 0.5
    filler = [" ".join(GENERATOR.choice(["box", "blue", "phone", "was", "it"], 4)) for _ in range(rows)]
    texts = [f"{'good' if good else 'bad'} {words}" for good, words in zip(liked, filler, strict=True)]
    return pd.DataFrame({"text": texts, "ratings": [[2.0, 3.0] if good else [-2.0, -1.0] for good in liked]})


def test_words_part_by_what_people_thought_and_only_by_that(tmp_path):
    frame = reviews()
    frame.loc[0, "text"] = "..."  # no word at all: its mean would not be a number
    words = train_words(frame, tmp_path, epochs=4).set_index("word")
    assert words.loc["good", "rating"] == 2.5 and words.loc["bad", "rating"] == -1.5
    place = words["after"] * np.sign(words.loc["good", "after"])
    assert place["good"] > 3 * place.drop(["good", "bad"]).abs().max() and place["bad"] < 0
    assert words.attrs["first_axis"]["after"] > 0.9 > words.attrs["first_axis"]["before"]
    assert {file.name for file in tmp_path.iterdir()} == {
        "projector_config.pbtxt",
        "vectors.tsv",
        "words.tsv",
    }


def test_files_have_a_line_a_word_and_tensorboard_reads_their_description(tmp_path):
    from google.protobuf import text_format
    from tensorboard.plugins.projector import ProjectorConfig

    words = pd.DataFrame({"word": ["tab\there", "line\nbreak"], "rating": [1.0, -1.0]})
    write_projector(tmp_path, np.eye(2), words)
    config = text_format.Parse((tmp_path / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (one,) = config.embeddings
    vectors = np.loadtxt(tmp_path / one.tensor_path, delimiter="\t")
    assert vectors.tolist() == [[1, 0], [0, 1]]
    lines = (tmp_path / one.metadata_path).read_text().splitlines()
    assert lines == ["word\trating", "tab here\t1.0", "line break\t-1.0"]


def test_principal_axis_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    vectors = GENERATOR.normal(size=(50, 4)) * [5, 2, 1, 1]
    place, shares = principal_axis(vectors)
    peer = PCA().fit(vectors)
    np.testing.assert_allclose(shares, peer.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_allclose(abs(place), abs(peer.transform(vectors)[:, 0]), atol=1e-9)


def test_too_few_reviews_and_unequal_lengths_are_told(tmp_path):
    with pytest.raises(PlaybookError, match="take a side: give 100 or more"):
        train_words(reviews(60), tmp_path)
    with pytest.raises(PlaybookError, match="2 vectors need as many words"):
        write_projector(tmp_path, np.eye(2), pd.DataFrame({"word": ["one"]}))
