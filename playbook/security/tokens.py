"""Short-lived tokens: who calls, for five minutes, signed by one algorithm and revocable."""

import time
import uuid
from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "EdDSA"  # the only one: a token that names another, or "none", is refused whatever it says
AUDIENCE = "playbook"
SECONDS = 300
CLAIMS = ["sub", "jti", "iat", "exp", "aud"]


class TokenError(Exception):
    """A token that is not accepted; the caller is not told why, the audit log is."""


class Tokens:
    """Issues and checks tokens (RFC 7519, as RFC 8725 advises): signed with Ed25519, bound to this server.

    private_key: 32 bytes. `single_use`: users whose tokens are good for one request, so that a token that was
    overheard is worth nothing. Roles are not in the token: a user who loses a role loses it at once.

    >>> tokens = Tokens(bytes(32))
    >>> tokens.check(tokens.issue("ana"))
    'ana'
    """

    def __init__(
        self,
        private_key: bytes,
        single_use: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(private_key)
        self._public = self._private.public_key()
        self._single_use, self._clock = single_use, clock
        self._spent: dict[str, float] = {}  # numbers of tokens that were good once, and when they expire
        self._revoked: dict[str, float] = {}  # users, and since when their tokens are new ones

    def issue(self, user: str) -> str:
        """Give a token for this user; it says who, for whom and until when, and nothing secret."""
        now = int(self._clock())
        claims = {"sub": user, "jti": uuid.uuid4().hex, "iat": now, "exp": now + SECONDS, "aud": AUDIENCE}
        return jwt.encode(claims, self._private, algorithm=ALGORITHM)

    def check(self, token: str) -> str:
        """Say who calls; raises TokenError for a forged, expired, revoked, spent or foreign token."""
        now = self._clock()
        options = {"require": CLAIMS, "verify_exp": False, "verify_iat": False}  # by our clock, below
        try:
            claims = jwt.decode(token, self._public, [ALGORITHM], options=options, audience=AUDIENCE)
            number, until = str(claims["jti"]), float(claims["exp"])
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise TokenError(type(error).__name__) from None
        if not float(claims["iat"]) <= now < until:
            raise TokenError("expired")
        if number in self._spent:
            raise TokenError("used before")
        user = claims["sub"]
        if float(claims["iat"]) <= self._revoked.get(user, -1):
            raise TokenError("revoked")
        if user in self._single_use:
            self._spent = {one: end for one, end in self._spent.items() if end > now} | {number: until}
        return user

    def revoke(self, user: str) -> None:
        """Accept no token that this user was given until now."""
        self._revoked[user] = self._clock()
