"""What a short run says of a long one; devices, peak and a run alone, in processes of their own."""

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cost.footprint import training_bytes
from playbook.cost.frameworks import Calibration, Timed, calibrate, matmul_peak, timed
from playbook.errors import PlaybookError

# One process, since TensorFlow fixes its devices at its first operation; and a child of it, for a run alone.
MACHINE = """
import json, time
import numpy as np
from playbook.cost.frameworks import logical_cpus, matmul_peak, timed
from playbook.silence import quiet
names = logical_cpus(2)
again = logical_cpus(2)
try:
    logical_cpus(3)
except ValueError as error:
    refusal = str(error)
peak = matmul_peak(time.process_time, (512,), 0.2)
with quiet():
    from playbook import lm
    model = lm.tiny(lm.train_tokenizer(["a b"], 257), (1, 16, 1, 1, 16))
ids = np.random.default_rng(0).integers(257, size=500)
here, alone = (timed(model, ids, tokens=96, batch=4, sequence=8, alone=where) for where in (False, True))
try:
    timed(model, ids, tokens=1, alone=True)
except ValueError as error:
    small = str(error)
took = [alone.peak_bytes, alone.processor_seconds, alone.trained.cached]
losses = [run.trained.losses.tolist() for run in (here, alone)]
weights = [run.trained.model.backbone.get_weights()[0].tolist() for run in (here, alone)]
print(json.dumps([names, again, refusal, peak, losses, weights, took, small]))
"""
SHAPE = dict(num_layers=2, hidden_dim=64, intermediate_dim=192, num_query_heads=4, vocabulary_size=1024)


def trial(steps, start=4.0, rate=1e4, parameters=1_000_000, **more):
    model = SimpleNamespace(parameters=parameters, backbone=SimpleNamespace(**SHAPE))
    trained = SimpleNamespace(model=model, tokens=2048 * steps)
    return Timed(trained, wall_seconds=99.0, processor_seconds=start + 2048 * steps / rate, **more)


@given(st.floats(1e2, 1e6), st.floats(0, 60), st.floats(1e9, 1e13), st.integers(1_000, 10**9))
def test_two_trials_of_a_straight_line_predict_any_run_whatever_the_peak(rate, start, peak, tokens):
    calibration = calibrate(trial(1, start, rate), trial(24, start, rate), peak)
    assert calibration.utilisation == pytest.approx(6e6 * rate / peak)
    assert calibration.start_seconds == pytest.approx(start, abs=1e-6)
    assert calibration.seconds(1_000_000, tokens) == pytest.approx(start + tokens / rate)


@given(st.integers(0, 10**10), st.integers(1, 16), st.integers(1, 64))
def test_a_trial_on_a_small_batch_predicts_the_memory_of_any_other(overhead, small, large):
    model = trial(1).trained.model
    held = sum(training_bytes(model, small, 128).values()) + overhead
    calibration = calibrate(trial(1, batch=small, peak_bytes=held), trial(24), peak=1e11)
    assert calibration.overhead_bytes == overhead
    assert calibration.memory(model, large) == sum(training_bytes(model, large, 128).values()) + overhead


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


def test_a_strategy_stays_in_its_process():
    with pytest.raises(PlaybookError, match="leave out strategy or alone"):
        timed(trial(1).trained.model, [1, 2], tokens=2048, strategy=object(), alone=True)


def test_one_processor_as_two_devices_its_peak_and_a_run_alone():
    done = subprocess.run([sys.executable, "-c", MACHINE], capture_output=True, text=True, check=True)
    names, again, refusal, peak, losses, weights, took, small = json.loads(done.stdout)
    assert len(names) == 2
    assert again == names
    assert "2 devices, not 3: restart" in refusal
    assert 1e8 < peak < 1e14
    assert len(losses[0]) == 3 and losses[1] == pytest.approx(losses[0], abs=1e-4)
    assert np.array(weights[1]) == pytest.approx(np.array(weights[0]), abs=1e-3)
    assert took[0] > 1e7 and took[1] > 0 and took[2] is False
    assert small.startswith("cannot train: tokens=1 is less")
    assert done.stderr == ""
