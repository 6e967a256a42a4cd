"""What the law asks of whoever refuses people with a model, and which cell of the chapter answers it."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import read_toml

_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5)]
_Texts = Annotated[dict[Literal["en", "zh"], _Sentence], Field(min_length=2)]


class Duty(BaseModel):
    """One duty: of which law and article, since when, what it asks, and the cell that answers it, if any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^(cn|eu|us)-[a-z0-9-]+$")]
    law: _Sentence
    article: _Sentence
    in_force: date
    checked: date
    asks: _Texts
    cell: Annotated[str, StringConstraints(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$")]
    open: _Texts

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> "Duty":
        if self.in_force > self.checked:
            raise ValueError("checked lies before in_force")
        return self


@cache
def duties(file: Path = ROOT / "data" / "duties.toml") -> tuple[Duty, ...]:
    """Read and check data/duties.toml; PlaybookError names the first duty and entry that is wrong.

    >>> [duty.article for duty in duties() if duty.id == "us-regb-specific"]
    ['1002.9(b)(2)']
    """
    content = read_toml(file)
    raw = [{"checked": content.get("checked"), **entry} for entry in content.get("duty", [])]
    try:
        read = TypeAdapter(tuple[Duty, ...]).validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        number, *where = first["loc"]
        name = raw[number].get("id", "without id")
        place = ".".join(map(str, where)) or "dates"
        raise PlaybookError(f"{file}: duty {name}: {place}: {first['msg']}: mend this entry.") from None
    if len({duty.id for duty in read}) < len(read):
        raise PlaybookError(f"{file}: two duties have the same id: rename one.")
    return read


def table(lang: Literal["en", "zh"] = "en") -> pd.DataFrame:
    """Give the duties as a table: article, in force, what it asks, and the cell that answers it.

    >>> table().columns.tolist(), int((table()["answered by"] == "a person, not a cell").sum())
    (['article', 'in force', 'asks', 'answered by'], 3)
    """
    nobody = {"en": "a person, not a cell", "zh": "须由人承担，非单元所能"}[lang]
    places = {"cn": "PIPL", "eu": "GDPR", "us": "Reg. B"}
    rows = [
        [f"{places[d.id[:2]]} {d.article}", d.in_force.isoformat(), d.asks[lang], d.cell or nobody]
        for d in duties()
    ]
    return pd.DataFrame(rows, columns=["article", "in force", "asks", "answered by"])
