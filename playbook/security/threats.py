"""A threat model whose figures are read from the scorecard, and what is to be reported when it came true."""

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from playbook.course.record import Figure, current, show_number
from playbook.inputs import ROOT

if TYPE_CHECKING:
    import pandas as pd


@cache
def model() -> dict[str, Any]:
    """Read data/threats.toml, which its own comments describe: `checked`, threats and incidents.

    >>> len({threat["figure"] for threat in model()["threat"]}) == len(model()["threat"])
    True
    """
    return tomllib.loads((ROOT / "data" / "threats.toml").read_text("utf-8"))


def table(lang: str = "en") -> "pd.DataFrame":
    """Give the threats with what this run measured: success before and after, price; days are estimates.

    What was not measured in this run says so.
    """
    import pandas as pd

    rows = []
    for threat in model()["threat"]:
        figure, price = (current.figures.get(threat[name]) for name in ("figure", "price"))
        before = figure and (figure.textbook if figure.measured is None else figure.measured)
        row = {name: threat[name][lang] for name in ("asset", "attacker", "attack")}
        row |= {"before": _shown(figure, before), "after": _shown(figure, figure and figure.value)}
        row |= {"defence": threat["defence"][lang], "price": _shown(price, price.value) if price else "-"}
        rows.append(row | {"days": threat["days"]})
    return pd.DataFrame(rows)


def incidents(lang: str = "en") -> "pd.DataFrame":
    """Give what has to be reported when something happened, by the day from which it binds.

    >>> incidents()["since"].is_monotonic_increasing
    True
    """
    import pandas as pd

    rows = [
        {"law": one["law"][lang], "since": str(one["in_force"])}
        | {"when": one["when"][lang], "how fast": one["clock"][lang]}
        for one in sorted(model()["incident"], key=lambda one: one["in_force"])
    ]
    return pd.DataFrame(rows)


def _shown(figure: Figure | None, value: Any) -> str:  # noqa: ANN401
    return "not measured" if value is None else f"{show_number(value)} {figure.unit}".strip()
