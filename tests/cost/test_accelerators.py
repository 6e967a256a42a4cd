"""Accelerators are found by name, and near names are offered for one that is not there."""

import pytest

from playbook.cost.accelerators import ACCELERATORS, accelerator
from playbook.errors import PlaybookError


def test_the_names_of_the_contract_are_there():
    contract = {"A100-40GB", "A100-80GB", "H100", "H800", "H200", "V100", "TPUv3", "TPUv4"}
    assert contract <= set(ACCELERATORS)
    assert all(ACCELERATORS[name].name == accelerator(name.lower()).name == name for name in ACCELERATORS)


def test_every_entry_is_plausible_and_has_a_source():
    for entry in ACCELERATORS.values():
        assert 1e14 < entry.flops < 1e16
        assert 10 < entry.memory_gb < 1000
        assert entry.source


@pytest.mark.parametrize(
    ("name", "offered"),
    [("A100", "A100-80GB"), ("H10O", "H100"), ("tpu-v4", "TPUv4"), ("abacus", "V100"), (None, "V100")],
)
def test_an_unknown_name_offers_near_ones(name, offered):
    with pytest.raises(PlaybookError, match=f"no accelerator.*{offered}"):
        accelerator(name)
