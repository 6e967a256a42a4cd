"""LoRA trains little, keeps little and leaves the model it began with alone; so does full fine-tuning."""

import numpy as np
import pytest

from playbook import PlaybookError, lm
from playbook.cost import adaptation, algorithms, compression

TEXTS = [f"{who} sees the {where}." for who in ("A cat", "The dog") for where in ("mat", "house")] * 200


@pytest.fixture(scope="module")
def tiny():
    return lm.tiny(lm.train_tokenizer(TEXTS, 280), "0.3M")


@pytest.fixture(scope="module")
def ids(tiny):
    return compression.blocks(tiny, TEXTS, 24, 65)


@pytest.fixture(scope="module")
def runs(tiny, ids):
    return {rank: adaptation.adapt(tiny, ids, rank=rank, steps=6, learning_rate=0.01) for rank in (4, None)}


def test_the_rule_counts_what_the_library_trains(tiny, runs):
    body = tiny.backbone
    rule = adaptation.stored_lora_parameters(48, 4, 3, 4, groups=body.num_key_value_heads)
    assert runs[4].trained == rule
    assert runs[None].trained == tiny.parameters


def test_with_one_head_the_library_trains_what_the_paper_counts():
    assert adaptation.stored_lora_parameters(64, 5, 1, 4) == algorithms.lora_parameters(64, 5, 4)


def test_bytes_are_four_for_a_weight_a_gradient_and_each_of_adam_s_two(tiny, runs):
    full, low = runs[None], runs[4]
    assert full.gradient_bytes == full.weight_bytes == 4 * tiny.parameters
    assert full.optimiser_bytes == pytest.approx(8 * tiny.parameters, rel=0.01)  # and a step and a rate
    assert low.weight_bytes == 4 * (tiny.parameters + low.trained)
    assert low.gradient_bytes == 4 * low.trained
    assert low.state_bytes < 0.5 * full.state_bytes
    assert runs[4].peak_bytes >= 0


def test_both_learn_and_the_first_loss_is_the_same(runs):
    assert runs[4].losses[0] == pytest.approx(runs[None].losses[0], abs=1e-3)  # LoRA starts at no change
    for run in runs.values():
        assert run.losses[-1] < run.losses[0] - 0.02


def test_only_low_rank_weights_moved(tiny, runs):
    after = runs[4].model.backbone
    np.testing.assert_array_equal(after.token_embedding.embeddings, tiny.backbone.token_embedding.embeddings)
    moved = [np.abs(weight.numpy()).max() for weight in after.weights if weight.name == "lora_kernel_b"]
    assert len(moved) == 8
    assert min(moved) > 0


def test_both_ways_are_scored_on_the_same_blocks(tiny, ids):
    from playbook.cost.layerwise import layerwise

    base = compression.measure(layerwise(tiny.backbone), ids[:3])
    table = adaptation.compare(tiny, ids, ids[:3], base, rank=4, steps=1)
    assert list(table.index) == ["LoRA", "full"]
    assert table["trained"].iloc[1] == tiny.parameters
    assert table["before"].tolist() == [base.losses.mean()] * 2
    assert (table["after"] - table["before"]).tolist() == pytest.approx(table["rise"].tolist())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rank": 4, "steps": 13}, "13 steps need 26 texts of 65 tokens"),
        ({"rank": 0, "steps": 1}, "rank is 0"),
        ({"rank": 4, "steps": 0}, "steps is 0"),
    ],
)
def test_bad_plans_are_refused_in_one_sentence(tiny, ids, options, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        adaptation.adapt(tiny, ids, **options)


def test_heads_have_to_divide_the_width():
    with pytest.raises(PlaybookError, match="multiple of the 7 heads"):
        adaptation.stored_lora_parameters(64, 5, 7, 4)
