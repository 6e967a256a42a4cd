"""A tokenizer made from a corpus and a fresh network: their sizes, their seeds, and the round trip."""

import numpy as np
import pytest

from playbook import PlaybookError, lm
from playbook.lm.scratch import END_OF_TEXT

PARAMETERS = {"0.3M": 295_344, "1M": 1_041_280, "3M": 3_148_224, "8M": 7_766_080}


def test_the_sizes_have_the_parameters_that_their_names_and_documentation_say():
    for size, parameters in PARAMETERS.items():
        layers, width, heads, groups, feed_forward = lm.SIZES[size]
        attention = 2 * width * width + 2 * width * (width // heads * groups)
        by_hand = 4096 * width + layers * (attention + 3 * width * feed_forward + 2 * width) + width
        assert by_hand == parameters
        assert f"{parameters:,}" in lm.tiny.__doc__
        assert parameters == pytest.approx(float(size[:-1]) * 1e6, rel=0.05)
        assert 0.2e6 <= parameters <= 8e6
    assert list(lm.SIZES) == list(PARAMETERS)


def test_keras_counts_what_we_count(tokenizer):
    model = lm.tiny(tokenizer, "1M")
    assert model.parameters == PARAMETERS["1M"] - (4096 - 280) * 128


def test_the_seed_decides_the_weights(tokenizer, tiny):
    weights = [lm.tiny(tokenizer, "0.3M", seed).backbone.get_weights()[0] for seed in (1, 2)]
    np.testing.assert_array_equal(weights[0], tiny.backbone.get_weights()[0])
    assert not np.array_equal(*weights)


def test_the_tokenizer_is_the_same_each_time_and_of_the_size_asked_for(tokenizer, texts):
    assert lm.train_tokenizer(iter(texts), 280).to_str() == tokenizer.to_str()
    assert tokenizer.get_vocab_size() == 280


def test_a_stream_is_the_texts_with_an_end_after_each(tokenizer, texts):
    stream = lm.encode(tokenizer, texts)
    assert stream.dtype == np.int32
    assert tokenizer.decode(stream.tolist(), skip_special_tokens=False) == "".join(
        t + END_OF_TEXT for t in texts
    )


@pytest.mark.parametrize("texts", [[], [""], iter([])])
def test_no_text_is_one_sentence(texts):
    with pytest.raises(PlaybookError, match="no text to train a tokenizer on"):
        lm.train_tokenizer(texts)


def test_a_vocabulary_smaller_than_the_bytes_is_one_sentence():
    with pytest.raises(PlaybookError, match="257 tokens or more, got 256"):
        lm.train_tokenizer(["a"], vocabulary=256)


def test_an_unknown_size_names_the_near_ones(tokenizer):
    with pytest.raises(PlaybookError, match=r"'2M': did you mean .M\? the sizes are 0.3M, 1M, 3M, 8M"):
        lm.tiny(tokenizer, "2M")
