"""The patient grid: who answers late is left out for a while, and nobody waits for the dead."""

from types import SimpleNamespace

import pytest

from playbook.security import grids
from playbook.security.grids import Patient


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Wire:
    """A grid whose nodes answer after some seconds, or never (None)."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds, self.sent = clock, seconds, {}

    def get_node_ids(self):
        return list(self.seconds)

    def push_messages(self, messages):
        for message in messages:
            self.sent[message.metadata.dst_node_id] = self.clock.now
        return [f"to {node}" for node in self.sent]

    def pull_messages(self, waiting):
        due = [
            node
            for node, sent in self.sent.items()
            if f"to {node}" in waiting
            and self.seconds[node] is not None
            and self.clock.now >= sent + self.seconds[node]
        ]
        return [
            SimpleNamespace(metadata=SimpleNamespace(src_node_id=node, reply_to_message_id=f"to {node}"))
            for node in due
        ]


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(grids, "time", clock)
    return clock


def ask(grid, timeout=None):
    nodes = grid.get_node_ids()
    messages = [SimpleNamespace(metadata=SimpleNamespace(dst_node_id=node)) for node in nodes]
    return [reply.metadata.src_node_id for reply in grid.send_and_receive(messages, timeout=timeout)]


def test_those_who_are_a_little_slower_are_waited_for(clock):
    assert sorted(ask(Patient(Wire(clock, {1: 4.0, 2: 9.0})))) == [1, 2]
    assert clock.now < 1010


def test_the_dead_are_left_out_and_asked_again_later(clock):
    grid = Patient(Wire(clock, {1: 4.0, 2: None}))
    assert ask(grid) == [1]
    assert clock.now - 1000 == pytest.approx(4 + 2 + grids.GRACE, abs=1)
    assert grid.get_node_ids() == [1]
    clock.sleep(grids.AWAY + 1)
    assert grid.get_node_ids() == [1, 2]


def test_one_who_comes_back_under_another_id_is_asked_at_once(clock):
    wire = Wire(clock, {1: 1.0, 2: None})
    grid = Patient(wire)
    ask(grid)
    wire.seconds[3] = 1.0
    wire.sent.clear()
    assert sorted(ask(grid)) == [1, 3]


def test_when_all_are_dead_the_time_limit_ends_it(clock):
    assert ask(Patient(Wire(clock, {1: None})), timeout=30) == []
    assert 1029 < clock.now < 1032
