"""What goes is the smallest, as much as was asked for, and the network is whole again afterwards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from playbook import PlaybookError, lm
from playbook.cost import compression, pruning
from playbook.cost.layerwise import layerwise

MATRIX = arrays.arrays(np.float64, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=st.floats(-9, 9))


@given(st.lists(MATRIX, min_size=1, max_size=3), st.floats(0, 0.99), st.sampled_from(["global", "layer"]))
def test_at_least_the_share_goes_and_nothing_that_stays_is_smaller(weights, sparsity, how):
    masks = pruning.masks(weights, sparsity, how)
    parts = [(np.abs(weight).ravel(), mask.ravel()) for weight, mask in zip(weights, masks, strict=True)]
    if how == "global":
        parts = [tuple(np.concatenate(every) for every in zip(*parts, strict=True))]
    for size, stays in parts:
        assert (~stays).sum() >= round(sparsity * size.size)
        if stays.any() and not stays.all():
            assert size[stays].min() > size[~stays].max()


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 99))
def test_two_of_four_keeps_the_two_largest_of_every_four_inputs(fours, outputs, seed):
    weight = np.random.default_rng(seed).normal(size=(4 * fours, outputs))
    kept = pruning.masks([weight], how="2:4")[0].reshape(fours, 4, outputs)
    size = np.abs(weight).reshape(fours, 4, outputs)
    assert (kept.sum(axis=1) == 2).all()
    equal = pruning.masks([np.ones((4 * fours, outputs))], how="2:4")[0].reshape(fours, 4, outputs)
    assert equal.sum(axis=1).tolist() == [[2] * outputs] * fours
    assert (np.where(kept, size, np.inf).min(axis=1) >= np.where(kept, 0, size).max(axis=1)).all()


def test_per_matrix_and_over_all_differ_where_one_matrix_is_small():
    small, large = np.full((2, 2), 0.1) * [[1, 2], [3, 4]], np.array([[1.0, 2], [3, 4]])
    assert [mask.sum() for mask in pruning.masks([small, large], 0.5, "global")] == [0, 4]
    assert [mask.sum() for mask in pruning.masks([small, large], 0.5, "layer")] == [2, 2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"how": "wanda"}, "the ways are global, layer, 2:4"),
        ({"sparsity": 1.0}, "from 0 to below 1"),
        ({"sparsity": -0.1}, "from 0 to below 1"),
        ({"sparsity": float("nan")}, "from 0 to below 1"),
        ({"sparsity": 0.3, "how": "2:4"}, "half of every four"),
        ({"how": "2:4"}, "there are 3 inputs"),
    ],
)
def test_what_cannot_be_pruned_is_refused_in_one_sentence(options, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        pruning.masks([np.ones((3, 2))], **options)


def test_a_sweep_scores_each_and_puts_the_weights_back():
    texts = ["A cat sees the mat."] * 60
    tiny = lm.tiny(lm.train_tokenizer(texts, 280), "0.3M")
    ids, losses = compression.blocks(tiny, texts, 3, 20), layerwise(tiny.backbone)
    base = compression.measure(losses, ids)
    plan = [("global", 0.0), ("layer", 0.9), ("2:4", 0.5)]
    table = pruning.sweep(tiny.backbone, losses, ids, base, plan)
    assert table["rise"].iloc[0] == pytest.approx(0, abs=1e-6)
    assert (table["rise"].iloc[1:] != 0).all()
    assert table["disk_mb"].is_monotonic_decreasing is False
    assert table["disk_mb"].iloc[1] < table["disk_mb"].iloc[2] < table["disk_mb"].iloc[0]
    assert (table["memory_mb"] == 4 * tiny.parameters / 1e6).all()
    np.testing.assert_allclose(compression.measure(losses, ids).losses, base.losses, atol=1e-6)
