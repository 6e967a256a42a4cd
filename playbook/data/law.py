"""What the law lets one do with a source: the rules of data/law.toml, applied and never hidden in code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from playbook.data.licences import licensing, spdx
from playbook.errors import PlaybookError
from playbook.inputs import ROOT
from playbook.inputs.files import read_toml

VERDICTS = ("go", "duty", "ask", "stop")  # from the mildest to the strictest
FIELDS = {
    "personal_data": ("yes", "no", "unknown"),
    "opt_out": ("yes", "no", "unknown"),
    "acquired": ("own", "licence", "contract", "scraped", "unknown"),
}

_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5)]
_Texts = Annotated[dict[Literal["en", "zh"], _Sentence], Field(min_length=2)]
_Bound = Annotated[str, StringConstraints(pattern=r"^> \d+(\.\d+)?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """One rule: what it says, of which law and article, since when, and what it cannot decide (`open`)."""

    id: _Sentence
    law: _Sentence
    article: _Sentence
    in_force: date | None = None
    checked: date
    when: dict[str, tuple[str, ...] | _Bound]
    uses: Annotated[tuple[str, ...], Field(min_length=1)]
    verdict: Literal["duty", "ask", "stop"]
    text: _Texts
    open: _Texts

    @model_validator(mode="after")
    def _known_fields(self) -> "Rule":
        for name, wanted in self.when.items():
            bound = isinstance(wanted, str)
            if name not in {*FIELDS, "licence", "share_illegal"} or bound != (name == "share_illegal"):
                raise ValueError(f"`when` cannot ask for {name} = {wanted!r}")
            if name in FIELDS and not set(wanted) <= set(FIELDS[name]):
                raise ValueError(f"{name} is one of {', '.join(FIELDS[name])}")
        return self


class Policy(_Strict):
    """The whole file: date checked, uses, licences (family -> SPDX identifiers, the mildest first), rules."""

    checked: date
    uses: dict[str, _Texts]
    licences: dict[str, tuple[str, ...]]
    rule: tuple[Rule, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> "Policy":
        listed = [identifier for family in self.licences.values() for identifier in family]
        if twice := {name for name in listed if listed.count(name) > 1}:
            raise ValueError(f"listed twice under licences: {', '.join(sorted(twice))}")
        if len({rule.id for rule in self.rule}) < len(self.rule):
            raise ValueError("two rules have the same id")
        for rule in self.rule:
            if strange := {*rule.uses} - {*self.uses} | {*rule.when.get("licence", ())} - {*self.licences}:
                raise ValueError(
                    f"rule {rule.id}: unknown use or licence family: {', '.join(sorted(strange))}"
                )
        return self


@dataclass(frozen=True)
class Decision:
    """The strictest verdict for one source and use, with the rules that led to it."""

    source: str
    use: str
    verdict: str
    rules: tuple[Rule, ...]


@cache
def policy(file: Path = ROOT / "data" / "law.toml") -> Policy:
    """Read and check data/law.toml; PlaybookError names the first rule and entry that is wrong.

    >>> [rule.article for rule in policy().rule if rule.id == "cn-genai-7"]
    ['Art. 7']
    """
    raw = read_toml(file)
    for rule in raw.get("rule", []):
        rule.setdefault("checked", raw.get("checked"))
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        if first["loc"][:1] == ("rule",):
            rule = raw["rule"][first["loc"][1]]
            where = f"rule {rule.get('id', 'without id')}: {'.'.join(map(str, first['loc'][2:]))}"
        raise PlaybookError(f"{file}: {where}: {first['msg']}: mend this entry.") from error


@cache
def families(expression: str | None) -> frozenset[str]:
    """Give the families of an SPDX expression; of alternatives (OR) the mildest, of additions (AND) all.

    >>> sorted(families("MIT AND MPL-2.0")), sorted(families("GPL-3.0-only OR MIT")), sorted(families(None))
    (['permissive', 'weak_copyleft'], ['permissive'], ['unknown'])
    """
    valid = spdx(expression)
    return _families(licensing().parse(valid)) if valid else frozenset({"unknown"})


def decide(source: Mapping[str, Any], use: str) -> Decision:
    """Decide whether a source may be put to a use, by every rule of data/law.toml that applies to it.

    `source` has `source`, `spdx`, `personal_data`, `opt_out`, `acquired` and, where somebody looked,
    `share_illegal`; what is missing counts as unknown. Raises PlaybookError for a use or a value that the
    policy does not know, since a rule that is not asked finds nothing.

    >>> decide({"source": "wiki", "spdx": "CC-BY-NC-4.0"}, "train_closed").verdict
    'stop'
    """
    if use not in policy().uses:
        raise PlaybookError(f"The use {use!r} is not in data/law.toml: it knows {', '.join(policy().uses)}.")
    facts = _facts(source)
    rules = tuple(rule for rule in policy().rule if use in rule.uses and _applies(rule, facts))
    verdict = max((rule.verdict for rule in rules), key=VERDICTS.index, default="go")
    return Decision(str(source["source"]), use, verdict, rules)


def _families(node: Any) -> frozenset[str]:  # noqa: ANN401 - a node of license_expression's tree
    order = list(policy().licences)
    if node.args:
        parts = [_families(part) for part in node.args]
        if type(node).__name__ == "OR":
            return min(parts, key=lambda part: max(map(order.index, part)))
        return frozenset().union(*parts)
    key = str(getattr(node, "license_symbol", node))  # without its exception, which only permits more
    listed = (family for family, identifiers in policy().licences.items() if key in identifiers)
    return frozenset({next(listed, "unlisted")})


def _facts(source: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"licence": families(source.get("spdx"))}
    for name, allowed in FIELDS.items():
        value = source.get(name)
        value = "unknown" if pd.isna(value) else value
        if value not in allowed:
            raise PlaybookError(
                f"{name} of the source {source['source']!r} is {value!r}: write one of {', '.join(allowed)}."
            )
        facts[name] = frozenset({value})
    share = source.get("share_illegal")
    if not pd.isna(share):
        if not 0 <= share <= 1:
            raise PlaybookError(
                f"share_illegal of the source {source['source']!r} is {share}: write a share from 0 to 1."
            )
        facts["share_illegal"] = share
    return facts


def _applies(rule: Rule, facts: Mapping[str, Any]) -> bool:
    for name, wanted in rule.when.items():
        if isinstance(wanted, str):  # a bound, as in "> 0.05"
            if name not in facts or facts[name] <= float(wanted.removeprefix("> ")):
                return False
        elif not facts[name] & set(wanted):
            return False
    return True
