"""The drill finds an open door, a taken token and an unnoticed change where there is one."""

from pathlib import Path

import httpx
import pandas as pd
import pytest

from playbook.lm import Reply
from playbook.security import drill, serving
from playbook.security.access import Guard, create_app
from playbook.security.audit import AuditLog
from playbook.security.keys import read_key
from playbook.security.policy import Policy
from playbook.security.tokens import Tokens

RULES = Policy.read(serving.POLICY)


@pytest.fixture
def server(tmp_path: Path):
    """The chapter's server with models that answer at once."""
    hashes = serving.api_keys(tmp_path, RULES)
    sign, seal = (
        read_key(f"file:{serving._key_file(tmp_path / name)}") for name in ("sign.key", "audit.key")
    )
    guard = Guard(hashes, Tokens(sign, frozenset({"adm"})), RULES, AuditLog(tmp_path / "audit.jsonl", seal))
    app = create_app(
        guard, lambda turns, most: Reply("Hi.", True), lambda row: 0.5, list(drill.application())
    )
    with drill.running(app) as client:
        yield client, tmp_path


def test_every_door_is_tried_and_only_those_of_the_policy_are_open(server):
    statuses = drill.doors(*server)
    assert statuses.shape == (5, 4) and set(statuses.stack()) == {200, 403}
    assert drill.count_doors(statuses, RULES) == (6, 0)


def test_a_door_that_stands_open_is_counted():
    statuses = pd.DataFrame({"ana": {"GET /v1/audit": 200, "POST /v1/mortgage": 200}})
    assert drill.count_doors(statuses, RULES) == (1, 1)


def test_of_the_tokens_only_the_good_one_is_taken(server):
    assert drill.accepted(*server) == [drill.GOOD]
    assert len(drill.tokens(server[1], "dev")) == 8


def test_a_request_is_timed(server):
    fast, slow = drill.milliseconds(*server, times=3)
    assert fast > 0 and slow > 0


def test_covered_tracks_are_found_and_a_log_that_checks_nothing_finds_none(server, monkeypatch):
    client, folder = server
    drill.doors(client, folder)
    assert drill.genuine(folder) == [drill.GOOD]
    monkeypatch.setattr(drill, "verify", lambda path, key: None)
    assert len(drill.genuine(folder)) == 6


def test_a_server_that_was_left_is_gone(tmp_path: Path):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

    with drill.running(app) as client:
        assert client.get("/").status_code == 204
        url = str(client.base_url)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
