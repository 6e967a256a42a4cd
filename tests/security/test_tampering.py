"""What was changed without the key: counter mode takes it, the chapter's files do not."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.security import tampering


@given(st.binary(min_size=1, max_size=99), st.data())
def test_counter_mode_takes_a_flipped_bit_and_gives_it_back_flipped(content: bytes, data):
    place = data.draw(st.integers(0, len(content) - 1))
    sealed = tampering.textbook(content, bytes(32), bytes(16))
    sealed[place] ^= 1
    opened = tampering.textbook(sealed, bytes(32), bytes(16))
    assert opened[place] == content[place] ^ 1 and sum(map(int.__ne__, opened, content)) == 1


def test_every_change_is_tried_none_is_accepted_and_nothing_is_left(tmp_path: Path):
    table = tampering.outcomes(tmp_path)
    assert table["tried"].tolist() == [8 * (72 + 24 + 16), 5, 1, 1, 3, 1]
    assert not table[["accepted", "targets left"]].any(axis=None)


def test_a_change_that_is_accepted_would_be_counted(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tampering, "decrypt_file", lambda source, target, key: target.write_bytes(b"x"))
    table = tampering.outcomes(tmp_path)
    assert (table["accepted"] == table["tried"]).all() and (table["targets left"] == table["tried"]).all()


def test_the_changes_are_changes():
    content, other = bytes(2 * tampering.SEALED + 200), b"\1" * (2 * tampering.SEALED + 200)
    content = (
        content[: tampering.HEADER]
        + b"".join(bytes([number]) * tampering.SEALED for number in (3, 4))
        + content[tampering.HEADER + 2 * tampering.SEALED :]
    )
    changed = [bytes(one) for _, one in tampering.cuts(content, other)]
    assert content not in changed and len(changed) == len(set(changed))
    assert len({one for _, one in tampering.flips(b"ab")}) == 16


def test_only_a_refusal_of_ours_is_one():
    def refuse() -> None:
        raise PlaybookError("No: not this.")

    assert not tampering.accepts(refuse)
