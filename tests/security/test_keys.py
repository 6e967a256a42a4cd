"""Keys are read from where only their owner looks, and never appear in an error."""

import base64
import os

import pytest

from playbook.errors import PlaybookError
from playbook.security.keys import key_from_password, new_key, read_key


def test_a_password_gives_the_same_key_with_the_same_salt_only():
    first, again, other = (key_from_password("long enough", salt * 16) for salt in (b"a", b"a", b"b"))
    assert first == again != other and len(first) == 32


@pytest.mark.parametrize(
    "password, salt", [("short", bytes(16)), ("long enough", bytes(15)), (b"bytes123", bytes(16))]
)
def test_weak_passwords_and_salts_are_refused_without_showing_them(password, salt):
    with pytest.raises(PlaybookError) as caught:
        key_from_password(password, salt)
    assert "short" not in str(caught.value) and "b'bytes" not in str(caught.value)


def test_a_key_is_read_from_a_private_file(tmp_path):
    key, file = new_key(), tmp_path / "key"
    file.write_text(base64.b64encode(key).decode() + "\n")
    file.chmod(0o600)
    assert read_key(f"file:{file}") == key
    if os.name == "posix":
        file.chmod(0o644)
        with pytest.raises(PlaybookError, match="chmod 600"):
            read_key(f"file:{file}")


@pytest.mark.parametrize("content", [b"", b"c2VjcmV0", b"not base64!", b"\xff\xfe", b"A" * 43])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path, content):
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(PlaybookError) as caught:
        read_key(f"file:{file}")
    shown = content.decode(errors="ignore")
    assert not shown or shown not in str(caught.value)


def test_a_key_that_is_nowhere_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    for where, says in (
        ("env:NO_SUCH_KEY", "is not set"),
        (f"file:{tmp_path / 'none'}", "cannot be read"),
        ("a2V5", "env:NAME or file:PATH"),
        ("env:", "env:NAME or file:PATH"),
    ):
        with pytest.raises(PlaybookError, match=says):
            read_key(where)
