"""Two real worker processes, one of them killed; and the sentences for what cannot be started."""

import socket

import numpy as np
import pytest

from playbook.cost import workers
from playbook.cost.workers import Fleet, efficiency, free_ports, train
from playbook.errors import PlaybookError

IDS = np.random.default_rng(0).integers(64, size=2_000)
SMALL = dict(vocabulary=64, steps=9, batch=4, sequence=8, checkpoint_every=4)


def line(worker, step, loss=1.0, wall=0.0, processor=0.0):
    return dict(worker=worker, step=step, loss=loss, wall=wall, processor=processor)


def test_a_killed_worker_stops_all_and_the_run_goes_on_from_the_checkpoint(monkeypatch):
    starts, real = [], workers._start

    def start(*arguments):
        said, others = real(*arguments)
        starts.append({one["step"]: one["loss"] for one in said})
        return said, others

    monkeypatch.setattr(workers, "_start", start)
    fleet = train(IDS, kill_after=7, **SMALL)
    before, after = starts
    assert (fleet.killed_after, fleet.resumed_after, list(after)) == (7, 4, [5, 6, 7, 8, 9])
    for step in (5, 6, 7):  # the first shows the weights, the others the optimiser's states
        assert before[step] == pytest.approx(after[step], abs=1e-4) != before[1]
    assert len(fleet.losses) == 9 and fleet.losses[6] == after[7]
    assert fleet.others in ("waited", "ended")


def test_a_step_done_twice_counts_once_and_the_restart_is_no_step():
    first = [line(w, s, loss=9 - s, wall=s, processor=s / 2) for s in (1, 2, 3) for w in (0, 1)]
    again = [line(w, s, loss=8 - s, wall=100 + s, processor=s / 2) for s in (3, 4) for w in (0, 1)]
    fleet = workers._fleet(2, first + again)
    assert fleet.losses.tolist() == [8, 7, 5, 4]
    assert fleet.wall_seconds == 1 and fleet.processor_seconds == 1
    assert workers._median_step([line(0, 1), line(0, 2, wall=1), line(0, 2, wall=100)], "wall") == 1


def test_two_workers_as_fast_as_one_are_half_efficient():
    one, two = Fleet(1, np.zeros(1), 0.1, 0.1), Fleet(2, np.zeros(1), 0.1, 0.2)
    assert efficiency(one, two) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"batch": 5}, "batch of 5 does not split over 2 workers"),
        ({"workers": 0}, "workers is 0"),
        ({"kill_after": 1}, "kill_after is 1: give 4"),
        ({"kill_after": 9}, "kill_after is 9: give 4"),
        ({"steps": 600}, "600 steps need 21,600 tokens, got 2,000"),
        ({"ports": [70_000, 70_001]}, "port 70000 cannot be used"),
    ],
)
def test_what_cannot_be_started_is_said_before_anything_starts(wrong, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        train(IDS, **SMALL | wrong)


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = held.getsockname()[1]
        with pytest.raises(PlaybookError, match=f"port {taken} cannot be used .*: name a free one"):
            train(IDS, ports=[taken, *free_ports(1)], **SMALL)
