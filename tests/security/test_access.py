"""The model server over real HTTP: every role against every action, and every way in that must stay shut."""

import asyncio
import hashlib
import socket
import threading
import time
import uuid

import httpx
import jwt
import pytest
import schemathesis
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings

from playbook.lm import Reply
from playbook.security.access import Guard, create_app
from playbook.security.audit import AuditLog, verify
from playbook.security.gate import Gate, Limits, refuse
from playbook.security.policy import Policy
from playbook.security.serving import POLICY
from playbook.security.tokens import ALGORITHM, AUDIENCE, Tokens

KEYS = {user: f"key-of-{user}" for user in ("ana", "dev", "aud", "adm")}
SECRET, AUDIT = bytes(range(32)), bytes(32)
ACTIONS = {
    ("GET", "/v1/models"): None,
    ("POST", "/v1/chat/completions"): {"messages": [{"role": "user", "content": "Hello"}]},
    ("POST", "/v1/mortgage"): {"debt": 1.5, "income": 2},
    ("GET", "/v1/audit"): None,
    ("POST", "/v1/revocations"): {"user": "nobody"},
}
MAY = {
    "ana": {"/v1/models", "/v1/mortgage"},
    "dev": {"/v1/models", "/v1/chat/completions"},
    "aud": {"/v1/audit"},
    "adm": {"/v1/revocations"},
}


class Running:
    """A server on a free port of loopback, for the length of a test."""

    def __init__(self, folder, chat=lambda turns, most: Reply("Hello.", True), **limits):
        self.log = AuditLog(folder / "audit.jsonl", AUDIT)
        self.clock = [0.0]
        tokens = Tokens(SECRET, frozenset({"adm"}), clock=lambda: time.time() + self.clock[0])
        hashes = {user: hashlib.sha256(key.encode()).hexdigest() for user, key in KEYS.items()}
        self.guard = Guard(hashes, tokens, Policy.read(POLICY), self.log, Limits(**limits))
        self.app = create_app(self.guard, chat, lambda row: row["debt"] / 10, ["debt", "income"])
        self.server = uvicorn.Server(
            uvicorn.Config(self.app, log_level="warning", access_log=False, ws="none")
        )
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],))

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.client = httpx.Client(base_url=self.url, timeout=20)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.server.should_exit = True
        self.thread.join(10)

    def token(self, user):
        return self.client.post("/v1/token", headers={"X-API-Key": KEYS[user]}).json()["token"]

    def call(self, token, method="GET", path="/v1/models", **more):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.request(method, path, headers=headers, **more)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with Running(tmp_path_factory.mktemp("server"), requests_a_minute=100_000) as server:
        yield server


@pytest.mark.parametrize("user", KEYS)
@pytest.mark.parametrize("method, path", ACTIONS)
def test_every_role_may_do_what_the_policy_says_and_nothing_else(running, user, method, path):
    answer = running.call(running.token(user), method, path, json=ACTIONS[method, path])
    assert answer.status_code == (200 if path in MAY[user] else 403)


def forged(**changes):
    """A token as the server makes them, but for some claims; `key` and `algorithm` may be others too."""
    key = changes.pop("key", Ed25519PrivateKey.from_private_bytes(SECRET))
    algorithm = changes.pop("algorithm", ALGORITHM)
    now = int(time.time())
    claims = {"sub": "ana", "jti": "1", "iat": now - 1, "exp": now + 60, "aud": AUDIENCE} | changes
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, key, algorithm=algorithm)


def test_a_token_as_the_server_makes_them_is_accepted(running):
    assert running.call(forged()).status_code == 200


