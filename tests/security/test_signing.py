"""A signature holds for exactly one content and one key, for a file as for a folder."""

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from playbook.errors import PlaybookError
from playbook.security.signing import new_signing_key, sign, verify


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    (folder / "shards").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "shards" / "1.bin").write_bytes(b"one")
    (folder / "shards" / "2.bin").write_bytes(b"two")
    return folder


def changes():
    def swap(folder):
        one, two = folder / "shards" / "1.bin", folder / "shards" / "2.bin"
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second), two.write_bytes(first)

    yield "changed", lambda folder: (folder / "config.json").write_text("{ }")
    yield "added", lambda folder: (folder / "evil.py").write_text("")
    yield "removed", lambda folder: (folder / "config.json").unlink()
    yield "renamed", lambda folder: (folder / "config.json").rename(folder / "Config.json")
    yield "moved", lambda folder: (folder / "shards" / "1.bin").rename(folder / "1.bin")
    yield "swapped", swap


@pytest.mark.parametrize("change", [pytest.param(act, id=name) for name, act in changes()])
def test_whatever_changes_in_a_folder_breaks_its_signature(model, change):
    private, public = new_signing_key()
    signature = sign(model, private)
    assert verify(model, signature, public)
    change(model)
    assert not verify(model, signature, public)


def test_a_copy_of_a_folder_has_the_same_signature(model, tmp_path):
    private, public = new_signing_key()
    shutil.copytree(model, tmp_path / "copy")
    assert verify(tmp_path / "copy", sign(model, private), public)


def test_every_flipped_bit_of_a_signature_and_another_key_are_refused(model):
    (private, public), (_, other) = new_signing_key(), new_signing_key()
    signature = sign(model / "config.json", private)
    assert not verify(model / "config.json", signature, other)
    for bit in range(8 * len(signature)):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify(model / "config.json", bytes(changed), public)
    assert not verify(model / "config.json", signature[:-1], public)


def test_a_folder_cannot_pass_for_a_file(tmp_path):
    """A file whose content is what a folder's signature covers is still something else."""
    private, public = new_signing_key()
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    assert not verify(tmp_path / "file", sign(tmp_path / "empty", private), public)


def test_keys_may_be_those_of_the_library(model):
    private = Ed25519PrivateKey.generate()
    assert verify(model, sign(model, private), private.public_key())


def test_links_and_unusable_keys_are_refused_in_one_sentence(model):
    private, _ = new_signing_key()
    for act in (
        lambda: sign(model, b"short"),
        lambda: verify(model, bytes(64), b"short"),
        lambda: sign(model / "no", private),
    ):
        with pytest.raises(PlaybookError):
            act()
    (model / "link").symlink_to(model / "config.json")
    with pytest.raises(PlaybookError, match="link"):
        sign(model, private)
