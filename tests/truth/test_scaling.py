"""Exact counts and scaling laws give what papers, model cards and peers published."""

import numpy as np
import pytest

from playbook.cost.flops import SHAPES, Architecture, exact_training_flops
from playbook.cost.ladder import fit_size_law
from playbook.cost.scaling import EPOCH, PRINTED, ScalingLaw, fit_scaling_law
from playbook.errors import PlaybookError

# Cerebras-GPT, arXiv:2304.03208, and its model cards: parameters, tokens, operations, loss on the Pile
CEREBRAS = np.array(
    [
        (111e6, 2.22e9, 2.6e18, 2.566),
        (256e6, 5.12e9, 1.3e19, 2.299),
        (590e6, 1.18e10, 6.1e19, 2.184),
        (1.3e9, 2.63e10, 2.8e20, 1.996),
        (2.7e9, 5.30e10, 1.1e21, 1.834),
        (6.7e9, 1.33e11, 6.3e21, 1.704),
    ]
).T


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("GPT-2", 124_337_664),  # nanoGPT, transformer_sizing.ipynb, without biases
        ("SmolLM2-135M", 134_515_008),
        ("LLaMA-7B", 6_738_415_616),
        ("Llama-2-70B", 68_976_648_192),
        ("Llama-3-8B", 8_030_261_248),
        ("Llama-3-70B", 70_553_706_496),
        ("Mixtral-8x7B", 46_702_792_704),
    ],
)
def test_shapes_have_the_parameters_of_the_published_weights(name, parameters):
    assert SHAPES[name].parameters == parameters


@pytest.mark.parametrize(
    ("shape", "billions"),
    [
        ((32000, 5120, 40, 40, 13824), 13.016),  # LLaMA, arXiv:2302.13971: 13.0, 32.5 and 65.2
        ((32000, 6656, 60, 52, 17920), 32.529),
        ((32000, 8192, 80, 64, 22016), 65.286),
    ],
)
def test_llama_shapes_have_the_billions_that_their_names_say(shape, billions):
    assert Architecture(*shape).parameters / 1e9 == pytest.approx(billions, abs=5e-4)


def test_mixtral_has_13_billion_active_parameters():
    assert round(SHAPES["Mixtral-8x7B"].active_parameters / 1e9, 1) == 12.9  # arXiv:2401.04088: 13B


def test_gpt2_forward_is_what_nanogpt_counts():
    assert sum(SHAPES["GPT-2"].forward_flops(1024).values()) == 291_648_307_200


def test_palm_formula_is_a_ten_thousandth_off():
    # arXiv:2204.02311, appendix B: 6N + 12 L H Q T a token, without the positions; nanoGPT finds 1.0001
    shape, sequence = SHAPES["GPT-2"], 1024
    weights = shape.parameters - shape.positions * shape.hidden
    palm = 6 * weights + 12 * shape.layers * shape.hidden * sequence
    assert palm * sequence / exact_training_flops(shape, sequence, sequence) == pytest.approx(
        1.0001, abs=5e-5
    )


@pytest.mark.parametrize(("layers", "hidden"), [(24, 2304), (96, 12288), (128, 25600)])
def test_recomputed_training_is_megatrons_equation_3(layers, hidden):
    # Narayanan et al., arXiv:2104.04473: 96 B s l h^2 (1 + s/6h + V/16lh), the models of its table 1
    vocabulary, sequence, batch = 51200, 2048, 512
    shape = Architecture(vocabulary, hidden, layers, hidden // 128, 4 * hidden, gated=False, tied=True)
    published = 96 * batch * sequence * layers * hidden**2
    published *= 1 + sequence / (6 * hidden) + vocabulary / (16 * layers * hidden)
    assert exact_training_flops(shape, batch * sequence, sequence, "full") == pytest.approx(published)


def test_the_constants_fitted_again_give_chinchilla_and_the_printed_ones_do_not():
    # Besiroglu et al., arXiv:2404.10102: Chinchilla had 70 billion parameters and 1.4 trillion tokens
    params, tokens = EPOCH.optimal(5.76e23)
    assert (round(params / 1e9), round(tokens / 1e12, 2), round(tokens / params)) == (72, 1.33, 18)
    params, tokens = PRINTED.optimal(5.76e23)
    assert (round(params / 1e9), round(tokens / 1e12, 2), round(tokens / params)) == (32, 2.98, 93)


@pytest.mark.parametrize("law", [EPOCH, PRINTED, ScalingLaw(1.6934, 406.4, 410.7, 0.3392, 0.2849)])
def test_published_constants_are_recovered_from_as_many_points_as_the_figure_has(law):
    rng = np.random.default_rng(4)
    params, tokens = 10 ** rng.uniform(7.6, 10.2, 240), 10 ** rng.uniform(8.7, 11.3, 240)
    found = fit_scaling_law(params, tokens, law.loss(params, tokens))
    for name in ("E", "A", "B", "alpha", "beta"):
        assert getattr(found, name) == pytest.approx(getattr(law, name), rel=0.01)


def test_the_law_of_cerebras_gpt_is_found_in_its_points():
    # its paper: (f / 5.984e22)^-0.0737 + 0.5066 over operations f
    _, _, flops, loss = CEREBRAS
    law = fit_size_law(flops, loss)
    assert law.alpha == pytest.approx(0.0737, abs=0.01)
    assert pytest.approx(0.5066, abs=0.1) == law.E
    assert law.loss(1e21) == pytest.approx((1e21 / 5.984e22) ** -0.0737 + 0.5066, rel=0.005)


@pytest.mark.parametrize("known", [4, 5])
def test_larger_cerebras_models_lie_in_the_interval_of_the_smaller(known):
    _, _, flops, loss = CEREBRAS
    law = fit_size_law(flops[:known], loss[:known])
    for work, truth in zip(flops[known:], loss[known:], strict=True):
        middle, low, high = law.predict(work)
        assert low <= truth <= high
        assert middle == pytest.approx(truth, rel=0.06)


def test_models_with_twenty_tokens_a_parameter_each_say_nothing_of_either():
    params, tokens, _, loss = CEREBRAS
    with pytest.raises(PlaybookError, match="grow in step"):
        fit_scaling_law(params, tokens, loss)
