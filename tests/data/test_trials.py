"""The trials of cleaning find what they planted, and say so when a step no longer works."""

import numpy as np
import pandas as pd
import pytest

from playbook.data import trials
from playbook.data.planting import plant

LONG = [" ".join(f"w{i}x{j}" for j in range(40)) for i in range(60)]


def test_the_s_curve_follows_theory_and_falls_with_similarity():
    met = trials.s_curve(LONG, plant(LONG, copies=3000, low=0.3), 0.7)
    assert (met["measured"] - met["theory"]).abs().max() < 0.1
    assert met["measured"].iloc[0] < 0.5 < 0.99 < met["measured"].iloc[-1]
    assert (met["pairs"] >= trials.FEWEST).all() and met["theory"].is_monotonic_increasing


def test_the_s_curve_of_nothing_is_empty():
    assert trials.s_curve([], plant([], copies=9), 0.7).empty


def test_rule_losses_name_the_rules_that_remove_something():
    good = " ".join(["The cat sat on the mat and that was the end of it."] * 2)
    losses = trials.rule_losses(pd.Series(["Lorem ipsum.", "{ }", good]))
    assert losses.loc["c4_lorem_ipsum", "texts"] == 1 and losses.loc["c4_curly_bracket", "texts"] == 1
    assert losses.loc["any rule", "share"] == 1 and "c4_javascript" not in losses.index
    assert losses.loc["any of c4", "texts"] >= losses.filter(regex="^c4_", axis=0)["texts"].max()


def test_rule_losses_take_the_chinese_rules_where_most_texts_are_chinese():
    chinese = trials.chinese_texts()
    good = chinese.loc[chinese["good"], "text"]
    assert trials.rule_losses(good).loc["any rule", "share"] == 0
    assert trials.rule_losses(pd.concat([good, pd.Series(LONG * 3)])).loc["any rule", "share"] == 1


def test_english_rules_throw_good_chinese_away_and_chinese_ones_do_not():
    chinese = trials.chinese_trial()
    assert chinese["good removed"].tolist() == [1, 0] and chinese["bad removed"].min() > 0.9


def test_mojibake_comes_back_unless_it_was_lost():
    repaired = trials.mojibake_trial()["repaired"]
    assert repaired.iloc[:2].tolist() == [56, 56] and repaired.iloc[2] == 0


@pytest.mark.parametrize("run", [12, 13, 25])
def test_planted_overlaps_are_found_from_twelve_words_on(run):
    table = trials.contamination_trial(LONG[:40], LONG[40:], runs=(11, run))
    assert table["planted"].tolist() == [20, 20] and table["share"].tolist() == [0, 100]


def test_where_no_test_text_is_long_nothing_is_measured():
    table = trials.contamination_trial(["a b c"], ["short", "text"])
    assert table["share"].isna().all()
    assert not trials.flagged(["a b c"], ["a b c"]).any()


def test_a_random_split_leaks_what_is_repeated():
    texts = pd.Series([*LONG, *(f"see also {each} and more" for each in LONG)], index=range(7, 127))
    test, leak = trials.split_leak(texts, share=0.1)
    assert len(test) == 12 and len(leak) == 108
    twins = {(place - 7 + 60) % 120 + 7 for place in test.index} - set(test.index)
    assert set(texts.drop(test.index).index[leak]) == twins


def test_languages_are_counted_most_frequent_first():
    texts = pd.Series(["The price of data is paid later."] * 3 + ["数据的代价总是后来才付。"] * 2 + [""])
    table = trials.languages_of(texts)
    assert table["texts"].to_dict() == {"en": 3, "zh": 2, "too short": 1}
    assert np.isclose(table["share"].sum(), 1)
