"""A policy file says who may do what; what it does not say is refused, and what it says wrongly is named."""

import pytest

from playbook.errors import PlaybookError
from playbook.security.policy import Policy
from playbook.security.serving import POLICY

GOOD = "p, reader, /a, GET\ng, ann, reader\n"


def test_the_policy_that_ships_holds():
    assert Policy.read(POLICY).roles == {
        "ana": "analyst",
        "dev": "developer",
        "aud": "auditor",
        "adm": "admin",
    }


def test_what_is_not_allowed_is_refused():
    policy = Policy.parse(GOOD)
    assert policy.allows("ann", "/a", "GET")
    for user, path, method in (
        ("ann", "/a", "POST"),
        ("ann", "/b", "GET"),
        ("bob", "/a", "GET"),
        ("", "/a", "GET"),
    ):
        assert not policy.allows(user, path, method)


def test_nobody_becomes_a_role_by_its_name():
    assert not Policy.parse(GOOD).allows("reader", "/a", "GET")


@pytest.mark.parametrize(
    "line, says",
    [
        ("g, eve, root", "line 3: no rule knows the role 'root': use one of reader"),
        ("g, ann, reader", "line 3: 'ann' has a role already"),
        ("g, reader, reader", "line 3: 'reader' has a role already, or is one"),
        ("p, reader, /a", "line 3: a rule is"),
        ("q, reader, /a, GET", "line 3: a rule is"),
        ("p, reader, , GET", "line 3: a rule is"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(tmp_path, line, says):
    file = tmp_path / "policy.csv"
    file.write_text(GOOD + line)
    with pytest.raises(PlaybookError, match=says):
        Policy.read(file)


def test_a_policy_that_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(PlaybookError, match="cannot be read as a policy"):
        Policy.read(tmp_path)
