"""Tries the doors of the model server over HTTP on loopback, and an audit log's, as an attacker would."""

import base64
import shutil
import statistics
import threading
import time
import timeit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from playbook.security.audit import verify
from playbook.security.keys import read_key
from playbook.security.tokens import AUDIENCE

if TYPE_CHECKING:
    import httpx
    import pandas as pd

    from playbook.security.policy import Policy

GOOD = "as it was made"  # the control: what nobody changed has to be accepted


@contextmanager
def running(app: object) -> Iterator["httpx.Client"]:
    """Run an ASGI application on a free port of loopback for the length of a block; gives a client for it."""
    import httpx
    import uvicorn

    from playbook.security.serving import _listen

    listening = _listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def bearer(client: "httpx.Client", folder: Path, user: str) -> dict[str, str]:
    """Get a token with the user's API key, which lies in the server's folder; gives the request's header."""
    key = (folder / f"{user}.apikey").read_text()
    answer = client.post("/v1/token", headers={"X-API-Key": key})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def doors(client: "httpx.Client", folder: Path) -> "pd.DataFrame":
    """Try every action that the server describes, as every user who has a key; give the HTTP statuses.

    Rows: actions, such as "GET /v1/models". Columns: users.
    """
    import pandas as pd

    message = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}
    bodies = {
        "/v1/chat/completions": message,
        "/v1/revocations": {"user": "x"},
        "/v1/mortgage": application(),
    }
    paths = client.get("/openapi.json").json()["paths"]
    statuses: dict[str, dict[str, int]] = {}
    for user in sorted(key.stem for key in folder.glob("*.apikey")):
        for path in sorted(paths.keys() - {"/v1/token"}):
            method, sign = next(iter(paths[path])).upper(), bearer(client, folder, user)
            answer = client.request(method, path, headers=sign, json=bodies.get(path))
            statuses.setdefault(user, {})[f"{method} {path}"] = answer.status_code
    return pd.DataFrame(statuses)


def count_doors(statuses: "pd.DataFrame", policy: "Policy") -> tuple[int, int]:
    """Count the doors that a role needs, by the policy, and those that are open although it does not."""
    needed = {(a, u) for a in statuses.index for u in statuses if policy.allows(u, *reversed(a.split()))}
    opened = {(a, u) for a in statuses.index for u in statuses if statuses.loc[a, u] == 200}
    return len(needed), len(opened - needed)


def application() -> dict[str, float]:
    """Give one application as the server's mortgage model wants it."""
    from playbook.inputs import mortgages
    from playbook.security.lenders import FEATURES

    return mortgages()[list(FEATURES)].dropna().iloc[0].astype(float).to_dict()


def tokens(folder: Path, user: str) -> dict[str, str]:
    """Make a good token and seven of the kinds that are tried on servers."""
    import jwt
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    ours = Ed25519PrivateKey.from_private_bytes(base64.b64decode((folder / "sign.key").read_bytes()))
    now = int(time.time())
    claims = {"sub": user, "jti": "1", "iat": now - 9, "exp": now + 99, "aud": AUDIENCE}

    def made(key: object, algorithm: str = "EdDSA", **other: object) -> str:
        return jwt.encode(claims | other, key, algorithm=algorithm)

    good, elsewhere = made(ours), made(ours, aud="another server")
    return {
        GOOD: good,
        "none": "",
        "another key": made(Ed25519PrivateKey.generate()),
        "unsigned": made(None, "none"),
        "the public key as a secret": made(ours.public_key().public_bytes_raw(), "HS256"),
        "expired": made(ours, exp=now - 1),
        "for another server": elsewhere,
        "another's claims": ".".join([*elsewhere.split(".")[:2], good.split(".")[2]]),
    }


def accepted(client: "httpx.Client", folder: Path) -> list[str]:
    """Give the names of those `tokens` with which the server lists its models; only the good one should."""
    tries = {name: f"Bearer {text}".strip() for name, text in tokens(folder, "dev").items()}
    ask = {name: client.get("/v1/models", headers={"Authorization": sign}) for name, sign in tries.items()}
    return [name for name, answer in ask.items() if answer.status_code == 200]


def milliseconds(client: "httpx.Client", folder: Path, times: int = 15) -> list[float]:
    """Time a request that needs no token, and one that scores an application: the medians in ms."""
    sign, row = bearer(client, folder, "ana"), application()
    free, scored = partial(client.get, "/openapi.json"), partial(client.post, headers=sign, json=row)
    asks = (free, partial(scored, "/v1/mortgage"))
    return [1000 * statistics.median(timeit.repeat(ask, number=1, repeat=times)) for ask in asks]


def genuine(folder: Path) -> list[str]:
    """Copy the server's log, cover one's tracks in five ways, and name the copies that pass for genuine."""
    log, key = folder / "audit.jsonl", read_key(f"file:{folder / 'audit.key'}")
    lines = log.read_bytes().splitlines(keepends=True)
    ways = {
        GOOD: lines,
        "a refusal made a success": [line.replace(b'"status": 403', b'"status": 200') for line in lines],
        "a line removed": lines[:4] + lines[5:],
        "two lines swapped": [*lines[:2], lines[3], lines[2], *lines[4:]],
        "the end cut off": lines[:-1],
        "everything removed": [],
    }
    copy, passed = folder / "copy.jsonl", []
    shutil.copy(f"{log}.seal", f"{copy}.seal")
    for way, kept in ways.items():
        copy.write_bytes(b"".join(kept))
        passed += [way] * (verify(copy, key) is None)
    return passed
