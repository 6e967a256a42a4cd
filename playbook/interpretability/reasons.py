"""Reasons that a letter of refusal can print: specific, true of the applicant, and at most four."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import read_toml
from playbook.interpretability.explanation import principal_reasons
from playbook.interpretability.simplification import train_scorecard

MOST = 4  # commentary 9(b)(2)-1 on 12 CFR 1002.9: more are not likely to help the applicant

_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
_Texts = Annotated[dict[Literal["en", "zh"], _Sentence], Field(min_length=2)]
_GENERIC = {
    "en": "{name}: {side} than among the applicants compared with.",
    "zh": "{name}：{side}用于比较的申请人。",
}
_SIDES = {"high": {"en": "higher", "zh": "高于"}, "low": {"en": "lower", "zh": "低于"}}


class Text(BaseModel):
    """What a letter says of one feature, and of which side of it the sentence is true."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    speaks_of: Literal["high", "low"]
    name: _Texts
    text: _Texts
    codes: dict[int, _Texts] = {}


@dataclass(frozen=True)
class Reason:
    """A reason as printed; `contradicts`: the feature's own sentence would be false of this applicant."""

    feature: str
    sentence: str
    contradicts: bool


@cache
def texts(file: Path = ROOT / "data" / "reasons.toml") -> dict[str, Text]:
    """Read the sentences by feature; PlaybookError names the first entry that is wrong.

    >>> texts()["unver"].text["en"]
    'Something in the application could not be verified.'
    """
    raw = read_toml(file)
    try:
        return TypeAdapter(dict[str, Text]).validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise PlaybookError(f"{file}: {where}: {first['msg']}: mend this entry.") from None


def reason(
    feature: str, value: float, compared: float, lang: Literal["en", "zh"] = "en", known: bool = True
) -> Reason:
    """Put one feature into words: its own sentence where that is true of `value`, else its name and side.

    value: the applicant's; compared: the mean of those compared with, in the same unit. `known` is False for
    a table other than the mortgages, whose columns have sentences nowhere.

    >>> reason("obrat", 48, 33).sentence
    'All debt payments together are high for the income.'
    >>> reason("hrat", 18, 25).sentence
    'housing costs beside income: lower than among the applicants compared with.'
    >>> reason("rent", 900, 700, known=False).sentence
    'rent: higher than among the applicants compared with.'
    """
    text = texts().get(feature) if known else None
    side = "high" if value > compared else "low"
    if text and text.speaks_of == side:
        chosen = text.codes.get(int(value), text.text) if value == int(value) else text.text
        return Reason(feature, chosen[lang], contradicts=False)
    name = text.name[lang] if text else feature
    said = _GENERIC[lang].format(name=name, side=_SIDES[side][lang])
    return Reason(feature, said, contradicts=text is not None)


def letters(
    attributions: ArrayLike,
    rows: pd.DataFrame,
    compared: pd.DataFrame,
    lang: Literal["en", "zh"] = "en",
    known: bool = True,
) -> list[list[Reason]]:
    """Write the reasons of each refused applicant, the strongest first, at most `MOST`.

    attributions: (n, d), what each feature adds to the score of `rows` (n, d) beside `compared` (m, d). Only
    what lowers the score becomes a reason, and only columns of `rows`, which protected ones are not.

    >>> rows, others = (pd.DataFrame({"obrat": [obrat], "hrat": [20]}) for obrat in (48, 33))
    >>> [reason.feature for reason in letters([[-0.1, -0.9]], rows, others)[0]]
    ['hrat', 'obrat']
    """
    names, means = list(rows), compared.mean()
    chosen = principal_reasons(attributions, names, MOST)
    return [
        [reason(name, float(row[name]), float(means[name]), lang, known) for name in four]
        for (_, row), four in zip(rows.iterrows(), chosen, strict=True)
    ]


def just_above(rows: pd.DataFrame, scores: ArrayLike, cut: float, count: int = 100) -> pd.DataFrame:
    """Give the `count` rows that passed by the least: with them comment 9(b)(2)-5 compares a refusal first.

    rows: (n, d); scores: (n,), a row passes at `cut` and above.

    >>> just_above(pd.DataFrame({"a": [1, 2, 3, 4]}), [4.0, 1.0, 2.0, 3.0], 2.0, count=2)["a"].tolist()
    [3, 4]
    """
    scores = np.asarray(scores, dtype=float)
    passed = np.flatnonzero(scores >= cut)
    return rows.iloc[passed[np.argsort(scores[passed], kind="stable")[:count]]]


def contradicted(weights: ArrayLike, names: Sequence[str]) -> list[str]:
    """Name the features whose weight (d,) counts against applicants of whom the sentence would be false.

    >>> contradicted([0.1, -0.5, -0.2], ["hrat", "obrat", "chist"])
    ['hrat', 'chist']
    """
    signs = {"high": -1, "low": 1}
    pairs = zip(names, np.asarray(weights, dtype=float), strict=True)
    return [n for n, w in pairs if n in texts() and w * signs[texts()[n].speaks_of] < 0]


def truthful(x: pd.DataFrame, y: ArrayLike, known: bool = True) -> list[str]:
    """Name the features that a scorecard can keep so that every reason it gives is a true sentence.

    Features whose weight has the wrong sign, as twins of other features often have, are left out until none
    is. x: (n, d), y: (n,) of 0 and 1. Of a table without sentences (`known` False) all stay.
    """
    kept = list(x)
    while known and (wrong := contradicted(train_scorecard(x[kept], y)[-1].coef_[0], kept)):
        kept = [name for name in kept if name not in wrong]
    return kept
