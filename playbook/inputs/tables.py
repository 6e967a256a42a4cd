"""The tables of the course: what crowds thought of short texts, what became of mortgage applications."""

import io
import re
import tarfile
from collections.abc import Iterator

import pandas as pd

from playbook.errors import PlaybookError
from playbook.inputs.cache import path
from playbook.inputs.catalogue import source

_CROWDS = {
    "tweets": "tweets",
    "amazon": "amazonReviewSnippets",
    "movies": "movieReviewSnippets",
    "nyt": "nytEditorialSnippets",
}
_RATINGS = re.compile(r"\[-?\d+(?:, -?\d+)*\]")

# What a lender knows before deciding, what became of it, and what the law says must not count.
MORTGAGE_COLUMNS = {
    "approve": "1 if the loan was approved, 0 if not: what a model is to predict",
    "loanprc": "loan as a share of the purchase price (0.8 = 80 %)",
    "hrat": "housing expense, % of total income",
    "obrat": "all debt payments, % of total income",
    "appinc": "applicant's yearly income, thousands of US dollars",
    "loanamt": "amount of the loan, thousands of US dollars",
    "netw": "net worth, thousands of US dollars; negative for more debts than belongings",
    "unem": "unemployment rate in the applicant's industry, %",
    "chist": "1 if no account is 60 days or more behind",
    "pubrec": "1 if there is a bankruptcy on file",
    "mortlat1": "1 if one or two mortgage payments were late",
    "mortlat2": "1 if more than two mortgage payments were late",
    "gdlin": "1 if the credit history meets the lender's guidelines",
    "cosign": "1 if somebody signs with the applicant",
    "unver": "1 if something in the application could not be verified",
    "sch": "1 if the applicant went to school for more than 12 years",
    "dep": "people who depend on the applicant",
    "self": "1 if self-employed",
    "married": "1 if married (a protected ground: must not count)",
    "male": "1 if male (a protected ground: must not count)",
    "black": "1 if the applicant is Black (a protected ground: must not count)",
    "hispan": "1 if the applicant is Hispanic (a protected ground: must not count)",
    "white": "1 if the applicant is white (a protected ground: must not count)",
}

# Numbers that stand for "not known". The description does not say so; the data do: an income of exactly 666
# stands beside monthly incomes that add up to 45 to 104 thousand; the longest term but these is 480.
MORTGAGE_UNKNOWN = {
    "appinc": 666,
    "gdlin": 666,
    "review": 999,
    "lines": 999_999.375,
    "term": 999_999.375,
    "liq": 1_000_000,
}


def crowd_ratings(name: str = "tweets") -> pd.DataFrame:
    """Read short texts and what 15 to 99 people each thought of them: -4 (extremely negative) to 4.

    `name` is tweets, amazon, movies or nyt. One row a text: `id`, `text`, `ratings` (list of float; a place
    in the list is not a person), `published` (the mean that the authors published, which for 199 tweets is
    not the mean of the ratings). Source: Hutto and Gilbert, VADER (ICWSM 2014). Raises PlaybookError for any
    other name.

    >>> tweets = crowd_ratings("tweets")
    >>> len(tweets), min(map(len, tweets["ratings"])), max(map(len, tweets["ratings"]))
    (4200, 20, 99)
    """
    if name not in _CROWDS:
        raise PlaybookError(f"There are no crowd ratings {name!r}: choose one of {', '.join(_CROWDS)}.")
    with tarfile.open(path("crowd_ratings")) as archive:
        texts = dict(_records(archive, f"{_CROWDS[name]}_GroundTruth.txt", 3))
        ratings = dict(_records(archive, f"{_CROWDS[name]}_anonDataRatings.txt", 4))
    # the texts' order: the files list the same ids, but not always in the same order
    frame = pd.DataFrame(
        {
            "id": list(texts),
            "text": [text for _, text in texts.values()],
            "ratings": [_numbers(ratings[identity][-1]) for identity in texts],
            "published": [float(mean) for mean, _ in texts.values()],
        }
    )
    frame.attrs = _attributes("crowd_ratings", len(frame)) | {"name": f"crowd_ratings/{name}"}
    return frame


def mortgages() -> pd.DataFrame:
    """Read 1,989 mortgage applications in Boston in 1990, one a row, 59 columns as the textbook names them.

    Columns are int, or float where something is measured or missing; what is not known is NaN, also where
    the file writes a number for it (`MORTGAGE_UNKNOWN`). `MORTGAGE_COLUMNS` says what the useful ones mean.
    Source: Hunter and Walker (1996), through J.M. Wooldridge's textbook, data set loanapp.

    >>> frame = mortgages()
    >>> frame.shape, int(frame["approve"].sum())
    ((1989, 59), 1745)
    """
    frame = pd.read_csv(path("mortgages"), compression="bz2")
    for column, unknown in MORTGAGE_UNKNOWN.items():
        frame[column] = frame[column].mask(frame[column] == unknown)
    frame.attrs = _attributes("mortgages", len(frame))
    return frame


def _records(archive: tarfile.TarFile, name: str, fields: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the id and the other fields of each line of a tab-separated file in the archive."""
    member = archive.extractfile(f"hutto_ICWSM_2014/{name}")
    if member is None:
        raise PlaybookError(f"{name} is not in the archive of crowd_ratings: run `playbook fetch`.")
    for line in io.TextIOWrapper(member, encoding="utf-8-sig"):
        identity, *rest = line.rstrip("\r\n").split("\t")
        if len(rest) != fields - 1:
            raise PlaybookError(
                f"{name}: {identity} has {len(rest) + 1} fields, not {fields}; run `playbook fetch`."
            )
        yield identity, rest


def _numbers(text: str) -> list[float]:
    """Read a list of whole numbers that Python printed, without running it as Python.

    >>> _numbers("[0, -1, 4]")
    [0.0, -1.0, 4.0]
    """
    if not _RATINGS.fullmatch(text):
        raise PlaybookError(f"{text[:40]!r} is no list of ratings: run `playbook fetch`.")
    return [float(number) for number in text[1:-1].split(",")]


def _attributes(name: str, rows: int) -> dict[str, str | int]:
    entry = source(name)
    return {"name": name, "sha256": entry.sha256, "rows": rows, "licence": entry.licences}
