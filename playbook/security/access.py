"""A model server that asks who calls, may they, and how often; `serve` starts it on loopback."""

import hashlib
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.exceptions import HTTPException as HTTPError

from playbook.lm.chat import Reply
from playbook.security.audit import AuditLog
from playbook.security.gate import Buckets, Gate, Limits
from playbook.security.policy import Policy
from playbook.security.queue import Queue
from playbook.security.tokens import SECONDS, TokenError, Tokens

STRICT = ConfigDict(extra="forbid", strict=True)
Chat = Callable[[list[dict[str, str]], int], Reply]
Score = Callable[[dict[str, float]], float]


@dataclass(frozen=True, eq=False)
class Guard:
    """All that decides about a request: API keys (their SHA-256, by user), tokens, rules, limits, log."""

    key_hashes: dict[str, str]
    tokens: Tokens
    policy: Policy
    log: AuditLog
    limits: Limits = field(default_factory=Limits)
    buckets: Buckets = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "buckets", Buckets(self.limits.requests_a_minute))

    def user_of(self, key: str) -> str | None:
        """Give the user whose API key this is; every hash is compared, so that time tells nothing."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        found = [user for user, known in self.key_hashes.items() if hmac.compare_digest(known, digest)]
        return found[0] if found else None

    def __call__(self, request: Request) -> str:
        """Let a request pass and give its user, or refuse it: 401, 429 or 403."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            user = self.tokens.check(token if scheme.lower() == "bearer" else "")
        except TokenError as error:
            self.refused(request, str(error))
        request.state.user = user
        self.within_rate(user)
        if not self.policy.allows(user, request.scope["route"].path, request.method):
            raise HTTPException(403, "your role may not do this: ask whoever keeps the policy")
        return user

    def refused(self, request: Request, why: str) -> None:
        """Refuse a caller who did not say who they are, and slow down where they come from."""
        request.state.why = why
        self.within_rate(f"host {request.client.host if request.client else '-'}")
        raise HTTPException(401, "no valid key or token: get a new token at /v1/token")

    def within_rate(self, who: str) -> None:
        """Refuse what is over the limit of requests a minute."""
        if not self.buckets.take(who):
            wait = str(math.ceil(60 / self.limits.requests_a_minute))
            raise HTTPException(429, "too many requests: wait a moment", {"Retry-After": wait})


class Turn(BaseModel):
    """One message of a conversation."""

    model_config = STRICT
    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1, max_length=8_000)


class Conversation(BaseModel):
    """A request for an answer, as OpenAI's clients write it; what is not listed here is refused."""

    model_config = STRICT
    model: Literal["SmolLM2-135M-Instruct"] = "SmolLM2-135M-Instruct"
    messages: list[Turn] = Field(min_length=1, max_length=16)
    max_tokens: int = Field(128, ge=1, le=256)


class Revocation(BaseModel):
    """Whose tokens are no longer good."""

    model_config = STRICT
    user: str = Field(min_length=1, max_length=64)


def create_app(guard: Guard, chat: Chat, score: Score, features: list[str]) -> FastAPI:
    """Build the server: `chat` answers conversations, `score` rates an application of these features.

    Whatever the policy does not allow is refused. Errors are one sentence and quote nothing of the request.
    """
    app = FastAPI(title="Playbook model server", docs_url=None, redoc_url=None, version="1")
    app.add_middleware(Gate, log=guard.log, limits=guard.limits)
    app.add_exception_handler(HTTPError, _error)
    app.add_exception_handler(RequestValidationError, _invalid)
    _doors(app, guard)
    _models(app, guard, Queue(chat, guard.limits.waiting), score, features)
    return app


def _doors(app: FastAPI, guard: Guard) -> None:
    user = Depends(guard)

    @app.post("/v1/token")
    def token(request: Request) -> JSONResponse:
        name = guard.user_of(request.headers.get("x-api-key", ""))
        if name is None or name not in guard.policy.roles:
            guard.refused(request, "unknown API key")
        request.state.user = name
        guard.within_rate(name)
        answer = {"token": guard.tokens.issue(name), "seconds": SECONDS}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    @app.get("/v1/audit", dependencies=[user])
    def audit() -> list[dict[str, Any]]:
        return guard.log.entries()

    @app.post("/v1/revocations", dependencies=[user])
    def revoke(revocation: Revocation) -> dict[str, str]:
        guard.tokens.revoke(revocation.user)
        return {"revoked": "every token of this user until now"}


def _models(app: FastAPI, guard: Guard, chat: Queue, score: Score, features: list[str]) -> None:
    user, number = Depends(guard), Annotated[float, Field(allow_inf_nan=False, strict=False)]
    application = create_model("Application", __config__=STRICT, **{name: (number, ...) for name in features})

    @app.get("/v1/models", dependencies=[user])
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": "SmolLM2-135M-Instruct", "object": "model"}]}

    @app.post("/v1/chat/completions", dependencies=[user])
    async def complete(asked: Conversation) -> dict[str, Any]:
        reply = await chat([turn.model_dump() for turn in asked.messages], asked.max_tokens)
        message = {"role": "assistant", "content": reply.text}
        choice = {"index": 0, "message": message, "finish_reason": "stop" if reply.ended else "length"}
        return {"object": "chat.completion", "model": asked.model, "choices": [choice]}

    @app.post("/v1/mortgage", dependencies=[user])
    def mortgage(row: application) -> dict[str, float]:
        return {"approval": round(score(row.model_dump()), 2)}


def _error(request: Request, error: HTTPError) -> JSONResponse:
    return JSONResponse({"error": f"{error.detail}."}, error.status_code, error.headers)


def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    wrong = [{"where": list(one["loc"]), "what": one["type"]} for one in error.errors()[:8]]
    return JSONResponse({"error": "the request does not fit /openapi.json.", "details": wrong}, 422)
