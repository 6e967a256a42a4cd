"""What a chapter declares is read as it was written, and nothing else passes."""

import keyword
import math
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from playbook.course import notebooks as books
from playbook.course.declaration import Parameter, parse, table, unknown_name
from playbook.errors import PlaybookError

names = st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name) and name != "source"
)
words = st.text("abcdefghij 中文'\"#=:", max_size=30).map(str.strip)
helps = words.filter(lambda text: not text.startswith(("[", "{")))


@st.composite
def declared(draw):
    name, text = draw(names), draw(helps)
    kind = draw(st.sampled_from(["int", "float", "str", "bool", "choice"]))
    if kind == "bool":
        return Parameter(name, "bool", draw(st.booleans()), text), ""
    if kind == "str":
        return Parameter(name, "str", draw(words), text), ""
    if kind == "choice":
        choices = tuple(draw(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, unique=True)))
        return Parameter(name, "str", choices[-1], text, choices=choices), "{" + ", ".join(choices) + "} "
    number = st.integers(-1000, 1000) if kind == "int" else st.floats(-1e6, 1e6)
    low, default, high = sorted(draw(st.tuples(number, number, number)))
    return Parameter(name, kind, default, text, float(low), float(high)), f"[{low}, {high}] "


def source_of(parameter: Parameter, limits: str) -> str:
    return f"{parameter.name}: {parameter.type} = {parameter.default!r}  # {limits}{parameter.help}"


@given(st.lists(declared(), min_size=1, max_size=5))
def test_a_declaration_is_read_as_written(pairs):
    source = "\n".join(source_of(*pair) for pair in pairs)
    assert parse(source) == [parameter for parameter, _ in pairs]


@given(declared())
def test_the_default_passes_its_own_check_as_value_and_as_text(pair):
    parameter, _ = pair
    assert parameter.check(parameter.default) == parameter.default
    assert parameter.read(str(parameter.default)) == parameter.default


@given(declared(), st.integers(1, 10**9))
def test_a_number_outside_the_range_is_refused(pair, beyond):
    parameter, _ = pair
    assume(parameter.low is not None)
    kind = int if parameter.type == "int" else float
    for outside in (kind(parameter.low) - beyond, kind(parameter.high) + beyond):
        with pytest.raises(PlaybookError, match=f"parameter {parameter.name} "):
            parameter.read(str(outside))


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        (Parameter("n", "int", 1), "abc"),
        (Parameter("n", "int", 1), "1.5"),
        (Parameter("x", "float", 1.0), "nan"),
        (Parameter("x", "float", 1.0), "inf"),
        (Parameter("b", "bool", True), "maybe"),
        (Parameter("c", "str", "a", choices=("a", "b")), "c"),
    ],
)
def test_a_text_of_another_type_is_refused(parameter, text):
    with pytest.raises(PlaybookError, match=f"parameter {parameter.name} is '?{text}"):
        parameter.read(text)


def test_types_are_not_mixed_up():
    for parameter, value in [(Parameter("n", "int", 1), True), (Parameter("s", "str", ""), 3)]:
        with pytest.raises(PlaybookError):
            parameter.check(value)
    assert math.copysign(1, Parameter("x", "float", 0.0).check(2)) == 1.0


@pytest.mark.parametrize(
    "source", ["x = 1", "import os", "x: int = 1\nx += 1", "", "# only words", "x: int ="]
)
def test_any_other_cell_is_no_declaration(source):
    assert parse(source) is None


@pytest.mark.parametrize(
    "source",
    [
        "x: list = []",
        "x: int",
        "x: int = f()",
        "x: int = 5  # [6, 9]",
        "x: str = 'c'  # {a, b}",
        "x: int = 'a'",
    ],
)
def test_a_declaration_that_cannot_hold_is_refused(source):
    with pytest.raises(PlaybookError, match="parameter x"):
        parse(source)


@given(st.from_regex(r"[a-z_]{1,12}", fullmatch=True))
def test_an_unknown_name_is_always_refused_and_near_names_offered(tmp_path_factory, name):
    known = ["profile", "rows", "rate", "source"]
    assume(name not in known)
    with pytest.raises(PlaybookError, match=f"no parameter '{name}'"):
        books.settle({name: "1"}, {"data": a_notebook(tmp_path_factory)})
    assert "did you mean rows?" in unknown_name("row", known)


def a_notebook(tmp_path_factory, made: list[Path] = []) -> Path:  # noqa: B006 - made once
    if not made:
        import nbformat

        source = 'profile: str = "quick"\nrows: int = 1\nrate: float = 0.5\nsource: str = ""'
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
        made.append(tmp_path_factory.mktemp("shelf") / "01_data.ipynb")
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), made[0])
    return made[0]


def test_source_names_a_file_that_has_something_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = Parameter("source", "str", "docstrings")
    (tmp_path / "my.csv").write_text("text\nhello\n")
    (tmp_path / "empty.csv").write_text("")
    assert source.read("docstrings") == "docstrings"
    assert source.read("my.csv") == str(tmp_path / "my.csv")
    for name, fault in [("none.csv", "not a file"), ("empty.csv", "is empty"), (".", "not a file")]:
        with pytest.raises(PlaybookError, match=fault):
            source.read(name)


@given(st.lists(st.tuples(st.text("ab 中", max_size=6), st.text("ab", max_size=6)), min_size=1, max_size=4))
def test_a_table_has_a_line_a_row(rows):
    assert len(table(rows).split("\n")) == len(rows)
