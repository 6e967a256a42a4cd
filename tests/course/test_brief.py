"""The brief: one page that says everything, escapes everything, and needs nothing from outside."""

import json
import re
from html.parser import HTMLParser

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.course.brief import brief, read_card, write_brief, write_page
from playbook.course.record import show_number

ENVIRONMENT = {"python": "3.11.7", "lock_sha256": "ab" * 32, "cpu": "a <fast> one"}
HOSTILE = "<script>alert('x')</script>\"'&{{ 7 * 7 }}"


def figure(key, value, **more):
    return dict.fromkeys(["unit", "textbook", "measured", "gate", "passed"]) | {
        "key": key, "value": value, "cell": "count"
    } | more  # fmt: skip


def card(chapter, *figures, decision="go", text="Go on.", **parameters):
    return {
        "chapter": chapter,
        "lang": "en",
        "profile": "quick",
        "parameters": {"profile": "quick"} | parameters,
        "seconds": 12.5,
        "figures": list(figures),
        "inputs": [{"name": "notes", "sha256": "cd" * 32, "rows": 3, "licence": "MIT"}],
        "decision": {"decision": decision, "text": text, "failed": []},
        "environment": ENVIRONMENT,
        "finished": "2026-11-23 15:09:45+00:00",
    }


class Page(HTMLParser):
    """What of a page a reader sees, and which addresses it names."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.seen = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "data")]

    def handle_data(self, data):
        if self.tags[-1:] != ["style"]:
            self.seen.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.seen))


def test_it_says_what_was_decided_and_what_is_missing():
    failed = figure("data.cleaning.recall", 0.9, gate=">= 0.95", passed=False, textbook=0.1)
    cards = {
        "data": card("data", failed, decision="repair", text="Mend the corpus."),
        "cost": card("cost", figure("cost.cloud.price", 1480, unit="USD", gate="<= 1500", passed=True)),
    }
    page = Page(brief(cards, "playbook run --out here"))
    for said in (
        "1 of 4 chapters say go; 1 of 2 gates passed.",
        "Repair first",
        "Mend the corpus.",
        "FAILED",
    ):
        assert said in page.text
    for said in (
        "playbook run security",
        "playbook run interpretability",
        "playbook run --out here",
        "1,480",
    ):
        assert said in page.text
    assert "data.html#cell-id=count" in page.addresses and "cost.html" in page.addresses
    assert "MIT" in page.text and "2026-11-23" in page.text


def test_hostile_values_stay_words():
    bad = figure("data.cleaning.rows", HOSTILE, unit=HOSTILE, textbook=HOSTILE, measured=HOSTILE)
    cards = {"data": card("data", bad, text=HOSTILE, rows=HOSTILE)}
    cards["data"]["inputs"][0]["licence"] = HOSTILE
    page = Page(brief(cards, HOSTILE))
    assert "script" not in page.tags and page.seen.count(HOSTILE) >= 5


@settings(max_examples=25)
@given(st.lists(st.one_of(st.integers(), st.floats(-1e9, 1e9), st.text("<>&a", min_size=1)), min_size=1))
def test_every_figure_is_in_it(values):
    figures = [figure(f"data.cleaning.figure_{i}", value) for i, value in enumerate(values)]
    page = Page(brief({"data": card("data", *figures)}, "playbook run"))
    assert all(show_number(value).strip() in [seen.strip() for seen in page.seen] for value in values)


def test_it_needs_nothing_from_outside_and_hides_where_files_lie():
    cards = {"data": card("data", figure("data.cleaning.rows", 3), source="/srv/someone/secret/my.csv")}
    text = brief(cards, "playbook run")
    page = Page(text)
    assert not [tag for tag in page.tags if tag in ("script", "link", "img", "iframe")]
    assert not [address for address in page.addresses if ":" in address or address.startswith("/")]
    assert "url(" not in text and "@import" not in text and "default-src 'none'" in text
    assert "my.csv" in page.text and "/srv" not in text


def test_without_any_chapter_it_says_so():
    assert "0 of 4 chapters say go" in Page(brief({}, "playbook run")).text


def test_it_speaks_chinese(monkeypatch):
    monkeypatch.setenv("PLAYBOOK_LANG", "zh")
    page = Page(brief({"cost": card("cost", figure("cost.cloud.price", 3))}, "playbook run"))
    assert "如何降低训练成本？" in page.text and "playbook run data" in page.text


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"chapter": "data"}', "\x00\xff"])
def test_a_scorecard_that_cannot_be_read_is_set_aside(tmp_path, content):
    (tmp_path / "data.scorecard.json").write_text(content, "latin-1")
    assert read_card(tmp_path, "data") is None
    write_brief(tmp_path, "playbook run")
    assert (tmp_path / "data.scorecard.unreadable").exists()
    assert json.loads((tmp_path / "scorecard.json").read_text())["chapters"] == []


def test_a_page_shows_the_chapter_and_needs_nothing_from_outside(tmp_path):
    markdown = nbformat.v4.new_markdown_cell("# Data\n\n| a | b |\n|---|---|\n| 1 | 2 |", id="title")
    picture = {"image/png": "iVBORw0KGgo=", "text/plain": "A line."}
    shown = nbformat.v4.new_output(
        "display_data", picture, metadata={"image/png": {"alt": "A <line> that rises."}}
    )
    code = nbformat.v4.new_code_cell("x = 1", id="count", outputs=[shown], execution_count=1)
    write_page(nbformat.v4.new_notebook(cells=[markdown, code]), "data", "en", tmp_path / "data.html")
    text = (tmp_path / "data.html").read_text("utf-8")
    page = Page(text)
    assert {"h1", "td", "img"} <= set(page.tags) and "script" not in page.tags
    assert 'alt="A &lt;line&gt; that rises."' in text and 'id="cell-id=count"' in text
    assert [a for a in page.addresses if not a.startswith(("data:", "#"))] == ["brief.html"]
