"""Starts the model server: makes its keys the first time, trains the mortgage model, listens on loopback."""

import base64
import hashlib
import json
import socket
from pathlib import Path

from playbook import inputs
from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write, disk_errors
from playbook.security.keys import new_key, read_key
from playbook.security.policy import Policy

ADMINISTRATORS = "admin"  # the role whose tokens are good for one request
POLICY = inputs.ROOT / "data" / "policy.csv"


def serve(folder: Path, host: str = "127.0.0.1", port: int = 8443, policy: Path = POLICY) -> None:
    """Serve SmolLM2 and the mortgage model until interrupted.

    folder: where the server's keys, an API key for each user of the policy, and the audit log lie; made the
    first time, readable by their owner alone. Raises PlaybookError for a port that is taken, a policy that
    does not hold, an audit log that was tampered with.
    """
    import uvicorn

    rules = Policy.read(policy)
    listening = _listen(host, port)
    app = application(folder, rules)
    try:
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, ws="none")
        uvicorn.Server(config).run([listening])
    finally:
        listening.close()


def application(folder: Path, rules: Policy) -> object:
    """Build the server with real models and the keys that lie in `folder`; gives a FastAPI application."""
    from playbook import lm
    from playbook.security.access import Guard, create_app
    from playbook.security.audit import AuditLog
    from playbook.security.tokens import Tokens

    with disk_errors(folder):
        hashes = api_keys(folder, rules)
        signing, sealing = (
            read_key(f"file:{_key_file(folder / name)}") for name in ("sign.key", "audit.key")
        )
    single = frozenset(user for user, role in rules.roles.items() if role == ADMINISTRATORS)
    log = AuditLog(folder / "audit.jsonl", sealing)
    guard = Guard(hashes, Tokens(signing, single), rules, log)
    score, features = _mortgage_model()
    return create_app(guard, lambda turns, most: lm.answer(turns, max_tokens=most), score, features)


def api_keys(folder: Path, rules: Policy) -> dict[str, str]:
    """Give the SHA-256 of each user's API key; users new to the policy get one, in `<folder>/<user>.apikey`.

    Only the hashes are kept by the server (`users.json`): hand the key to its user and delete the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = folder / "users.json"
    try:
        hashes = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    except ValueError:
        raise PlaybookError(f"{kept} is damaged: put a copy back, or delete it to make new keys.") from None
    for user in rules.roles.keys() - hashes.keys():
        if not user.isidentifier():
            raise PlaybookError(f"the policy's user {user!r} is no name: use letters, digits and _.")
        hashes[user] = hashlib.sha256(_key_file(folder / f"{user}.apikey").read_text().encode()).hexdigest()
    with atomic_write(kept) as temporary:
        temporary.write_text(json.dumps(dict(sorted(hashes.items())), indent=1), "utf-8")
    kept.chmod(0o600)
    return {user: digest for user, digest in hashes.items() if user in rules.roles}


def _key_file(path: Path) -> Path:
    if not path.exists():
        with atomic_write(path) as temporary:
            temporary.write_bytes(base64.b64encode(new_key()))
        path.chmod(0o600)
    return path


def _mortgage_model() -> tuple[object, list[str]]:
    import numpy as np

    from playbook.security import lenders, logistic

    data = lenders.lenders(inputs.mortgages(), "approve", lenders.FEATURES)
    x, y = data.share(data.training)
    features = list(data.x.columns)
    model = logistic.train(np.zeros(len(features) + 1), x, y, 300, logistic.safe_rate(len(features)))

    def score(row: dict[str, float]) -> float:
        values = (np.array([row[name] for name in features]) - data.centre) / data.spread
        return float(logistic.predict(model, values.to_numpy()[None])[0])

    return score, features


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise PlaybookError(
            f"cannot listen on {host}:{port} ({error}): choose another with --port, or stop the other."
        ) from None
