"""Counts from a shape, held against a count by hand and against Keras; and shapes that no network has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.flops import SHAPES, Architecture, architecture_of, counted, exact_training_flops
from playbook.errors import PlaybookError

SMALL = {"vocabulary": 300, "hidden": 32, "layers": 2, "heads": 4, "feed_forward": 48}


@st.composite
def shapes(draw):
    groups = draw(st.integers(1, 4))
    heads = groups * draw(st.integers(1, 4))
    experts = draw(st.integers(1, 6))
    return Architecture(
        vocabulary=draw(st.integers(257, 5000)),
        hidden=heads * draw(st.integers(1, 16)),
        layers=draw(st.integers(1, 6)),
        heads=heads,
        groups=groups,
        feed_forward=draw(st.integers(1, 200)),
        gated=draw(st.booleans()),
        tied=draw(st.booleans()),
        experts=experts,
        active=draw(st.integers(1, experts)),
    )


def matrices(shape: Architecture, experts: int) -> list[tuple[int, int]]:
    """Every matrix of one layer that a token meets when it visits `experts` of them, written out."""
    keys = shape.hidden // shape.heads * shape.groups
    layer = [(shape.hidden, shape.hidden), (shape.hidden, keys), (shape.hidden, keys)]
    layer += [(shape.hidden, shape.hidden)]
    layer += [(shape.hidden, shape.feed_forward)] * ((3 if shape.gated else 2) * experts)
    return layer + ([(shape.hidden, shape.experts)] if shape.experts > 1 else [])


@given(shapes())
def test_parameters_are_the_sum_over_matrices_norms_and_tables(shape):
    def by_hand(experts: int) -> int:
        layer = sum(rows * columns for rows, columns in matrices(shape, experts)) + 2 * shape.hidden
        tables = shape.vocabulary * shape.hidden * (1 if shape.tied else 2)
        return shape.layers * layer + tables + shape.hidden

    assert shape.parameters == by_hand(shape.experts)
    assert shape.active_parameters == by_hand(shape.active) <= shape.parameters


@given(shapes(), st.integers(1, 500))
def test_forward_is_two_operations_a_weight_and_token_and_the_scores(shape, sequence):
    parts = shape.forward_flops(sequence)
    weights = sum(rows * columns for rows, columns in matrices(shape, shape.active))
    assert parts["projections"] + parts["feed-forward"] == 2 * sequence * shape.layers * weights
    assert parts["output"] == 2 * sequence * shape.hidden * shape.vocabulary
    # queries by keys, and weights by values: n x n x width each
    assert parts["attention scores"] == 2 * (2 * sequence**2 * shape.hidden) * shape.layers


@given(shapes(), st.integers(1, 500), st.floats(1, 1e12))
def test_training_is_three_forward_passes_and_recomputing_adds_the_layers_again(shape, sequence, tokens):
    parts = shape.forward_flops(sequence)
    once = exact_training_flops(shape, tokens, sequence)
    assert once == pytest.approx(3 * sum(parts.values()) / sequence * tokens)
    again = exact_training_flops(shape, tokens, sequence, recompute="full") - once
    assert again == pytest.approx((sum(parts.values()) - parts["output"]) / sequence * tokens)


def test_tying_saves_a_table_and_no_operation():
    tied, apart = Architecture(**SMALL, tied=True), Architecture(**SMALL)
    assert apart.parameters - tied.parameters == 300 * 32
    assert apart.forward_flops(64) == tied.forward_flops(64)


def test_all_experts_are_stored_and_the_active_ones_computed():
    one, eight = Architecture(**SMALL), Architecture(**SMALL, experts=8, active=2)
    extra = eight.forward_flops(64)["feed-forward"] - 2 * one.forward_flops(64)["feed-forward"]
    assert extra == 2 * 64 * 2 * 32 * 8  # the routers
    assert eight.parameters > 2 * one.parameters > eight.active_parameters


@pytest.mark.parametrize("size", ["0.3M", (2, 16, 2, 1, 48)])
def test_the_count_is_that_of_keras(size):
    from playbook import lm

    tokenizer = lm.train_tokenizer(["low lower lowest"] * 9, vocabulary=260)
    model = lm.tiny(tokenizer, size)
    assert architecture_of(model.backbone).parameters == model.parameters


def test_6nd_of_all_experts_is_far_off_and_of_the_active_ones_near():
    table = counted(2048)
    assert list(table.index) == list(SHAPES)
    assert table.loc["Mixtral-8x7B", "6ND / exact"] > 3
    assert table["6ND of active"].between(0.6, 1.01).all()
    assert (counted(8192)["6ND of active"] < table["6ND of active"]).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"layers": 0}, "layers is 0"),
        ({"hidden": 30}, "4 heads do not divide"),
        ({"groups": 3}, "do not share 3 groups"),
        ({"active": 2}, "of only 1 experts"),
        ({"positions": -1}, "less than none"),
    ],
)
def test_shapes_that_no_network_has_are_refused(change, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        Architecture(**(SMALL | change))


def test_runs_that_are_none_are_refused():
    shape = Architecture(**SMALL)
    with pytest.raises(PlaybookError, match="recompute is 'some'"):
        exact_training_flops(shape, 1e9, 64, recompute="some")
    with pytest.raises(PlaybookError, match="sequence is 0"):
        exact_training_flops(shape, 1e9, 0)
    with pytest.raises(PlaybookError, match="tokens is"):
        exact_training_flops(shape, float("nan"), 64)
