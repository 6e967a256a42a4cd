"""Holds every quality rule to texts at either side of its threshold, the Chinese ones to planted texts."""

import time

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playbook.data.planted_zh import chinese_texts
from playbook.data.quality import RULES, language, normalise, quality_figures, quality_rules
from playbook.errors import PlaybookError

_WORDS = "gardenriverwinterletterenginewindowsilvermarketbridgeforestislanddoctorladder"


def prose(lines=6, words=12):
    """Write lines of different words of six letters, two of them stop words, each line a sentence."""
    rows = [
        " ".join(f"{_WORDS[i * words + k :][:4]}{chr(97 + i)}{chr(97 + k)}" for k in range(words))
        for i in range(lines)
    ]
    return [f"that {row} with." for row in rows]


def removed(lines, *, by):
    text = lines if isinstance(lines, str) else "\n".join(lines)
    return bool(quality_rules([text])[by].iloc[0])


# rule -> (a text it keeps, a text it removes): just inside the published threshold and just beyond it.
GOOD = prose()
SIDES = {
    "gopher_few_words": (" ".join(["word"] * 50), " ".join(["word"] * 49)),
    "gopher_many_words": ("a " * 100_000, "a " * 100_001),
    "gopher_short_words": ("abc " * 60, "abc " * 59 + "ab"),
    "gopher_long_words": ("abcdefghij " * 60, "abcdefghij " * 59 + "abcdefghijk"),
    "gopher_symbols": ("word# " + "word " * 9, "# # " + "word " * 17),
    "gopher_bullet_lines": (["• one"] * 9 + ["ten"], ["• one"] * 19 + ["ten"]),
    "gopher_ellipsis_lines": (["one..."] * 3 + ["ten"] * 7, ["one…"] * 4 + ["ten"] * 6),
    "gopher_letters": ("word " * 8 + "12 --", "word " * 7 + "12 34 --"),
    "gopher_stop_words": ("of and", "of of"),
    "gopher_repeated_lines": ([*"abcdefg", *"abc"], [*"abcdef", *"abcd"]),
    "gopher_repeated_line_characters": (["x" * 20, "x" * 20, "y" * 60], ["x" * 21, "x" * 21, "y" * 58]),
    "gopher_repeated_paragraphs": ("\n\n".join([*"abcdefg", *"abc"]), "\n\n".join([*"abcdef", *"abcd"])),
    "gopher_repeated_paragraph_characters": ("xx\n\nxx\n\nyyyyyy", "xxx\n\nxxx\n\nyyyyyy"),
    "gopher_top_2_gram": ("ab cd " * 2 + "e" * 32, "ab cd " * 2 + "e" * 31),
    "gopher_top_3_gram": ("aa bb cc " * 3 + "e" * 82, "aa bb cc " * 3 + "e" * 81),
    "gopher_top_4_gram": ("a b c d " * 2 + "e" * 42, "a b c d " * 2 + "e" * 41),
    **{
        f"gopher_repeated_{n}_grams": (
            " ".join(["ab"] * n) + " x " + " ".join(["ab"] * n) + " " + "y" * (more + 1),
            " ".join(["ab"] * n) + " x " + " ".join(["ab"] * n) + " " + "y" * (more - 1),
        )
        for n in range(5, 11)
        # 2 n of the characters are repeated; at the threshold all are 200 n / (20 - n).
        for more in [int(200 * n / (20 - n)) - 4 * n - 1]
    },
    "c4_short_lines": (["one two", "one two three"], ["one two", "one"]),
    "c4_long_words": (["x" * 1000], ["x" * 1001]),
    "c4_javascript": (["Use JavaScript now.", "It is fine."], ["Use JavaScript now."]),
    "c4_policy": (["We use cookies.", "It is fine."], ["We use cookies.", "Read our Privacy Policy."]),
    "c4_line_ends": (["One", "Two."], ["One", "Two..."]),
    "c4_sentences": (
        "It is so. It is so. It is so! It is so? It is so",
        "It is so. It is so. It is so! It is 1.5",
    ),
    "c4_lorem_ipsum": ("lorem, ipsum", "a Lorem ipsum b"),
    "c4_curly_bracket": ("f(x)", "f {x}"),
    "fineweb_line_ends": (["a."] * 13 + ["b"] * 87, ["a."] * 12 + ["b"] * 88),
    "fineweb_short_lines": (["a" * 30] * 66 + ["b" * 31] * 34, ["a" * 30] * 67 + ["b" * 31] * 33),
    "fineweb_repeated_line_characters": (["ab", "ab", "c" * 197], ["ab", "ab", "c" * 196]),
    "fineweb_newlines": ("a b c d e f g h i j\n\n\n", "a b c d e f g h i j\n\n\n\n"),
}


