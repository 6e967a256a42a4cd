"""Training: it learns, it repeats itself exactly, and its cache gives back the very model or nothing."""

import subprocess
import sys

import numpy as np
import pytest

from playbook import PlaybookError, lm
from playbook.lm import checkpoint
from playbook.lm.training import _windows

PLAN = {"tokens": 4 * 16 * 30, "batch": 4, "sequence": 16}


def same(one, other) -> bool:
    pairs = zip(one.model.backbone.get_weights(), other.model.backbone.get_weights(), strict=True)
    return np.array_equal(one.losses, other.losses) and all(np.array_equal(a, b) for a, b in pairs)


@pytest.fixture(scope="module")
def trained(tiny, ids):
    return lm.train(tiny, ids, **PLAN, cache=False)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path))
    return tmp_path


def test_it_learns_and_leaves_the_given_model_alone(tiny, ids, trained):
    before = lm.mean_loss(tiny, ids, 16)
    assert before == pytest.approx(np.log(280), abs=0.1)
    assert lm.mean_loss(trained.model, ids, 16) < before - 2
    assert trained.losses[-1] < trained.losses[0] - 2


def test_it_reports_what_it_took(trained):
    assert len(trained.losses) == 30
    assert trained.tokens == PLAN["tokens"]
    assert 0 < trained.first_step_seconds < trained.seconds
    speed = (trained.tokens - 64) / (trained.seconds - trained.first_step_seconds)
    assert trained.tokens_per_second == pytest.approx(speed)


def test_the_first_loss_is_that_of_the_first_batch(tiny, ids, trained):
    first = _windows(ids, 16, 120, seed=0)[:4]
    assert trained.losses[0] == pytest.approx(np.mean([lm.loss(tiny, window) for window in first]), abs=1e-4)


def test_the_same_seed_gives_the_same_model_and_the_cache_gives_it_back(tiny, ids, trained, cache):
    again = lm.train(tiny, ids, **PLAN)
    kept = lm.train(tiny, ids, **PLAN)
    assert same(trained, again)
    assert same(trained, kept)
    assert (again.cached, kept.cached) == (False, True)
    assert (kept.seconds, kept.first_step_seconds) == (again.seconds, again.first_step_seconds)
    assert kept.tokens == again.tokens
    (file,) = cache.rglob("*.npz")
    file.write_bytes(b"no model")
    assert not lm.train(tiny, ids, **PLAN).cached


def test_anything_that_goes_in_makes_another_key(tiny, ids, tokenizer):
    other = lm.tiny(tokenizer, "0.3M", seed=2)
    plans = [PLAN | {"seed": seed, "replicas": replicas} for seed in (0, 1) for replicas in (1, 2)]
    keys = [checkpoint.key(model, ids, plan) for model in (tiny, other) for plan in plans]
    keys.append(checkpoint.key(tiny, ids[1:], plans[0]))
    assert len(set(keys)) == len(keys)
    assert checkpoint.key(tiny, ids.copy(), dict(plans[0])) == keys[0]


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "words", "other"])
def test_a_damaged_cache_file_is_thrown_away(tiny, trained, tmp_path, harm):
    file = tmp_path / "kept.npz"
    checkpoint.write(file, trained)
    assert same(checkpoint.read(file, tiny), trained)
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    file.write_bytes({"cut": whole[:-5000], "flip": flipped, "empty": b""}.get(harm, b"no model"))
    if harm == "other":
        np.savez(file, losses=np.zeros(3))
    assert checkpoint.read(file, tiny) is None
    assert not file.exists()


def test_an_epoch_shows_every_window_once(ids):
    stream = np.arange(1601)
    windows = _windows(stream, 16, count=200, seed=3)
    assert sorted(windows[:100, 0]) == list(range(0, 1600, 16))
    assert sorted(windows[100:, 0]) == list(range(0, 1600, 16))
    assert not np.array_equal(windows[:100], windows[100:])
    assert (np.diff(windows) == 1).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tokens": 63}, "tokens=63 is less than one step"),
        ({"batch": 0}, "batch and sequence are 1 or more"),
        ({"sequence": 513}, "sequence is at most 512"),
        ({"learning_rate": 0}, "learning_rate is above 0"),
        ({"seed": -1}, "seed is a whole number"),
        ({"ids": np.arange(10)}, "one list of over 16 ids"),
        ({"ids": []}, "one list of over 16 ids"),
        ({"ids": np.full(100, 280)}, "ids of tiny-0.3M are 0 to 279"),
    ],
)
def test_a_plan_that_cannot_be_trained_is_one_sentence(tiny, ids, change, sentence):
    options = PLAN | {"ids": ids} | change
    with pytest.raises(PlaybookError, match=sentence):
        lm.train(tiny, **options)


MIRRORED = """
import numpy as np, playbook
with playbook.quiet():
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
from playbook import PlaybookError, lm
tokenizer = lm.train_tokenizer(["A cat sees the mat."], 270)
ids = lm.encode(tokenizer, ["A cat sees the mat."] * 50)
plan = {"tokens": 256, "sequence": 16, "cache": False}
model = lm.tiny(tokenizer, "0.3M")
two = lm.train(model, ids, **plan, batch=4, strategy=strategy)
one = lm.train(model, ids, **plan, batch=4)
assert np.allclose(one.losses, two.losses, atol=1e-3), (one.losses, two.losses)
assert abs(lm.mean_loss(one.model, ids, 16) - lm.mean_loss(two.model, ids, 16)) < 1e-3
try:
    lm.train(model, ids, **plan, batch=3, strategy=strategy)
except PlaybookError as error:
    print(error)
"""


def test_two_devices_train_the_same_model():
    done = subprocess.run([sys.executable, "-c", MIRRORED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "batch=3 does not split over 2 replicas" in done.stdout
