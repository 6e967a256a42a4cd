"""What a short run says of a long one; devices and peak of this machine, in a process of their own."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.frameworks import Calibration, Timed, calibrate, matmul_peak
from playbook.errors import PlaybookError

MACHINE = """
import json, time
from playbook.cost.frameworks import logical_cpus, matmul_peak
names = logical_cpus(2)
again = logical_cpus(2)
try:
    logical_cpus(3)
except ValueError as error:
    print(json.dumps([names, again, str(error), matmul_peak(time.process_time, (512,), 0.2)]))
"""


def trial(steps, start=4.0, rate=1e4, parameters=1_000_000):
    trained = SimpleNamespace(model=SimpleNamespace(parameters=parameters), tokens=2048 * steps)
    return Timed(trained, wall_seconds=99.0, processor_seconds=start + 2048 * steps / rate)


@given(st.floats(1e2, 1e6), st.floats(0, 60), st.floats(1e9, 1e13), st.integers(1_000, 10**9))
def test_two_trials_of_a_straight_line_predict_any_run_whatever_the_peak(rate, start, peak, tokens):
    calibration = calibrate(trial(1, start, rate), trial(24, start, rate), peak)
    assert calibration.utilisation == pytest.approx(6e6 * rate / peak)
    assert calibration.start_seconds == pytest.approx(start, abs=1e-6)
    assert calibration.seconds(1_000_000, tokens) == pytest.approx(start + tokens / rate)


def test_twice_the_tokens_are_less_than_twice_the_seconds():
    calibration = Calibration(peak=1e11, utilisation=0.5, start_seconds=4)
    assert calibration.seconds(1e6, 2e6) == 2 * calibration.seconds(1e6, 1e6) - 4


@pytest.mark.parametrize(
    "trials", [(trial(24), trial(1)), (trial(2), trial(2)), (trial(1, start=90), trial(2))]
)
def test_a_second_trial_that_is_not_longer_is_refused(trials):
    with pytest.raises(PlaybookError, match="short trial and a longer one"):
        calibrate(*trials, peak=1e11)


def test_no_time_no_peak():
    with pytest.raises(PlaybookError, match="seconds is 0"):
        matmul_peak(seconds=0)


def test_one_processor_as_two_devices_and_its_peak():
    done = subprocess.run([sys.executable, "-c", MACHINE], capture_output=True, text=True, check=True)
    names, again, refusal, peak = json.loads(done.stdout)
    assert len(names) == 2
    assert again == names
    assert "2 devices, not 3: restart" in refusal
    assert 1e8 < peak < 1e14
    assert done.stderr == ""
