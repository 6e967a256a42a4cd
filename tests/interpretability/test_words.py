"""Word shares of an additive classifier are exact, win the deletion test, and lose it when shuffled."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook import PlaybookError
from playbook.interpretability import words

GOOD, BAD, PLAIN = ("warm", "clever", "lovely"), ("dull", "noisy", "weak"), ("film", "plot", "music", "the")


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(0)
    texts = [" ".join([*rng.choice(side, 2), *rng.choice(PLAIN, 2)]) for side in (GOOD, BAD) * 60]
    return words.train_words(texts, [1, 0] * 60)


@given(chosen=st.lists(st.sampled_from([*GOOD, *BAD, *PLAIN]), min_size=1))
def test_shares_sum_to_what_the_text_changes(model, chosen):
    text = " ".join(chosen)
    whole, empty = model.decision_function([text, ""])
    assert words.exact(model, text).sum() == pytest.approx(whole - empty)


def test_taking_a_word_out_costs_its_share(model):
    text = "A warm film, a weak plot; WARM music!"
    shares = words.exact(model, text)
    assert shares.index.tolist() == ["warm", "film", "weak", "plot", "music"]
    whole = model.decision_function([text])[0]
    for word, share in shares.items():
        without = text.lower().replace(word, "")
        assert share == pytest.approx(whole - model.decision_function([without])[0])
    assert shares["warm"] > 0 > shares["weak"]


def test_lime_sees_the_same_and_repeats_itself_with_its_seed(model):
    text = "a warm clever film with a weak plot"
    theirs = words.lime(model, text, samples=1000)
    assert set(theirs.nlargest(2).index) == {"warm", "clever"} and theirs.idxmin() == "weak"
    assert theirs.equals(words.lime(model, text, samples=1000))
    assert not theirs.equals(words.lime(model, text, samples=1000, seed=1))


def test_deletion_ranks_the_truth_first_and_notices_a_shuffle(model):
    texts = [f"{one} {two} {three} film" for one in GOOD for two in BAD for three in ("lovely", "noisy")]

    def shuffled(model, text):
        shares = words.exact(model, text)
        return pd.Series(np.random.default_rng(len(text)).permutation(shares), shares.index)

    methods = {"exact": words.exact, "shuffled": shuffled, "reversed": lambda m, t: -words.exact(m, t)}
    areas = words.deletion(model, [*texts, "film"], methods)
    assert areas["exact"] < areas["random"] < areas["reversed"]
    assert areas["shuffled"] > areas["exact"] + 0.05


def test_negation_hides_from_a_bag_of_words(model):
    plain = [(f"a {one} film", 1) for one in GOOD] + [(f"a {one} film", 0) for one in BAD]
    turned = [(f"it isn't {text}", 1 - label) for text, label in plain]
    found = words.by_negation(model, pd.DataFrame(plain + turned, columns=["text", "label"]))
    assert found["texts"].tolist() == [6, 6]
    assert found.loc["without one", "AUC"] == 1 and found.loc["with a negation", "AUC"] == 0


def test_labels_are_the_sign_of_the_mean_rating():
    frame = pd.DataFrame({"text": list("abc"), "ratings": [[-2, 1], [0, 0], [3, -1]]})
    found = words.rated(frame)
    assert found["text"].tolist() == ["a", "c"] and found["label"].tolist() == [0, 1]


def test_bad_input_ends_in_one_sentence(model):
    with pytest.raises(PlaybookError, match="both 0 and 1"):
        words.train_words(["a", "b"], [1, 1])
    with pytest.raises(PlaybookError, match="knows no word"):
        words.exact(model, "völlig unbekannt")
    with pytest.raises(PlaybookError, match="knows no word"):
        words.lime(model, "")
    with pytest.raises(PlaybookError, match="no order to test"):
        words.deletion(model, ["film"], {"exact": words.exact})


def test_a_reader_is_judged_on_texts_that_it_never_saw_and_explained_in_both_ways():
    rng = np.random.default_rng(0)
    texts = [" ".join([*rng.choice(side, 2), *rng.choice(PLAIN, 2)]) for side in (GOOD, BAD) * 60]
    frame = pd.DataFrame({"text": texts, "label": [1, 0] * 60})
    reader, new = words.reader_of(frame, seed=1)
    assert len(new) == 36 and new["label"].mean() == 0.5
    gain = words.gains(reader, new["text"].head(4))
    assert gain.index.tolist() == ["exact", "LIME"] and gain["exact"] > 0
    table = words.shares(reader, ["warm film", "a dull plot"])
    assert table.loc[(1, "warm"), "exact"] > 0 > table.loc[(2, "dull"), "exact"]
    assert (np.sign(table["exact"]) == np.sign(table["LIME"])).loc[[(1, "warm"), (2, "dull")]].all()
