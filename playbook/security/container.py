"""The format of an encrypted file: a header that can be sealed anew, chunks that only fit in their order.

    magic "PLAYBOOK" | version 1 | cipher 1 | log2 of the chunk's bytes | 0     the preface, 12 bytes
    nonce, 12 bytes | the file's key under the owner's key, 32 + 16 bytes       the envelope
    chunk | ... | last chunk                                                    each sealed, 16 bytes longer

Each file has a random key of its own, and that key seals the chunks with AES-256-GCM. A chunk's nonce is its
number and whether it is the last one, so that none can be cut off, repeated, swapped or appended (STREAM:
Hoang, Reyhanitabar, Rogaway and Vizar 2015). The owner's key only seals the file's key (envelope
encryption, NIST SP 800-57): changing it rewrites 60 bytes, however long the file is.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from playbook.errors import PlaybookError

MAGIC, VERSION, AES_256_GCM = b"PLAYBOOK", 1, 1
CHUNK_LOG2 = 20  # a mebibyte: long enough to be fast, short enough to hold three in any memory
NONCE, KEY, TAG = 12, 32, 16
PREFACE = len(MAGIC) + 4
HEADER = PREFACE + NONCE + KEY + TAG


@dataclass(frozen=True)
class Header:
    """What stands before the chunks: how they were made, and the file's own key, unsealed."""

    preface: bytes
    file_key: bytes

    @property
    def chunk(self) -> int:
        """Bytes of a chunk before it is sealed."""
        return 1 << self.preface[10]

    def cipher(self) -> AESGCM:
        """Give the cipher of the chunks; its key is bound to the preface, which nobody can then change."""
        return AESGCM(HKDF(SHA256(), KEY, salt=None, info=self.preface).derive(self.file_key))

    def sealed(self, key: bytes) -> bytes:
        """Give the header as bytes, with the file's key sealed by the owner's `key`."""
        nonce = os.urandom(NONCE)
        return self.preface + nonce + AESGCM(key).encrypt(nonce, self.file_key, self.preface)


def new_header() -> Header:
    """Make a header with a fresh random key.

    >>> header = new_header()
    >>> len(header.sealed(bytes(32))), header.chunk
    (72, 1048576)
    """
    return Header(MAGIC + bytes([VERSION, AES_256_GCM, CHUNK_LOG2, 0]), AESGCM.generate_key(256))


def read_header(file: BinaryIO, key: bytes, name: str) -> Header:
    """Read and unseal the header at the start of `file`.

    Raises PlaybookError when the file is none of ours, or the key is not its owner's.
    """
    head = file.read(HEADER)
    preface, nonce, wrapped = head[:PREFACE], head[PREFACE : PREFACE + NONCE], head[PREFACE + NONCE :]
    if len(head) < HEADER or not preface.startswith(MAGIC):
        raise PlaybookError(f"{name} is not a file that the playbook encrypted: name another one.")
    if preface[8:10] != bytes([VERSION, AES_256_GCM]) or preface[10] > 26 or preface[11]:
        raise PlaybookError(f"{name} is of a version this playbook cannot read: it was changed, or is newer.")
    try:
        return Header(preface, AESGCM(key).decrypt(nonce, wrapped, preface))
    except InvalidTag:
        raise PlaybookError(
            f"{name} does not open: the key is another one, or the file was changed."
        ) from None


def seal(source: BinaryIO, header: Header) -> Iterator[memoryview]:
    """Read `source` to its end and give sealed chunks; each view is valid until the next one is asked for."""
    cipher, size = header.cipher(), header.chunk
    out = memoryview(bytearray(size + TAG))
    for number, chunk, last in _chunks(source, size):
        sealed = out[: len(chunk) + TAG]
        cipher.encrypt_into(_nonce(number, last), chunk, None, sealed)
        yield sealed


def unseal(source: BinaryIO, header: Header, name: str) -> Iterator[memoryview]:
    """Read sealed chunks to the end of `source` and give what was in them, as views valid until the next one.

    Raises PlaybookError at the first chunk that was changed, cut, repeated, swapped or appended.
    """
    cipher, size = header.cipher(), header.chunk
    out = memoryview(bytearray(size))
    for number, sealed, last in _chunks(source, size + TAG):
        length = len(sealed) - TAG
        try:
            if length < 0 or (length == 0 and number > 0):
                raise InvalidTag
            cipher.decrypt_into(_nonce(number, last), sealed, None, out[:length])
        except InvalidTag:
            raise PlaybookError(
                f"{name} was changed or cut at chunk {number + 1}: nothing of it was kept, fetch it again."
            ) from None
        yield out[:length]


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[int, memoryview, bool]]:
    """Give each chunk with its number and whether it is the last: the one after it has to be read first."""
    now, later = (memoryview(bytearray(size)) for _ in range(2))
    here, number = source.readinto(now), 0
    while True:
        there = source.readinto(later) if here == size else 0
        yield number, now[:here], there == 0
        if there == 0:
            return
        now, later, here, number = later, now, there, number + 1


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([last])
