"""The server's keys lie where only their owner reads them, and real models answer behind it."""

import socket
import stat

import pytest
from fastapi.testclient import TestClient

from playbook.errors import PlaybookError
from playbook.security.policy import Policy
from playbook.security.serving import POLICY, api_keys, application, serve


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("server") / "kept"


def test_keys_are_made_once_and_for_their_owner_alone(folder):
    rules = Policy.read(POLICY)
    first = api_keys(folder, rules)
    key = (folder / "ana.apikey").read_text()
    assert api_keys(folder, rules) == first and set(first) == set(rules.roles)
    assert key not in (folder / "users.json").read_text()
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in folder.iterdir())
    (folder / "ana.apikey").unlink()  # handed out
    assert api_keys(folder, rules) == first


def test_a_user_the_policy_no_longer_knows_has_no_key(folder):
    rules = Policy.parse("p, analyst, /v1/mortgage, POST\ng, ana, analyst")
    assert set(api_keys(folder, rules)) == {"ana"}


def test_the_mortgage_model_answers_with_a_probability(folder):
    rules = Policy.read(POLICY)
    client = TestClient(application(folder, rules))
    key = (folder / "dev.apikey").read_text()
    token = client.post("/v1/token", headers={"X-API-Key": key}).json()["token"]
    assert client.get("/v1/models", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    for name in ("aud", "adm"):
        assert (folder / f"{name}.apikey").exists()
    schema = client.get("/openapi.json").json()["components"]["schemas"]["Application"]
    assert len(schema["required"]) == 16 and "race" not in schema["properties"]


def test_damaged_keys_busy_ports_and_strange_names_are_one_sentence(folder, tmp_path):
    taken, refused = (
        socket.create_server(("127.0.0.1", 0)),
        pytest.raises(PlaybookError, match="cannot listen"),
    )
    with taken, refused:
        serve(tmp_path, port=taken.getsockname()[1])
    with pytest.raises(PlaybookError, match="is no name"):
        api_keys(tmp_path, Policy.parse("p, r, /a, GET\ng, ../eve, r"))
    (tmp_path / "users.json").write_text("{")
    with pytest.raises(PlaybookError, match="is damaged"):
        api_keys(tmp_path, Policy.read(POLICY))
