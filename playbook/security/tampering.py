"""Changes that somebody without the key makes to an encrypted file, and what becomes of each."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from playbook.errors import PlaybookError
from playbook.security.container import CHUNK_LOG2, HEADER, TAG
from playbook.security.encryption import decrypt_file, encrypt_file, new_key

if TYPE_CHECKING:
    import pandas as pd

SEALED = (1 << CHUNK_LOG2) + TAG  # bytes of a sealed chunk
SMALL = b"application,approve\n1,0\n"


def textbook(content: bytes | bytearray, key: bytes, nonce: bytes) -> bytearray:
    """Encrypt or decrypt by AES in counter mode, which hides the content and notices no change of it.

    >>> bytes(textbook(textbook(b"two", bytes(32), bytes(16)), bytes(32), bytes(16)))
    b'two'
    """
    return bytearray(Cipher(algorithms.AES(key), modes.CTR(nonce)).encryptor().update(content))


def flips(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Give the content with each of its bits flipped."""
    for place in range(8 * len(content)):
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        yield "one bit flipped", bytes(changed)


def cuts(content: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    """Give an encrypted file of three chunks with chunks cut off, swapped, repeated, appended, exchanged.

    other: another file that was encrypted under the same key.
    """
    head, body = content[:HEADER], content[HEADER:]
    one, two, rest = body[:SEALED], body[SEALED : 2 * SEALED], body[2 * SEALED :]
    for kept in (b"", one, one + two, one + two[: SEALED // 2], body[:-1]):
        yield "cut off", head + kept
    yield "swapped", head + two + one + rest
    yield "repeated", head + one + one + two + rest
    for more in (one, rest, b"\0"):
        yield "appended", content + more
    yield "exchanged with another file's", head + other[HEADER : HEADER + SEALED] + two + rest


def outcomes(folder: Path) -> "pd.DataFrame":
    """Make every change to a small and to a longer encrypted file, and try to decrypt each.

    Rows: the kinds of change. Columns: tried, accepted, targets left (files that a refusal left behind).
    """
    import pandas as pd

    key = new_key()
    plain, sealed, target = folder / "plain", folder / "sealed", folder / "target"

    def encrypted(content: bytes) -> bytes:
        plain.write_bytes(content)
        encrypt_file(plain, sealed, key)
        return sealed.read_bytes()

    long = [encrypted(os.urandom(2 * (1 << CHUNK_LOG2) + 100)) for _ in range(2)]
    rows = []
    for kind, changed in (*flips(encrypted(SMALL)), *cuts(*long)):
        sealed.write_bytes(changed)
        rows.append({"change": kind, "tried": 1, "accepted": accepts(decrypt_file, sealed, target, key)})
        rows[-1]["targets left"] = target.exists()
        target.unlink(missing_ok=True)
    return pd.DataFrame(rows).groupby("change", sort=False).sum().astype(int)


def accepts(act: Callable[..., object], *arguments: object) -> bool:
    """Say whether `act` takes these arguments; a PlaybookError is a refusal.

    >>> accepts(len, "abc")
    True
    """
    try:
        act(*arguments)
    except PlaybookError:
        return False
    return True
