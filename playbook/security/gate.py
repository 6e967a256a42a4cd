"""What every request to the model server passes: limits of size, rate and time, and the audit log."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from playbook.security.audit import AuditLog

Message = MutableMapping[str, Any]
Receive, Send = Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Limits:
    """What one user may ask for, and how long an answer may take."""

    requests_a_minute: int = 60
    body_bytes: int = 65_536
    seconds: float = 30.0
    waiting: int = 8  # requests to the language model at once, the running one included


class Buckets:
    """Token buckets: each user may spend `a_minute` requests at once, and gets them back evenly.

    >>> buckets = Buckets(a_minute=2, clock=lambda: 0.0)
    >>> [buckets.take("ana") for _ in range(3)], buckets.take("dev")
    ([True, True, False], True)
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = a_minute, clock
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, who: str) -> bool:
        """Take one request from the user's bucket; False when there is none left."""
        now = self._clock()
        level, since = self._levels.get(who, (self._size, now))
        level = min(self._size, level + (now - since) * self._size / 60)
        self._levels[who] = (level - (level >= 1), now)
        return level >= 1


class Gate:
    """ASGI middleware: cuts long bodies (413), slow answers (504); logs requests before answers leave.

    The log gets the user, the route's pattern, the status and the milliseconds until the answer began: no
    body, no query, no header, and of a path that no route knows only that it was unknown.
    """

    def __init__(self, app: App, log: AuditLog, limits: Limits) -> None:
        self._app, self._log, self._limits = app, log, limits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass one request on, within the limits."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, answered = time.perf_counter(), []

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])
                # before the answer goes out: a server that dies here has logged too much, never too little
                self._write(scope, message["status"], began)
            await send(message)

        try:
            body = await asyncio.wait_for(self._read(receive), self._limits.seconds)
            if body is None:
                await refuse(counted, 413, f"a request has at most {self._limits.body_bytes} bytes")
            else:
                await asyncio.wait_for(
                    self._app(scope, _replay(body, receive), counted), self._limits.seconds
                )
        except TimeoutError:
            if not answered:
                await refuse(counted, 504, f"there was no answer within {self._limits.seconds:g} seconds")
        except Exception as error:
            # what it says may quote the request: it stays inside, and the log gets its kind
            scope.setdefault("state", {})["why"] = type(error).__name__
            if not answered:
                await refuse(counted, 500, "the server failed; the request was not carried out")
        finally:
            if not answered:
                self._write(scope, 0, began)

    async def _read(self, receive: Receive) -> bytes | None:
        body = b""
        while len(body) <= self._limits.body_bytes:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                return body if len(body) <= self._limits.body_bytes else None
        return None

    def _write(self, scope: Message, status: int, began: float) -> None:
        route, state = scope.get("route"), scope.get("state", {})
        action = f"{scope['method']} {route.path}" if route else "unknown"
        took = round(1000 * (time.perf_counter() - began))
        why = {"why": state["why"]} if "why" in state else {}
        user = state.get("user", "-")
        self._log.append(at=int(time.time()), user=user, action=action, status=status, ms=took, **why)


def _replay(body: bytes, receive: Receive) -> Receive:
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def once() -> Message:
        return next(parts, None) or await receive()

    return once


async def refuse(send: Send, status: int, why: str) -> None:
    """Answer with one sentence as JSON."""
    body = json.dumps({"error": f"{why}."}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
