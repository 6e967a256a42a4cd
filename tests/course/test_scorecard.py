"""Every figure that is reported arrives in the scorecard as it was, with the cell it came from."""

import json
import operator
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.course import notebooks as books
from playbook.course import record, scorecard
from playbook.course.record import DECISION, FIGURE, INPUT, Figure, passes, show_number
from playbook.errors import PlaybookError

values = st.one_of(
    st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.text()
)
keys = st.from_regex(r"data\.[a-z]{1,6}\.[a-z0-9_]{1,9}", fullmatch=True)


@pytest.fixture
def shown(monkeypatch):
    """What `report` and the others show: pairs of MIME type and content."""
    scorecard.start("data", {})
    outputs = []
    monkeypatch.setattr(
        scorecard, "publish", lambda text, kind, content: outputs.append((text, kind, content))
    )
    return outputs


@given(st.dictionaries(keys, st.tuples(values, values, st.text(), st.booleans()), min_size=1))
def test_the_scorecard_conserves_every_figure(reports):
    figures = [
        Figure(k, v, unit, textbook=t, gate=">= 1", passed=p) for k, (v, t, unit, p) in reports.items()
    ]
    cells = [
        {"id": f"cell-{i}", "outputs": [{"data": {"text/plain": "x", FIGURE: asdict(figure)}}]}
        for i, figure in enumerate(figures)
    ]
    read = books.reported(json.loads(json.dumps(cells)))["figures"]
    assert read == [asdict(figure) | {"cell": f"cell-{i}"} for i, figure in enumerate(figures)]


def test_inputs_and_decision_arrive(shown):
    frame = pd.DataFrame({"text": ["a"]})
    frame.attrs = {"name": "notes", "sha256": "ab" * 32, "rows": np.int64(1), "licence": "MIT"}
    scorecard.uses(frame)
    scorecard.report("data.cleaning.recall", np.float64(0.9), gate=">= 0.95", textbook=0.1, measured="most")
    scorecard.decide(go="Go.", repair="Mend.")
    read = books.reported([{"id": "a", "outputs": [{"data": {kind: content}} for _, kind, content in shown]}])
    assert [kind for _, kind, _ in shown] == [INPUT, FIGURE, DECISION]
    assert json.loads(json.dumps(read))["inputs"][0] == frame.attrs
    assert read["decision"] == {"decision": "repair", "text": "Mend.", "failed": ["data.cleaning.recall"]}
    assert read["figures"][0]["value"] == 0.9 and read["figures"][0]["passed"] is False


def test_a_figure_reported_again_replaces_the_first(shown):
    for value in (1, 60):
        scorecard.report("data.cleaning.rows", value, gate=">= 50")
    scorecard.decide(go="Go.", repair="Mend.")
    assert shown[-1][2]["decision"] == "go"


@given(st.floats(-1e9, 1e9), st.sampled_from([">=", "<=", ">", "<", "==", "!="]), st.floats(-1e9, 1e9))
def test_a_gate_is_what_it_says(value, sign, bound):
    meant = {"<": operator.lt, "<=": operator.le, ">": operator.gt}
    meant |= {">=": operator.ge, "==": operator.eq, "!=": operator.ne}
    assert passes(value, f"{sign} {bound!r}") is meant[sign](value, bound)


@pytest.mark.parametrize("gate", ["0.95", ">= x", "> 1 or True", "__import__('os')", ">= 1 2", "", "=> 1"])
def test_a_gate_is_never_evaluated(gate):
    with pytest.raises(PlaybookError, match="not an operator and a number"):
        passes(1, gate)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("rows", 1), "not of the form"),
        (("cost.cloud.price", 1), "does not belong to the chapter 'data'"),
        (("data.cleaning.rows", float("nan")), "finite"),
        (("data.cleaning.rows", np.inf), "finite"),
        (("data.cleaning.rows", [1]), "is a list"),
        (("data.cleaning.rows", None), "no value"),
    ],
)
def test_what_is_no_figure_is_refused(shown, arguments, fault):
    with pytest.raises(PlaybookError, match=fault):
        scorecard.report(*arguments)
    assert not shown and not record.current.figures


def test_a_text_has_no_gate(shown):
    with pytest.raises(PlaybookError, match="needs a number"):
        scorecard.report("data.cleaning.rows", "many", gate=">= 1")


def test_nothing_is_decided_or_shown_without_figures(shown):
    for call in (lambda: scorecard.scorecard("data"), lambda: scorecard.decide(go="", repair="")):
        with pytest.raises(PlaybookError, match="no figures yet"):
            call()
    scorecard.report("data.cleaning.rows", 1)
    with pytest.raises(PlaybookError, match="no figure has a gate"):
        scorecard.decide(go="", repair="")


def test_the_table_escapes_what_it_shows(shown):
    scorecard.report("data.cleaning.rows", "<script>" + "x" * 80, textbook="a & b")
    scorecard.scorecard("data")
    assert "<script>" not in shown[-1][2] and "&lt;script&gt;" + "x" * 80 in shown[-1][2]


def test_an_input_without_attributes_is_refused(shown):
    with pytest.raises(PlaybookError, match=r"no name, sha256, rows, licence"):
        scorecard.uses(pd.DataFrame())


@given(st.floats(-1e11, 1e11))
def test_a_number_is_shown_to_four_digits(value):
    assert float(show_number(value).replace(",", "")) == pytest.approx(value, rel=1e-3, abs=1e-300)


def test_words_follow_the_language(shown, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_LANG", "zh")
    scorecard.report("data.cleaning.rows", 1, "行", gate=">= 2")
    assert shown[0][0] == "rows: 1 行 (关口 >= 2 未通过)"
