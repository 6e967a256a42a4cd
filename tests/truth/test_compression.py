"""Quantization, pruning and LoRA give the figures that papers printed."""

import numpy as np
import pytest

from playbook.cost.adaptation import stored_lora_parameters
from playbook.cost.algorithms import lora_parameters
from playbook.cost.pruning import masks, sparse_bytes
from playbook.cost.quantization import bits_per_weight, gptq, rounded


def test_a_uniform_quantiser_errs_by_a_twelfth_of_its_step_squared():
    weights = np.random.default_rng(0).uniform(-1, 1, (4096, 8))
    for bits in (4, 6, 8):
        step = 2 / (2**bits - 1)
        error = np.square(weights - rounded(weights, bits, group=4096)).mean()
        assert error == pytest.approx(step**2 / 12, rel=0.03)


@pytest.mark.parametrize(
    ("published", "options"),
    [
        (4.25, {"group": 128}),  # Frantar et al., arXiv:2210.17323: 16-bit scale and zero for each 128
        (4.5, {"group": 64, "scale_bits": 32, "zero_bits": 0}),  # NF4, arXiv:2305.14314, section 3
        (4.127, {"group": 64, "scale_bits": 8 + 32 / 256, "zero_bits": 0}),  # its double quantization
        (5.0, {"group": 32}),  # Q4_1 of llama.cpp, the file this course's model comes in
    ],
)
def test_bits_a_weight_with_all_that_goes_with_it(published, options):
    assert bits_per_weight(4, **options) == pytest.approx(published, abs=0.0005)


def test_double_quantization_saves_3_gb_on_65_billion():
    saved = bits_per_weight(4, 64, 32, 0) - bits_per_weight(4, 64, 8 + 32 / 256, 0)
    assert round(saved, 3) == 0.373  # QLoRA, arXiv:2305.14314, section 3: 0.5 to 0.127 bits
    assert 65e9 * saved / 8 / 1e9 == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize(
    ("published", "shape"),
    [  # Hu et al., arXiv:2106.09685, tables 2 to 4: rank 8 for RoBERTa and DeBERTa, 4 for the GPTs
        (0.8e6, {"hidden": 1024, "layers": 24, "rank": 8}),  # RoBERTa-large
        (0.3e6, {"hidden": 768, "layers": 12, "rank": 8}),  # RoBERTa-base
        (4.7e6, {"hidden": 1536, "layers": 48, "rank": 16}),  # DeBERTa-XXL
        (0.35e6, {"hidden": 1024, "layers": 24, "rank": 4}),  # GPT-2 medium
        (18.9e6, {"hidden": 12288, "layers": 96, "rank": 4}),  # GPT-3
    ],
)
def test_lora_counts_are_those_of_its_tables(published, shape):
    assert lora_parameters(**shape) == pytest.approx(published, rel=0.13)


def test_lora_of_smollm2_is_what_was_counted_in_the_library():
    assert stored_lora_parameters(576, 30, 9, 4, groups=3) == 844_800  # counted with KerasHub 0.32
    assert lora_parameters(576, 30, 4) == 276_480


def test_two_of_four_takes_nine_sixteenths_of_a_16_bit_matrix():
    # Mishra et al., arXiv:2104.08378: half the 16-bit values and 2 bits for each of them
    weight = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float16)
    kept = weight * masks([weight], how="2:4")[0]
    assert sparse_bytes([kept]) / weight.nbytes == 9 / 16


def test_soft_targets_are_hinton_s_and_the_library_s_own_default_is_not():
    import keras
    from scipy.special import log_softmax

    from playbook.cost.distillation import soft_targets

    rng = np.random.default_rng(0)
    teacher, student = rng.normal(scale=3, size=(2, 4, 5, 7)).astype(np.float32)
    p, q = (log_softmax(logits / 2.0, axis=-1) for logits in (teacher, student))
    # Hinton et al., arXiv:1503.02531, section 2: softened by T, the gradients scaled back by T squared
    paper = 2.0**2 * (np.exp(p) * (p - q)).sum(-1).mean()
    assert float(soft_targets(2.0).compute_loss(teacher, student)) == pytest.approx(paper, rel=1e-4)
    # The day this fails, Keras has mended its default: say so in the chapter.
    default = float(keras.distillation.LogitsDistillation(2.0).compute_loss(teacher, student))
    assert abs(default - paper) > 0.5 * paper


def test_gptq_helps_more_at_3_bits_than_at_4_as_in_its_table():
    # arXiv:2210.17323, LLaMA-7B on WikiText-2: 6.29 to 6.09 at 4 bits, 25.54 to 8.07 at 3
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 96)) @ rng.normal(size=(96, 96))
    weights = rng.normal(size=(96, 48)).astype(np.float32)
    errors = {}
    for bits in (3, 4):
        ways = rounded(weights, bits, 96), gptq(weights, x.T @ x, bits, 96)
        errors[bits] = [np.square(x @ (way - weights)).sum() for way in ways]
    assert all(ours < plain for plain, ours in errors.values())
    assert errors[3][0] - errors[3][1] > errors[4][0] - errors[4][1]