PUBLIC = Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw()
BAD = {
    "no token": lambda: "",
    "nonsense": lambda: "a.b.c",
    "another key": lambda: forged(key=Ed25519PrivateKey.generate()),
    "unsigned": lambda: forged(key=None, algorithm="none"),
    "public key as a shared secret": lambda: forged(key=PUBLIC, algorithm="HS256"),
    "expired": lambda: forged(exp=int(time.time()) - 1),
    "from the future": lambda: forged(iat=int(time.time()) + 50),
    "never expires": lambda: forged(exp=None),
    "no number": lambda: forged(jti=None),
    "for another server": lambda: forged(aud="elsewhere"),
    "nobody": lambda: forged(sub=None),
    "signature cut": lambda: forged()[:-4],
    "claims changed": lambda: ".".join([*forged().split(".")[:1], forged(sub="adm").split(".")[1], "AAAA"]),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_bad_token_is_refused_without_a_reason(running, make):
    answer = running.call(make())
    assert answer.status_code == 401
    assert answer.json() == {"error": "no valid key or token: get a new token at /v1/token."}


@pytest.mark.parametrize("user", ["root", "admin", "analyst"])
def test_a_role_or_a_stranger_is_no_user(running, user):
    assert running.call(forged(sub=user)).status_code == 403


def test_a_token_ends_after_five_minutes(running):
    token = running.token("ana")
    running.clock[0] = 301
    try:
        assert running.call(token).status_code == 401
    finally:
        running.clock[0] = 0


def test_an_administrators_token_cannot_be_replayed(running):
    token = running.token("adm")
    first, again = (running.call(token, "POST", "/v1/revocations", json={"user": "x"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 401)


def test_a_revoked_token_cannot_be_replayed(running):
    token = running.token("dev")
    assert running.call(token).status_code == 200
    running.call(running.token("adm"), "POST", "/v1/revocations", json={"user": "dev"})
    assert running.call(token).status_code == 401
    time.sleep(1.1)  # tokens carry whole seconds
    assert running.call(running.token("dev")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/v1/models/../audit", "//v1/audit", "/v1/./audit", "/v1/audit/", "/V1/AUDIT", "/v1/%61udit",
     "/v1/models/%2e%2e/audit", "/v1/audit%00", "/v1/models;/../audit", "/v1/audit?x=/v1/models"],
)  # fmt: skip
def test_no_path_leads_around_the_policy(running, path):
    """Raw bytes on the wire, since a client would tidy the path up first."""
    token = running.token("ana")
    with socket.create_connection(running.socket.getsockname()) as wire:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        wire.sendall(head.encode())
        status = int(wire.recv(64).split()[1])
    assert status in (307, 400, 403, 404)
    if status == 307:  # a redirect to the same path without its slash, where the policy decides again
        assert path == "/v1/audit/"


@pytest.mark.parametrize("key", ["", "key-of-eve", "KEY-OF-ANA"])
def test_without_an_api_key_there_is_no_token(running, key):
    answer = running.client.post("/v1/token", headers={"X-API-Key": key or "-"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [{"messages": []}, {"messages": [{"role": "tool", "content": "x"}]}, {"messages": "x"}, {},
     {"messages": [{"role": "user", "content": "x"}], "max_tokens": 10**6},
     {"messages": [{"role": "user", "content": "x"}], "tools": []}],
)  # fmt: skip
def test_a_request_that_does_not_fit_is_refused_and_not_repeated(running, body):
    answer = running.call(running.token("dev"), "POST", "/v1/chat/completions", json=body)
    assert answer.status_code == 422 and '"x"' not in answer.text


def test_two_hundred_clients_at_once_are_all_answered(running):
    tokens = {user: running.token(user) for user in ("ana", "dev")}

    async def one(client, number):
        user = ("ana", "dev")[number % 2]
        return (
            await client.get("/v1/models", headers={"Authorization": f"Bearer {tokens[user]}"})
        ).status_code

    async def all_of_them():
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(base_url=running.url, limits=limits, timeout=30) as client:
            return await asyncio.gather(*(one(client, number) for number in range(200)))

    before = len(running.log.entries(last=10**6))
    assert set(asyncio.run(all_of_them())) == {200}
    assert len(running.log.entries(last=10**6)) == before + 200
    assert verify(running.log.path, AUDIT) is None


def test_the_log_holds_no_secret(running):
    token = running.token("dev")
    running.call(
        token, "POST", "/v1/chat/completions", json={"messages": [{"role": "user", "content": "my PIN"}]}
    )
    running.call(token, path="/v1/nothing?password=hunter2")
    text = running.log.path.read_text()
    assert token not in text and "my PIN" not in text and "hunter2" not in text
    assert not any(key in text for key in KEYS.values())


def test_a_user_over_the_limit_waits_and_the_others_do_not(tmp_path):
    with Running(tmp_path, requests_a_minute=5) as server:
        ana, dev = server.token("ana"), server.token("dev")
        assert [server.call(ana).status_code for _ in range(6)] == [200] * 4 + [429] * 2  # the token took one
        assert server.call(dev).status_code == 200
        guesses = [server.call("guess").status_code for _ in range(7)]
        assert guesses[0] == 401 and guesses[-1] == 429


def test_long_bodies_and_slow_answers_are_cut(tmp_path):
    asleep = threading.Event()
    with Running(
        tmp_path, chat=lambda turns, most: asleep.wait(5) and Reply("", True), body_bytes=2000, seconds=0.5
    ) as server:
        long = {"messages": [{"role": "user", "content": "x" * 2000}]}
        dev = server.token("dev")
        assert server.call(dev, "POST", "/v1/chat/completions", json=long).status_code == 413
        stream = (b"x" * 500 for _ in range(9))  # no Content-Length
        assert server.call(dev, "POST", "/v1/chat/completions", content=stream).status_code == 413
        ask = ACTIONS["POST", "/v1/chat/completions"]
        assert server.call(dev, "POST", "/v1/chat/completions", json=ask).status_code == 504
        asleep.set()


def test_a_full_queue_and_a_failing_model_are_told_apart(tmp_path):
    release = threading.Event()

    def chat(turns, most):
        release.wait(5)
        raise RuntimeError("with a secret inside")

    ask = ACTIONS["POST", "/v1/chat/completions"]
    with Running(tmp_path, chat=chat, waiting=1) as server:
        dev = server.token("dev")
        first = []
        path = "/v1/chat/completions"
        waiting = threading.Thread(target=lambda: first.append(server.call(dev, "POST", path, json=ask)))
        waiting.start()
        time.sleep(0.3)
        assert server.call(dev, "POST", path, json=ask).status_code == 503
        release.set()
        waiting.join()
        assert first[0].status_code == 500 and "secret" not in first[0].text
        assert (
            server.log.entries()[-1]["why"] == "RuntimeError" and "secret" not in server.log.path.read_text()
        )


def test_it_keeps_to_its_openapi_document(running):
    """Schemathesis writes requests of its own from the document; no answer may leave it or be a 5xx."""
    schema = schemathesis.openapi.from_dict(running.client.get("/openapi.json").json())
    seen = set()
    for operation in (found.ok() for found in schema.get_all_operations()):

        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def requests_of(case):
            path = case.operation.path
            user = next((user for user, paths in MAY.items() if path in paths), "ana")
            token = forged(sub=user, jti=uuid.uuid4().hex)
            answer = case.call(base_url=running.url, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code in (200, 401, 422), (path, answer.status_code)
            seen.add((path, answer.status_code == 200))

        requests_of()
    assert {path for path, _ in seen} == {"/v1/token", *(path for _, path in ACTIONS)}
    assert ("/v1/mortgage", True) in seen


def test_a_request_is_in_the_log_before_its_answer_leaves(tmp_path):
    log, seen = AuditLog(tmp_path / "audit.jsonl", AUDIT), []

    async def answer(scope, receive, send):
        await refuse(send, 418, "short and stout")

    async def send(message):
        seen.append((message["type"], len(log.entries())))

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(Gate(answer, log, Limits())({"type": "http", "method": "GET"}, receive, send))
    assert seen == [("http.response.start", 1), ("http.response.body", 1)]
    assert log.entries()[0]["status"] == 418
