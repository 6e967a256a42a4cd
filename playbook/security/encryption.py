"""Encrypts files of any size in constant memory, so that what was changed or cut is refused, not read."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from playbook.errors import PlaybookError
from playbook.inputs.files import atomic_write, disk_errors
from playbook.security.container import KEY, new_header, read_header, seal, unseal
from playbook.security.keys import key_from_password, new_key, read_key
from playbook.security.signing import new_signing_key, sign, verify

__all__ = [
    "decrypt_file",
    "encrypt_file",
    "key_from_password",
    "new_key",
    "new_signing_key",
    "read_key",
    "rotate",
    "sign",
    "verify",
]


def encrypt_file(source: str | Path, target: str | Path, key: bytes) -> None:
    """Encrypt `source` into `target` with a 32-byte key; the target appears whole or not at all.

    The format is described in `playbook.security.container`: AES-256-GCM in chunks of a mebibyte, under a
    random key of the file's own, which `key` seals. Memory does not grow with the file.
    Raises PlaybookError for a key of another length, a source that cannot be read, a full disk.
    Sources: NIST SP 800-38D (GCM); Hoang et al., CRYPTO 2015 (STREAM).

    >>> from tempfile import TemporaryDirectory
    >>> key = new_key()
    >>> with TemporaryDirectory() as name:
    ...     folder = Path(name)
    ...     _ = (folder / "plan.txt").write_text("two rounds, then profit")
    ...     encrypt_file(folder / "plan.txt", folder / "plan.enc", key)
    ...     decrypt_file(folder / "plan.enc", folder / "again.txt", key)
    ...     (folder / "again.txt").read_text(), (folder / "plan.enc").stat().st_size
    ('two rounds, then profit', 111)
    """

    def sealed(file: BinaryIO) -> Iterable[bytes | memoryview]:
        header = new_header()
        yield header.sealed(_checked(key))
        yield from seal(file, header)

    _convert(source, target, sealed)


def decrypt_file(source: str | Path, target: str | Path, key: bytes) -> None:
    """Decrypt what `encrypt_file` made; on any change of its bytes there is a PlaybookError and no target."""
    name = Path(source).name
    _convert(source, target, lambda file: unseal(file, read_header(file, _checked(key), name), name))


def rotate(path: str | Path, old: bytes, new: bytes) -> None:
    """Give the file another owner's key, without rewriting its data: 60 bytes change, in one write.

    Whoever kept the old key *and* a copy of the old header can still open it: against that, encrypt anew.
    Raises PlaybookError when `old` does not open it; it is then as it was.

    >>> from tempfile import TemporaryDirectory
    >>> old, new = new_key(), new_key()
    >>> with TemporaryDirectory() as name:
    ...     folder = Path(name)
    ...     _ = (folder / "a").write_bytes(b"data")
    ...     encrypt_file(folder / "a", folder / "a.enc", old)
    ...     rotate(folder / "a.enc", old, new)
    ...     decrypt_file(folder / "a.enc", folder / "b", new)
    ...     (folder / "b").read_bytes()
    b'data'
    """
    path = _readable(path)
    with disk_errors(path.parent), path.open("r+b", buffering=0) as file:
        header = read_header(file, _checked(old), path.name)
        file.seek(0)
        # 72 bytes at the start of a file lie in one sector: they are written all together or not at all
        file.write(header.sealed(_checked(new)))
        os.fsync(file.fileno())


def _convert(
    source: str | Path, target: str | Path, convert: Callable[[BinaryIO], Iterable[bytes | memoryview]]
) -> None:
    source, target = _readable(source), Path(target)
    with (
        disk_errors(target.parent),
        source.open("rb") as read,
        atomic_write(target) as temporary,
        temporary.open("wb", buffering=0) as write,
    ):
        for piece in convert(read):
            if write.write(piece) != len(piece):
                raise PlaybookError(
                    f"The disk that holds {target.parent} is full: free some space, run again."
                )


def _checked(key: bytes) -> bytes:
    if not isinstance(key, bytes | bytearray) or len(key) != KEY:
        raise PlaybookError(
            f"A key is {KEY} bytes: make one with new_key(), or with key_from_password(password, salt)."
        )
    return bytes(key)


def _readable(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise PlaybookError(f"{path} {what}: name a file that can be read.")
    return path
