"""What applicants can change, and what cannot change: rules for the mortgages, or the reader's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError

Direction = Literal["up", "down", "either"]
Follow = Callable[[pd.Series, pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Rule:
    """How a person can change a feature: which way, and to which values if only some are possible."""

    direction: Direction
    values: tuple[float, ...] | None = None


# What an applicant can still change before applying again. The record of payments, a bankruptcy, the industry
# and the house itself stand: nobody changes the past, and another house is another application.
MORTGAGE_RULES = {
    "loanprc": Rule("down"),
    "hrat": Rule("down"),
    "obrat": Rule("down"),
    "atotinc": Rule("up"),
    "unver": Rule("down", (0.0,)),
}


def rules_of(text: str, x: pd.DataFrame, known: bool = False) -> dict[str, Rule]:
    """Read what applicants can change, as in "income up, debts down, term either"; x: the model's features.

    Without a text nothing can change, or what MORTGAGE_RULES says where the table is that of the mortgages
    (`known`). Raises PlaybookError for what is no such rule.

    >>> rules_of("income up", pd.DataFrame({"income": [1, 2], "age": [3, 4]}))
    {'income': Rule(direction='up', values=None)}
    """
    if known and not text:
        return dict(MORTGAGE_RULES)
    rules = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, direction = part.rpartition(" ")
        if name.strip() not in x or direction not in {"up", "down", "either"}:
            raise PlaybookError(
                f"{part!r} is not a number column of the model and up, down or either: write -p changeable "
                '"income up, debts down".'
            )
        rules[name.strip()] = Rule(direction)
    return rules


def mortgage_follow(before: pd.Series, after: pd.DataFrame) -> pd.DataFrame:
    """Let the ratios follow: more income lowers both, and cheaper housing lowers all debt payments.

    A ratio that was changed itself keeps its value, but all debts are never less than housing alone. That a
    smaller loan would also lower the housing costs is left out: the interest is not in the table.

    >>> before = pd.Series({"atotinc": 4000.0, "hrat": 30.0, "obrat": 40.0})
    >>> mortgage_follow(before, before.to_frame().T.assign(atotinc=5000.0)).values.tolist()
    [[5000.0, 24.0, 32.0]]
    """
    share = before["atotinc"] / after["atotinc"].where(after["atotinc"] > 0, 1) if before["atotinc"] else 1.0
    housing = after["hrat"].where(after["hrat"] != before["hrat"], before["hrat"] * share)
    others = max(before["obrat"] - before["hrat"], 0.0) * share
    debts = after["obrat"].where(after["obrat"] != before["obrat"], housing + others)
    return after.assign(hrat=housing, obrat=np.maximum(debts, housing))
