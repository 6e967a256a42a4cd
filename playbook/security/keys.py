"""Where keys come from: chance, a password, a file or an environment variable; never a command line."""

import base64
import binascii
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from playbook.errors import PlaybookError

BYTES = 32
FEWEST_CHARACTERS, SALT = 8, 16


def new_key() -> bytes:
    """Make a random key of 32 bytes, for AES-256.

    >>> len(new_key()), new_key() == new_key()
    (32, False)
    """
    return AESGCM.generate_key(256)


def key_from_password(password: str, salt: bytes) -> bytes:
    """Derive a key of 32 bytes from a password: slow (0.3 s) and of 128 MB, so that guessing is dear.

    salt: 16 random bytes or more (`os.urandom(16)`), kept beside the file; no secret, but never used
    twice.
    scrypt with N = 2**17, r = 8, p = 1 (RFC 7914; OWASP password storage cheat sheet, 2025).
    Raises PlaybookError for a password under 8 characters or a salt under 16 bytes.

    >>> key_from_password("correct horse battery staple", bytes(16)).hex()[:16]
    '399d2e9df8d1747b'
    """
    if not isinstance(password, str) or len(password) < FEWEST_CHARACTERS:
        raise PlaybookError(f"A password has {FEWEST_CHARACTERS} characters or more: choose a longer one.")
    if not isinstance(salt, bytes) or len(salt) < SALT:
        raise PlaybookError(f"A salt has {SALT} bytes or more: take os.urandom({SALT}) and keep it.")
    return Scrypt(salt=salt, length=BYTES, n=2**17, r=8, p=1).derive(password.encode())


def read_key(where: str) -> bytes:
    """Read a key written in base64 from `env:NAME` or `file:PATH`; what was read is in no error.

    Raises PlaybookError when there is none, it is not 32 bytes, or others may read the file.

    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, OUR_KEY=base64.b64encode(bytes(32)).decode()):
    ...     read_key("env:OUR_KEY") == bytes(32)
    True
    >>> read_key("OUR_KEY")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: a key is read from env:NAME or file:PATH: write one of these.
    """
    kind, _, name = where.partition(":")
    if kind not in ("env", "file") or not name:
        raise PlaybookError("a key is read from env:NAME or file:PATH: write one of these.")
    text = os.environ.get(name) if kind == "env" else _read_private(Path(name))
    if text is None:
        raise PlaybookError(f"the environment variable {name} is not set: set it to a key in base64.")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != BYTES:
        raise PlaybookError(f"{where} does not hold a key: it must be {BYTES} bytes, written in base64.")
    return key


def _read_private(path: Path) -> str:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise PlaybookError(f"others may read the key in {path}: run chmod 600 on it first.")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise PlaybookError(f"{path} cannot be read as a key: name a text file that holds one.") from None
