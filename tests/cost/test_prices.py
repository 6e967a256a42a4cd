"""A price without a date is refused, and so is what nobody can look up again."""

import pytest

from playbook import inputs
from playbook.cost import prices
from playbook.errors import PlaybookError

GOOD = """[[price]]
accelerator = "H100"
cloud = "Somewhere"
region = "eu"
kind = "spot"
usd = 1.5
date = 2026-11-01
source = "an offer"
"""


def table(tmp_path, text):
    path = tmp_path / "prices.toml"
    path.write_text(text, "utf-8")
    return prices.prices(path)


def test_a_table_of_ones_own_is_read(tmp_path):
    assert table(tmp_path, GOOD)[["accelerator", "usd"]].values.tolist() == [["H100", 1.5]]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("date = 2026-11-01\n", "", r"price 1 \(H100 at Somewhere\) has no date"),
        ("date = 2026-11-01", 'date = "lately"', "has no date"),
        ('source = "an offer"\n', "", "has no source"),
        ("usd = 1.5", "usd = -1.5", "usd is -1.5"),
        ("usd = 1.5\n", "", "usd is None"),
        ('"spot"', '"cheap"', "of no known kind"),
        ('"H100"', '"H10O"', "did you mean H100"),
        ("usd = 1.5", "usd = = 1.5", "prices.toml cannot be read"),
    ],
)
def test_what_cannot_be_looked_up_again_is_refused(tmp_path, old, new, said):
    with pytest.raises(PlaybookError, match=said):
        table(tmp_path, GOOD.replace(old, new))


def test_every_entry_of_the_shipped_table_passes():
    listed = prices.prices()
    assert {"H100", "A100-80GB", "H200", "B200", "V100"} <= set(listed["accelerator"])
    assert listed["usd"].between(0.1, 20).all()
    for name in ("V100", "A100-40GB", "A100-80GB", "H100", "H800", "H200", "TPUv3", "TPUv4"):
        assert 200 < prices.watts(name) < 1000
    for region in prices._read()["grid"]:
        assert 1 <= prices.grid(region).pue < 2
        assert 0 < prices.grid(region).kg_per_kwh < 1


def test_spot_is_below_on_demand():
    for name in ("H100", "H200"):
        assert prices.price_of(name, "spot") < 0.5 * prices.price_of(name)


def test_only_what_was_offered_has_a_price():
    assert prices.price_of("H800") is None
    assert prices.watts("TPUv5e") is None
    with pytest.raises(PlaybookError, match="no purchase price of V100"):
        prices.purchase("V100")


def test_an_unknown_region_offers_near_ones():
    with pytest.raises(PlaybookError, match="take europe-west"):
        prices.grid("europe-west33")


def test_a_missing_table_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    with pytest.raises(PlaybookError, match=r"prices\.toml cannot be read"):
        prices.prices()


def test_owning_pays_when_the_rent_it_saves_has_paid_for_it():
    month = prices.break_even_month("H100", 2.95, used=0.8)
    assert 43_750 + 365 * month == pytest.approx(2.95 * 730 * 0.8 * month)
    assert prices.break_even_month("H100", 0.4) == float("inf")
