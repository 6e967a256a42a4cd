"""Who may do what: roles in a policy file that a lawyer can read, decided by Casbin, refused by default."""

import csv
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from casbin import Enforcer

MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
"""
FIELDS = {"p": 4, "g": 3}


class Policy:
    r"""The rules of one policy file: `allows` answers, and whatever no rule allows is refused.

    >>> policy = Policy.parse("p, analyst, /v1/mortgage, POST\ng, ana, analyst")
    >>> policy.allows("ana", "/v1/mortgage", "POST"), policy.allows("ana", "/v1/audit", "GET")
    (True, False)
    """

    def __init__(self, rules: list[list[str]], roles: dict[str, str]) -> None:
        self.roles = roles  # of each user
        self._enforcer = _enforcer(rules, roles)

    def allows(self, user: str, path: str, method: str) -> bool:
        """Say whether a user may call this path of the server with this method."""
        # a role is no user: nobody may sign in as "admin" and be one
        return user in self.roles and self._enforcer.enforce(user, path, method)

    @classmethod
    def parse(cls, text: str, name: str = "the policy") -> "Policy":
        r"""Read rules, one a line: `p, role, path, method` and `g, user, role`.

        Raises PlaybookError, with the line, for anything else, for a user whose role no rule knows, and for a
        user of two roles or with the name of a role.

        >>> Policy.parse("p, analyst, /v1/mortgage, POST\ng, eve, root")
        Traceback (most recent call last):
        playbook.errors.PlaybookError: the policy, line 2: no rule knows the role 'root': use one of analyst.
        """
        lines = [
            (number, [field.strip() for field in row])
            for number, row in enumerate(csv.reader(text.splitlines()), start=1)
            if row and not row[0].lstrip().startswith("#")
        ]
        for number, row in lines:
            if FIELDS.get(row[0]) != len(row) or not all(row):
                _refuse(name, number, "a rule is 'p, role, path, method' or 'g, user, role'")
        rules = [row[1:] for _, row in lines if row[0] == "p"]
        known, roles = {role for role, *_ in rules}, {}
        for number, (kind, user, role, *_) in lines:
            if kind == "p":
                continue
            if role not in known:
                among = ", ".join(sorted(known))
                _refuse(name, number, f"no rule knows the role {role!r}: use one of {among}")
            if user in roles or user in known:
                _refuse(name, number, f"{user!r} has a role already, or is one: give each user one role")
            roles[user] = role
        return cls(rules, roles)

    @classmethod
    def read(cls, path: str | Path) -> "Policy":
        """Read a policy file; raises PlaybookError as `parse`, and where it cannot be read."""
        try:
            return cls.parse(Path(path).read_text("utf-8"), Path(path).name)
        except (OSError, UnicodeDecodeError):
            raise PlaybookError(f"{path} cannot be read as a policy: name a text file of rules.") from None


def _enforcer(rules: list[list[str]], roles: dict[str, str]) -> "Enforcer":
    import casbin

    # it prints every refusal to stderr; the audit log has them, with the caller
    logging.getLogger("casbin").setLevel(logging.ERROR)
    model = casbin.Model()
    model.load_model_from_text(MODEL)
    enforcer = casbin.Enforcer(model)
    enforcer.add_policies(rules)
    enforcer.add_grouping_policies([[user, role] for user, role in roles.items()])
    return enforcer


def _refuse(name: str, line: int, why: str) -> None:
    raise PlaybookError(f"{name}, line {line}: {why}.")
