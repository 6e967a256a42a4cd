"""The network for digits: its gradient is that of the loss, it learns, and one update shows a picture."""

import numpy as np
import pytest
from scipy.special import log_softmax

from playbook.errors import PlaybookError
from playbook.security import digits
from playbook.security.logistic import train


def loss(model, x, y):
    first, bias, second, outer = np.split(model, digits.CUTS)
    hidden = np.maximum(x @ first.reshape(64, -1) + bias, 0)
    return -log_softmax(hidden @ second.reshape(-1, 10) + outer, axis=1)[np.arange(len(y)), y].mean()


def test_the_gradient_is_that_of_the_loss():
    (x, y), *_ = digits.shares(4)[0]
    model, generator = digits.start(3), np.random.default_rng(0)
    found = digits.gradient(model, x[:20], y[:20])
    for _ in range(20):
        way = generator.normal(size=len(model))
        step = 1e-6 * way
        numeric = (loss(model + step, x[:20], y[:20]) - loss(model - step, x[:20], y[:20])) / 2e-6
        assert found @ way == pytest.approx(numeric, abs=1e-5)


def test_by_digit_the_clients_have_other_digits_and_alike_all_of_them():
    alike, held_out = digits.shares(5)
    unlike, _ = digits.shares(5, "digit")
    assert all(len(set(y)) == 10 for _, y in alike)
    assert all(len(set(y)) <= 4 for _, y in unlike)
    assert sum(len(y) for _, y in alike) + len(held_out[1]) == 1797


def test_it_learns():
    parts, held_out = digits.shares(1)
    model = train(digits.start(), *parts[0], 60, digits.RATE, slope=digits.gradient)
    assert digits.accuracy(digits.start(), held_out) < 0.3 < 0.85 < digits.accuracy(model, held_out)


def test_one_update_shows_the_picture_and_noise_or_a_sum_hides_it():
    parts, _ = digits.shares(3)
    example, found = digits.spy(parts, noise=0.5, trials=30)
    np.testing.assert_allclose(example["one update"], example["on paper"], atol=1e-9)
    assert found["found"].tolist()[0] == 30
    assert max(found["found"].tolist()[1:]) <= 2
    quiet = digits.spy(parts, noise=0.0, trials=10)[1]  # cutting to a norm alone hides nothing
    assert quiet.loc["one update, with noise", "found"] == 10
    assert len(digits.gallery(example).axes) == 4


def test_an_update_without_a_move_shows_nothing():
    with pytest.raises(PlaybookError, match="no picture"):
        digits.reconstruct(digits.start(), digits.start())
