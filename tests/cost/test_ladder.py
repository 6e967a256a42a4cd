"""The law of size finds what is there and knows what it does not; the rungs are one family."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import lm
from playbook.cost import ladder
from playbook.errors import PlaybookError

SIZES = np.array([2e4, 6e4, 1.1e5, 1.7e5])
SCATTER = np.array([0.02, -0.02, 0.01, -0.01])
TEXTS = [
    f"the function {name} gives the {what} of a {kind}"
    for name in "fghkm"
    for what in ("sum", "mean", "least", "root", "rank")
    for kind in ("list", "row", "table", "set")
]


def curve(n, floor=3.3, a=20.0, alpha=0.28):
    return floor + a / np.asarray(n) ** alpha


@settings(max_examples=20)
@given(st.floats(0.3, 4), st.floats(5, 40), st.floats(0.1, 0.6))
def test_a_law_without_scatter_is_found_and_extended(floor, a, alpha):
    law = ladder.fit_size_law(SIZES, curve(SIZES, floor, a, alpha))
    truth = curve(6e5, floor, a, alpha)
    assert law.loss(6e5) == pytest.approx(truth, rel=0.01)
    middle, low, high = law.predict(6e5)
    assert low <= middle <= high
    assert middle == pytest.approx(truth, rel=0.02)


@pytest.mark.parametrize("params", [6e4, 5.5e5])  # one as trained, and thrice the largest
def test_nine_in_ten_intervals_hold_a_new_model(params):
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(100):
        law = ladder.fit_size_law(SIZES, curve(SIZES) + 0.02 * rng.normal(size=4))
        _, low, high = law.predict(params)
        inside += low <= curve(params) + 0.02 * rng.normal() <= high
    assert 83 <= inside <= 99


def test_the_farther_the_prediction_the_wider_its_interval():
    law = ladder.fit_size_law(SIZES, curve(SIZES) + SCATTER)
    widths = [high - low for _, low, high in map(law.predict, (1e5, 5e5, 5e6))]
    assert widths == sorted(widths)
    _, low, high = law.predict(5e5, level=0.5)
    assert high - low < widths[1]
    assert law.predict(5e5) == law.predict(5e5)


def test_four_points_do_not_pin_the_floor_down_and_the_draws_say_so():
    law = ladder.fit_size_law(SIZES, curve(SIZES) + SCATTER)
    low, high = np.quantile(law.draws[:, 0], [0.05, 0.95])
    assert high - low > 0.5
    assert high < curve(SIZES).min()


@pytest.mark.parametrize(
    ("params", "loss", "sentence"),
    [
        (SIZES[:3], curve(SIZES[:3]), "got 3 sizes and 3 losses"),
        (SIZES, curve(SIZES)[:3], "got 4 sizes and 3 losses"),
        ([2e4] * 6, [4.0] * 6, "got 1 sizes"),
        (SIZES, [4.0, 3.9, float("nan"), 3.7], "finite numbers above zero"),
        (-SIZES, curve(SIZES), "finite numbers above zero"),
    ],
)
def test_too_little_for_a_law_is_refused(params, loss, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        ladder.fit_size_law(params, loss)


def test_a_prediction_needs_a_size_and_a_share():
    law = ladder.fit_size_law(SIZES, curve(SIZES))
    with pytest.raises(PlaybookError, match="params is 0"):
        law.predict(0)
    with pytest.raises(PlaybookError, match="level is 90"):
        law.predict(1e5, level=90)


@pytest.fixture(scope="module")
def books():
    corpus = pd.DataFrame({"text": TEXTS, "split": ["test", *["train"] * 4] * 20})
    return ladder.shelf(corpus, tokens=2_048)


def test_the_split_of_the_corpus_is_kept(books):
    held_out = [text for i, text in enumerate(TEXTS) if i % 5 == 0]
    tokens = lm.encode(books.tokenizer, held_out)
    assert sorted(books.held_out) == sorted(tokens)
    assert len(books.train) == len(lm.encode(books.tokenizer, set(TEXTS) - set(held_out)))


def test_without_a_split_a_tenth_is_held_out_and_the_seed_decides_which():
    one, again, other = (
        ladder.shelf(pd.DataFrame({"text": TEXTS}), tokens=256, seed=seed) for seed in (0, 0, 1)
    )
    assert (one.held_out == again.held_out).all()
    assert not np.array_equal(one.held_out, other.held_out)
    assert sum(one.held_out == one.tokenizer.token_to_id("<|endoftext|>")) == 10


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:12]])
def test_a_corpus_too_small_for_the_budget_is_refused(texts):
    with pytest.raises(PlaybookError, match="too small for runs of 1,000,000 tokens"):
        ladder.shelf(pd.DataFrame({"text": texts}), tokens=1_000_000)


def test_every_matrix_starts_as_its_inputs_ask_and_nothing_else_changes(books):
    drawn = lm.tiny(books.tokenizer, ladder.shape(48), seed=3)
    fitted = ladder.rung(books.tokenizer, 48, seed=3)
    for before, after in zip(drawn.backbone.weights, fitted.backbone.weights, strict=True):
        if len(after.shape) == 1:
            assert (after.numpy() == before.numpy()).all()
            continue
        inputs = 144 if "feedforward_output" in after.path else 48
        assert after.numpy().std() == pytest.approx(1 / np.sqrt(inputs), rel=1e-4)
        assert np.corrcoef(before.numpy().ravel(), after.numpy().ravel())[0, 1] == pytest.approx(1)


def test_a_width_that_heads_do_not_fill_is_refused(books):
    with pytest.raises(PlaybookError, match="width is 40: give a multiple of 16"):
        ladder.rung(books.tokenizer, 40)


def test_the_rate_falls_as_the_width_rises():
    assert [ladder.plan(width)["learning_rate"] for width in ladder.RUNGS] == pytest.approx(
        [0.04, 0.02, 0.64 / 48, 0.01]
    )


def test_climbing_trains_each_width_and_the_larger_learns_no_worse(books):
    runs = ladder.climb(books, tokens=4_096, widths=(16, 32))
    assert list(runs.index) == [16, 32]
    assert runs["params"].is_monotonic_increasing
    assert (runs["tokens"] == 4_096).all()
    untrained = ladder.held_out_loss(ladder.rung(books.tokenizer, 16), books)
    assert (runs["loss"] < untrained - 0.5).all()
    again = ladder.climb(books, tokens=4_096, widths=(16,))
    assert again.loc[16, "loss"] == pytest.approx(runs.loc[16, "loss"], abs=1e-3)
