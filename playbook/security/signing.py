"""Signs files and model folders with Ed25519: who made it, and that not a byte has changed since."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from playbook.errors import PlaybookError
from playbook.inputs.files import sha256_file

# What is signed begins with what it is: no signature over a folder can pass for one over a file.
FILE, FOLDER = b"playbook file v1\n", b"playbook folder v1\n"


def new_signing_key() -> tuple[bytes, bytes]:
    """Make a key pair: the private key, to keep, and the public one, to publish; 32 bytes each.

    >>> private, public = new_signing_key()
    >>> len(private), len(public)
    (32, 32)
    """
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def sign(path: str | Path, private_key: bytes | Ed25519PrivateKey) -> bytes:
    """Sign a file, or a folder with all that is in it; give the signature, 64 bytes.

    Signed is the SHA-256 of a file, and of a folder the names, sizes and SHA-256 of its files in sorted
    order: a file that is renamed, added or taken away breaks the signature too. A folder's own name, rights
    and times are not signed. Raises PlaybookError for symbolic links, which could point anywhere, and for
    unusable keys.
    Source: RFC 8032 (Ed25519).

    >>> from tempfile import TemporaryDirectory
    >>> private, public = new_signing_key()
    >>> with TemporaryDirectory() as folder:
    ...     weights = Path(folder, "weights.bin")
    ...     _ = weights.write_bytes(bytes(9))
    ...     signature = sign(folder, private)
    ...     before = verify(folder, signature, public)
    ...     _ = weights.write_bytes(bytes(8) + b"!")
    ...     before, verify(folder, signature, public)
    (True, False)
    """
    if not isinstance(private_key, Ed25519PrivateKey):
        try:
            private_key = Ed25519PrivateKey.from_private_bytes(private_key)
        except (TypeError, ValueError):
            raise PlaybookError("a private key is 32 bytes: make a pair with new_signing_key().") from None
    return private_key.sign(_statement(Path(path)))


def verify(path: str | Path, signature: bytes, public_key: bytes | Ed25519PublicKey) -> bool:
    """Say whether `signature` was made over exactly this file or folder with the key of `public_key`."""
    if not isinstance(public_key, Ed25519PublicKey):
        try:
            public_key = Ed25519PublicKey.from_public_bytes(public_key)
        except (TypeError, ValueError):
            raise PlaybookError("a public key is 32 bytes: ask the signer for it.") from None
    try:
        public_key.verify(bytes(signature), _statement(Path(path)))
    except InvalidSignature:
        return False
    return True


def _statement(path: Path) -> bytes:
    if path.is_symlink() or not path.exists():
        what = "is a symbolic link" if path.is_symlink() else "does not exist"
        raise PlaybookError(f"{path} {what}: name a file or a folder.")
    if path.is_file():
        return FILE + sha256_file(path).encode()
    lines = []
    for below in sorted(path.rglob("*"), key=lambda one: os.fsencode(one.relative_to(path).as_posix())):
        if below.is_symlink() or not (below.is_file() or below.is_dir()):
            raise PlaybookError(f"{below} is a link or no plain file: a signature covers plain files only.")
        if below.is_file():
            name = os.fsencode(below.relative_to(path).as_posix()).hex()  # a name may hold a line feed
            lines.append(f"{sha256_file(below)} {below.stat().st_size} {name}\n")
    return FOLDER + "".join(lines).encode()