def test_every_rule_has_its_two_sides():
    assert sorted(SIDES) == sorted(RULES.index) and RULES.index.is_unique


@pytest.mark.parametrize("rule", RULES.index)
def test_a_rule_parts_texts_at_its_published_threshold(rule):
    kept, gone = SIDES[rule]
    assert not removed(kept, by=rule)
    assert removed(gone, by=rule)


def test_plain_prose_passes_every_rule():
    found = quality_rules(pd.Series(["\n".join(GOOD)], index=["x"]))
    assert found.index.tolist() == ["x"] and found.columns.tolist() == RULES.index.tolist()
    assert found.to_numpy().dtype == bool and not found.any(axis=None), found.loc["x"][found.loc["x"]]


def test_c4_counts_the_sentences_of_the_lines_that_it_leaves():
    lines = [*prose(4), "Please turn JavaScript on. Do it now."]
    assert removed(lines, by="c4_sentences")
    assert not removed([*lines, "It is so."], by="c4_sentences")


def test_repeated_words_count_once_where_n_grams_overlap():
    figures = quality_figures([" ".join(["ab"] * 15), " ".join(["ab"] * 4)])
    assert figures["gopher_repeated_5_grams"].tolist() == [10 / 15, 0]
    assert figures["gopher_top_2_gram"].tolist() == [1, 1]


def test_a_chinese_n_gram_is_as_long_as_n_words():
    eight, seven = "春眠不觉晓处处闻", "春眠不觉晓处处"
    figures = quality_figures([f"{eight}甲{eight}乙丙丁", f"{seven}甲{seven}乙丙丁戊己"], "zh")
    assert figures["gopher_repeated_5_grams"].tolist() == [8 / 20, 0], "8 characters are 5 words"
    assert figures["gopher_top_4_gram"].tolist() == [12 / 20, 12 / 20], "6 characters are 4 words"


def test_chinese_sentences_and_phrases():
    figures = quality_figures(
        ["“他走了。”她小声地说。真的吗？！", "详见隐私政策的最后一条。", "详见服务条款的最后一条。"], "zh"
    )
    assert figures["c4_sentences"].tolist() == [3, 0, 0]
    assert figures["c4_policy"].tolist() == [0, 1, 1]
    assert figures["gopher_stop_words"].tolist() == [2, 2, 2]


anything = st.text(st.sampled_from("ab 的了。，\n\t.#…•{1x"), max_size=200) | st.text(max_size=60)


@settings(deadline=None)
@given(st.lists(anything, max_size=4), st.sampled_from(["en", "zh"]))
def test_a_text_is_judged_alone_and_shares_are_shares(texts, tongue):
    figures = quality_figures([*texts, None, float("nan"), ""], tongue)
    shares = [name for name in figures if "gram" in name or "line" in name or "paragraph" in name]
    assert figures[shares].ge(0).all(axis=None) and figures[shares].drop(columns="fineweb_newlines").le(
        1
    ).all(axis=None)
    together = quality_rules(texts, tongue)
    for i, text in enumerate(texts):
        assert quality_rules([text], tongue).loc[0].equals(together.loc[i].rename(0))
    assert quality_rules([None, ""], tongue)["gopher_few_words"].all()


