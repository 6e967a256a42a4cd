"""The memory that a block of code took, and that what was there before does not count."""

import sys
import time

import psutil
import pytest

from playbook.cost.resident import peak_memory


def test_memory_that_was_given_back_inside_the_block_counts():
    with peak_memory() as peak:
        kept = bytearray(b"x") * 80_000_000
        time.sleep(0.1)  # several looks
        del kept
    assert 70e6 < peak.added < 200e6


def test_memory_from_before_the_block_does_not():
    kept = bytearray(b"x") * 80_000_000
    with peak_memory() as peak:
        pass
    assert peak.added < 40e6
    assert peak.before > len(kept)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the allocator of glibc")
def test_leftovers_are_given_back_before_the_block():
    blocks = [bytes(1000) for _ in range(200_000)]
    full = psutil.Process().memory_info().rss
    blocks = blocks[::1000]  # the heap is empty but for these, and keeps its size
    with peak_memory() as peak:
        pass
    assert full - peak.before > 100e6 and len(blocks) == 200


def test_the_watch_ends_with_a_block_that_fails():
    with pytest.raises(ZeroDivisionError), peak_memory() as peak:
        raise ZeroDivisionError
    assert peak.highest >= peak.before
