"""The tables of the course are read as they were published."""

import io
import tarfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.inputs import tables
from playbook.inputs.tables import MORTGAGE_COLUMNS, MORTGAGE_UNKNOWN, crowd_ratings, mortgages

ROWS = {"tweets": 4200, "amazon": 3708, "movies": 10605, "nyt": 5190}
RATERS = {"tweets": (20, 99), "amazon": (20, 20), "movies": (15, 29), "nyt": (20, 20)}
OTHER_MEAN = {"tweets": 199, "amazon": 0, "movies": 0, "nyt": 0}


@pytest.mark.parametrize("name", ROWS)
def test_crowd_ratings_are_whole(name):
    frame = crowd_ratings(name)
    assert list(frame.columns) == ["id", "text", "ratings", "published"]
    assert len(frame) == frame.attrs["rows"] == ROWS[name]
    assert frame["id"].is_unique
    assert not frame.isna().any().any()
    assert frame["text"].str.strip().ne("").all()
    counts = frame["ratings"].map(len)
    assert (counts.min(), counts.max()) == RATERS[name]
    scores = np.concatenate(frame["ratings"].to_list())
    assert set(scores) == set(range(-4, 5))


@pytest.mark.parametrize("name", ROWS)
def test_ratings_stand_beside_their_own_text(name):
    """The published mean stands in the file of the texts: it is that of the ratings, but for 199 tweets."""
    frame = crowd_ratings(name)
    differs = (frame["ratings"].map(np.mean) - frame["published"]).abs() > 1e-4
    assert differs.sum() == OTHER_MEAN[name]


def test_the_licence_says_that_nobody_vouches_for_the_texts():
    assert crowd_ratings("nyt").attrs["licence"] == "MIT (package), NOASSERTION (content)"


def test_other_names():
    with pytest.raises(PlaybookError, match="'reddit': choose one of tweets, amazon, movies, nyt"):
        crowd_ratings("reddit")


@given(st.lists(st.integers(-4, 4), min_size=1))
def test_a_printed_list_is_read_back(ratings):
    assert tables._numbers(str(ratings)) == ratings


@pytest.mark.parametrize("text", ["", "[]", "[1, 2", "[1.5]", "[__import__('os')]", "[1, ]", "1, 2"])
def test_what_is_no_list_of_ratings_is_refused(text):
    with pytest.raises(PlaybookError, match="is no list of ratings"):
        tables._numbers(text)


def test_a_line_with_too_few_fields_is_named():
    content = b"1\t0.5\n"
    member = tarfile.TarInfo("hutto_ICWSM_2014/a.txt")
    member.size = len(content)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(member, io.BytesIO(content))
    with (
        tarfile.open(fileobj=io.BytesIO(packed.getvalue())) as archive,
        pytest.raises(PlaybookError, match=r"a\.txt: 1 has 2 fields, not 3"),
    ):
        list(tables._records(archive, "a.txt", 3))


def test_mortgages_are_whole():
    frame = mortgages()
    assert frame.shape == (1989, 59)
    assert frame.attrs["rows"] == 1989
    assert set(frame.dtypes.map(str)) == {"int64", "float64"}
    assert set(frame["approve"]) == {0, 1}
    assert (frame["approve"] == 1 - frame["reject"]).all()
    assert (frame["white"] + frame["black"] + frame["hispan"] == 1).all()


def test_the_columns_that_are_explained_exist():
    frame = mortgages()
    assert set(MORTGAGE_COLUMNS) <= set(frame.columns)
    yes_or_no = [name for name, meaning in MORTGAGE_COLUMNS.items() if meaning.startswith("1 if")]
    assert all(set(frame[name].dropna()) == {0, 1} for name in yes_or_no)


def test_numbers_that_mean_unknown_are_missing():
    frame = mortgages()
    unknown = frame[list(MORTGAGE_UNKNOWN)].isna().sum().to_dict()
    assert unknown == {"appinc": 21, "gdlin": 2, "review": 223, "lines": 1, "term": 4, "liq": 9}
    assert frame["term"].max() == 480
    # the reason for taking 666 as unknown: yearly income stands beside twelve times the monthly one
    yearly = (frame["atotinc"] + frame["cototinc"]) * 12 / 1000
    assert yearly[frame["appinc"].isna()].max() < 666


def test_the_regression_of_the_textbook_exercise():
    """Approval on white, alone and with controls: Wooldridge, chapter 7, the computer exercise on LOANAPP."""
    frame = mortgages()

    def white(controls):
        rows = frame[["approve", "white", *controls]].dropna().astype(float)
        design = np.column_stack([np.ones(len(rows)), rows.drop(columns="approve")])
        return len(rows), *np.linalg.lstsq(design, rows["approve"], rcond=None)[0][:2].round(3)

    assert white([]) == (1989, 0.708, 0.201)
    names = "hrat obrat loanprc unem male married dep sch cosign chist pubrec mortlat1 mortlat2 vr"
    rows, _, effect = white(names.split())
    assert (rows, effect) == (1971, 0.129)