def test_english_rules_remove_good_chinese_and_the_chinese_variant_keeps_it():
    for seed in (0, 1):
        texts = chinese_texts(seed)
        assert texts["text"].nunique() >= 90
        english, chinese = (quality_rules(texts["text"], tongue).any(axis=1) for tongue in ("en", "zh"))
        good = texts["good"]
        assert english[good].mean() >= 0.9
        assert chinese[good].mean() <= 0.05
        assert chinese[~good].mean() >= 0.9
        assert not chinese[texts["kind"] == "no sense"].any(), "rules of form cannot see meaning"


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("menu", "fineweb_short_lines"),
        ("keywords", "gopher_stop_words"),
        ("slogan by line", "gopher_repeated_lines"),
        ("slogan in line", "gopher_repeated_8_grams"),
        ("phrase over and over", "gopher_top_4_gram"),
        ("wrong encoding", "c4_line_ends"),
        ("table", "gopher_letters"),
        ("English", "gopher_letters"),
        ("teasers", "gopher_ellipsis_lines"),
        ("script", "c4_curly_bracket"),
        ("policy", "c4_policy"),
        ("too short", "gopher_few_words"),
        ("hashtags", "gopher_symbols"),
        ("bullets", "gopher_bullet_lines"),
        ("no marks", "gopher_long_words"),
    ],
)
def test_each_kind_of_bad_chinese_falls_to_the_rule_made_for_it(kind, rule):
    texts = chinese_texts()
    found = quality_rules(texts["text"], "zh")[rule]
    assert found[texts["kind"] == kind].all()
    assert not found[texts["good"]].any()


def test_another_language_is_refused_in_one_sentence():
    with pytest.raises(PlaybookError, match=r"^quality_rules: [^\n]+\.$"):
        quality_rules(["le chat"], "fr")


def test_time_grows_with_the_text_not_with_its_square():
    for unit in (".", "'", " ", "\n", "a", "。", "！”", "的", "# ", "\n \n", "a.\n"):
        start = time.process_time()
        for tongue in ("en", "zh"):
            quality_figures([unit * 100_000 + "x"], tongue)
        assert time.process_time() - start < 10, unit


SENTENCES = {
    "en": "The committee will meet on Thursday to decide what becomes of the old library.",
    "de": "Der Ausschuss entscheidet am Donnerstag, was aus der alten Bibliothek werden soll.",
    "fr": "Le comité décidera jeudi de ce que deviendra la vieille bibliothèque de la ville.",
    "es": "El comité decidirá el jueves qué será de la vieja biblioteca de la ciudad.",
    "ru": "Комитет решит в четверг, что станет со старой городской библиотекой.",
    "zh": "委员会将在星期四决定旧图书馆的去留。",
    "ja": "委員会は木曜日に古い図書館をどうするかを決めます。",
    "ko": "위원회는 목요일에 오래된 도서관을 어떻게 할지 결정한다.",
}


def test_languages_are_told_and_short_texts_are_not():
    texts = pd.Series(
        [*SENTENCES.values(), "The cat sat.", "", None, "12 34 56 78 90 12 34 56 78"], dtype=object
    )
    texts.index = range(100, 100 + len(texts))
    found = language(texts)
    assert found.tolist() == [*SENTENCES, None, None, None, None]
    assert found.index.tolist() == texts.index.tolist()
    assert language([]).tolist() == []
    assert language([SENTENCES["en"] * 10 + SENTENCES["zh"] * 100]).tolist() == ["en"]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("l’Ã©tÃ© â€” dÃ©jÃ\xa0", "l’été — déjà"),
        ("cafe\u0301", "café"),
        ("one \t\r\ntwo\u2028three\r\n\r\n", "one\ntwo\nthree"),
        ("数据“清洗”，去掉ＡＢＣ。", "数据“清洗”，去掉ＡＢＣ。"),
        ("ﬁve &lt;b&gt; “q”", "ﬁve &lt;b&gt; “q”"),
        ("\ufeffa\x00b\x1b[31mc", "abc"),
        ("数据".encode().decode("latin-1"), "数据"),
        ("    indented\n  code", "    indented\n  code"),
    ],
)
def test_texts_are_written_in_one_way(broken, whole):
    assert normalise(broken) == whole


mojibake = st.text(max_size=40).map(lambda t: t.encode("utf-8", "replace").decode("latin-1"))


@settings(max_examples=300, deadline=None)
@example("\x9c\x99\xa0")  # what is left when the trailing space goes is mojibake again
@given(st.text(max_size=40) | mojibake | st.text(st.sampled_from("Ã©â€œ” \r\n\xa0é\u0301a&"), max_size=20))
def test_normalising_twice_is_normalising_once(text):
    once = normalise(text)
    assert normalise(once) == once
    assert not any(line != line.rstrip() for line in once.split("\n")) and "\r" not in once
