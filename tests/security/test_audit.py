"""A log that was changed, cut or written on by someone else is found out, with the line."""

import json

import pytest

from playbook.errors import PlaybookError
from playbook.security.audit import AuditLog, verify

KEY = b"k" * 32


@pytest.fixture
def log(tmp_path):
    log = AuditLog(tmp_path / "audit.jsonl", KEY)
    for number in range(5):
        log.append(user=f"user-{number}", status=200)
    return log


def test_it_goes_on_where_it_stopped(log):
    again = AuditLog(log.path, KEY)
    again.append(user="later")
    assert [entry["number"] for entry in again.entries()] == [1, 2, 3, 4, 5, 6]
    assert [entry["number"] for entry in again.entries(last=2)] == [5, 6]
    assert verify(log.path, KEY) is None


@pytest.mark.parametrize("removed", range(5))
def test_a_removed_line_is_found(log, removed):
    lines = log.path.read_text().splitlines(keepends=True)
    log.path.write_text("".join(lines[:removed] + lines[removed + 1 :]))
    assert verify(log.path, KEY) == (
        "entries after line 4 were removed"
        if removed == 4
        else f"line {removed + 1} was changed, moved or follows a removed one"
    )


@pytest.mark.parametrize("changed", range(5))
@pytest.mark.parametrize(
    "field, value", [("user", "nobody"), ("status", 500), ("number", 9), ("hash", "0" * 64)]
)
def test_a_changed_line_is_found(log, changed, field, value):
    lines = log.path.read_text().splitlines()
    lines[changed] = json.dumps(json.loads(lines[changed]) | {field: value})
    log.path.write_text("\n".join(lines) + "\n")
    assert verify(log.path, KEY) == f"line {changed + 1} was changed, moved or follows a removed one"


def test_everything_removed_is_found(log):
    log.path.write_text("")
    assert verify(log.path, KEY) == "entries after line 0 were removed"
    log.path.unlink()
    assert verify(log.path, KEY) == "entries after line 0 were removed"


def test_a_chain_written_without_the_key_does_not_fit(tmp_path):
    forged = AuditLog(tmp_path / "audit.jsonl", b"x" * 32)
    forged.append(user="eve")
    assert verify(forged.path, KEY) == "line 1 was changed, moved or follows a removed one"


def test_a_missing_seal_and_a_line_that_is_none_are_found(log):
    seal = log.path.with_name("audit.jsonl.seal")
    kept = seal.read_bytes()
    seal.unlink()
    assert verify(log.path, KEY) == "the seal of its end is missing"
    seal.write_bytes(kept)
    with log.path.open("a") as file:
        file.write("not json\n")
    assert verify(log.path, KEY) == "line 6 is no entry"


def test_a_log_that_was_tampered_with_is_not_written_to(log):
    text = log.path.read_text().replace("user-2", "user-9")
    log.path.write_text(text)
    with pytest.raises(PlaybookError, match="line 3 was changed"):
        AuditLog(log.path, KEY)
    assert log.path.read_text() == text


def test_a_server_killed_before_it_sealed_goes_on(log):
    seal = log.path.with_name("audit.jsonl.seal")
    kept = seal.read_bytes()
    log.append(user="last")
    seal.write_bytes(kept)
    AuditLog(log.path, KEY).append(user="next")
    assert verify(log.path, KEY) is None
