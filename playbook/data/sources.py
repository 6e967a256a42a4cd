"""The register of sources: the licence of each, what may be done with it, and whether enough was checked."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from playbook.data.law import Decision, decide, families, policy
from playbook.data.licences import licence_of, spdx
from playbook.data.papers import attribution, croissant, training_summary
from playbook.errors import PlaybookError

__all__ = [
    "Decision",
    "attribution",
    "croissant",
    "decide",
    "decisions",
    "families",
    "keyword_shares",
    "licence_of",
    "register",
    "sample_checks",
    "spdx",
    "training_summary",
]
_COLUMNS = ("source", "documents", "characters", "written", "spdx", "personal_data", "opt_out", "acquired")
_CHINESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")  # and Japanese: no spaces
_WORD = re.compile("[^\\W\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]+")


def register(
    frame: pd.DataFrame,
    text: str = "text",
    by: str = "package",
    licence: str = "licence",
    personal: Callable[[str], bool] | None = None,
) -> pd.DataFrame:
    """Make the register: a row for each source named in the column `by`.

    Columns: source, documents, characters, written (the licence in at most 60 characters), spdx,
    personal_data ("yes" where `personal` finds some in a text, "no" where it finds none, "unknown" without
    it), opt_out, acquired. The last two are "unknown" unless `frame` has columns of these names: they are for
    a person to fill in. Where `frame` has a column `spdx`, it counts; else the licence as written is read. A
    source whose documents do not all have the same licence is undecided.

    >>> frame = pd.DataFrame({"text": ["a", "bc"], "package": "demo", "licence": "MIT"})
    >>> register(frame)[["source", "documents", "characters", "spdx"]].values.tolist()
    [['demo', 2, 3, 'MIT']]
    """
    _check_columns(frame, text, by)
    rows = [
        {"source": name, **_entry(group, text, licence, personal)}
        for name, group in frame.groupby(_names(frame[by]), sort=True)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype=object).astype({"documents": int, "characters": int})


def decisions(sources: pd.DataFrame) -> pd.DataFrame:
    """Decide every source for every use of data/law.toml: source x use, each cell go, duty, ask or stop.

    >>> demo = {"source": "demo", "spdx": "MIT", "personal_data": "no"}
    >>> decisions(pd.DataFrame([demo])).loc["demo", ["train_closed", "redistribute"]].tolist()
    ['go', 'duty']
    """
    uses = list(policy().uses)
    rows = [[decide(row, use).verdict for use in uses] for row in sources.to_dict("records")]
    return pd.DataFrame(rows, index=pd.Index(sources["source"], name="source"), columns=uses)


def keyword_shares(
    frame: pd.DataFrame, text: str = "text", by: str = "package", keywords: Iterable[str] = ()
) -> dict[str, float]:
    """Give the share of documents of each source that hold any of `keywords`, in upper or lower case.

    Latin keywords are found as whole words or phrases, whatever stands between the words, Chinese ones
    anywhere. A hit is a document to look at, no proof: the shares can stand as `share_illegal` in the
    register until somebody has looked.

    >>> frame = pd.DataFrame({"text": ["Buy a GUN now", "begun", "非法枪支"], "package": ["a", "a", "b"]})
    >>> keyword_shares(frame, keywords=["gun", "枪支"])
    {'a': 0.5, 'b': 1.0}
    """
    _check_columns(frame, text, by)
    wanted = {" ".join(str(keyword).casefold().split()) for keyword in keywords} - {""}
    if not wanted:
        raise PlaybookError("The list of keywords is empty: give the words that mark a document as illegal.")
    found = _finder(wanted)
    hits = frame[text].map(lambda value: not pd.isna(value) and found(str(value).casefold()))
    return {str(name): float(share) for name, share in hits.groupby(_names(frame[by])).mean().items()}


def sample_checks(
    manual: tuple[int, int], automatic: tuple[int, int], documents: int, shares: Mapping[str, float]
) -> pd.DataFrame:
    """Run the sampling checks of TC260-003 and GB/T 45652-2025: check, wanted, found, passed.

    `manual` and `automatic` are (sampled, passed) counts of the review by people and by keywords or
    classifier; `shares` gives the share of illegal or unhealthy content a source.

    >>> sample_checks((4000, 3900), (2000, 1999), 15000, {"web": 0.01})["passed"].tolist()
    [True, True, True, True, True]
    """
    for name, (sampled, passed) in {"manual": manual, "automatic": automatic}.items():
        if not (0 <= passed <= sampled and 0 < sampled <= documents):
            raise PlaybookError(
                f"The {name} sample passed {passed} of {sampled} out of {documents} documents: give counts "
                "with 0 <= passed <= sampled <= documents."
            )
    if not shares or not all(0 <= share <= 1 for share in shares.values()):
        raise PlaybookError("shares needs a share from 0 to 1 for each source: keyword_shares counts them.")
    rows = [
        ("worst source, illegal or unhealthy", "<= 5 %", max(shares.values()), 0.05, False),
        ("sample read by people, items", ">= 4,000", manual[0], 4_000, True),
        ("of these passed", ">= 96 %", manual[1] / manual[0], 0.96, True),
        ("sample by keywords or classifier, share", ">= 10 %", automatic[0] / documents, 0.10, True),
        ("of these passed", ">= 98 %", automatic[1] / automatic[0], 0.98, True),
    ]
    table = [
        (check, wanted, found, found >= bound if least else found <= bound)
        for check, wanted, found, bound, least in rows
    ]
    return pd.DataFrame(table, columns=["check", "wanted", "found", "passed"])


def _check_columns(frame: pd.DataFrame, *columns: str) -> None:
    for column in columns:
        if column not in frame:
            raise PlaybookError(
                f"The table has no column {column!r}: name one of {', '.join(map(str, frame)) or 'none'}."
            )


def _names(column: pd.Series) -> pd.Series:
    return column.map(lambda value: "(no name)" if pd.isna(value) else str(value)).astype(object)


def _entry(
    group: pd.DataFrame, text: str, licence: str, personal: Callable[[str], bool] | None
) -> dict[str, Any]:
    texts = group[text].dropna().astype(str)
    written, expression = _licence(group, licence)
    return {
        "documents": len(group),
        "characters": int(texts.str.len().sum()),
        "written": written,
        "spdx": expression,
        "personal_data": "unknown" if personal is None else "yes" if any(map(personal, texts)) else "no",
        "opt_out": _one(group, "opt_out"),
        "acquired": _one(group, "acquired"),
    }


def _licence(group: pd.DataFrame, licence: str) -> tuple[str, str | None]:
    """Give the licence as written and as read; "several" and None where the documents differ."""
    empty = pd.Series(None, index=group.index, dtype=object)
    claims = pd.DataFrame({"written": group.get(licence, empty), "given": group.get("spdx", empty)})
    claims = claims.astype(object).where(claims.notna(), None).drop_duplicates()
    written = [" ".join(str(value or "").split())[:60] for value in claims["written"]]
    read = {spdx(given or value) for value, given in claims.itertuples(index=False)}
    if len(read) > 1 or (len(written) > 1 and read == {None}):
        return f"several: {'; '.join(value or 'nothing' for value in written)}"[:60], None
    return (written[0], read.pop()) if written else ("", None)


def _one(group: pd.DataFrame, column: str) -> str:
    """Give the one value of a column a person filled in; "yes" of some documents is "yes" of the source."""
    values = (
        set(group[column].astype(object).where(group[column].notna(), "unknown"))
        if column in group
        else set()
    )
    return "yes" if "yes" in values else str(values.pop()) if len(values) == 1 else "unknown"


def _finder(keywords: set[str]) -> Callable[[str], bool]:
    """Look for keywords by sets of words and of letters, so that ten thousand cost as much as ten."""
    words = {" ".join(_WORD.findall(key)) for key in keywords if not _CHINESE.search(key)} - {""}
    letters = {key for key in keywords if _CHINESE.search(key) or not _WORD.search(key)}
    first = {key[0] for key in letters}
    word_counts, letter_counts = {key.count(" ") + 1 for key in words}, {len(key) for key in letters}

    def found(text: str) -> bool:
        said = _WORD.findall(text)
        return any(
            not words.isdisjoint(" ".join(said[i : i + n]) for i in range(len(said) - n + 1))
            for n in word_counts
        ) or any(
            not letters.isdisjoint(text[i : i + n] for i in range(len(text) - n + 1))
            for n in (set() if first.isdisjoint(text) else letter_counts)
        )

    return found
