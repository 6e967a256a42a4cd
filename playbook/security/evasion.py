"""Evasion: how many decisions stand when an attacker moves the inputs, and what hardening costs."""

import logging
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.security.networks import Reach, fit, network, predict
from playbook.silence import quiet

if TYPE_CHECKING:
    import keras
    from art.estimators.classification import TensorFlowV2Classifier

STEPS, RESTARTS = 20, 5
COLUMNS = ["natural", "FGSM", "PGD", f"PGD, {RESTARTS} restarts"]


def estimator(model: "keras.Model", reach: Reach) -> "TensorFlowV2Classifier":
    """Wrap a network that gives logits for the Adversarial Robustness Toolbox (ART)."""
    with quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch is not here, and nobody misses it
        import keras
        from art.estimators.classification import TensorFlowV2Classifier

    logging.getLogger("art").setLevel(logging.ERROR)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    bounds = (reach.low, reach.high) if np.isfinite([reach.low, reach.high]).all() else None
    shape = model.input_shape[1:]
    return TensorFlowV2Classifier(model, model.output_shape[1], shape, loss, clip_values=bounds)


def attacked(
    model: "keras.Model", x: np.ndarray, y: np.ndarray, reach: Reach, seed: int = 0
) -> dict[str, float]:
    """Give the share of rows x (n, features) that are still classified as y (n,), by ART's attack.

    FGSM takes one step of eps (Goodfellow et al. 2015), PGD 20 small ones from the row itself (Madry et al.
    2018), and the last also 20 from 5 random starts: a row stands if it stood everywhere. Each
    figure is an upper bound: a better attack leaves less.
    """
    import keras

    wrapped = estimator(model, reach)
    from art.attacks import evasion as art

    rows, truth = np.asarray(x, np.float32), np.asarray(y)
    if not len(rows):
        return dict.fromkeys(COLUMNS, 1.0)  # nothing to move: every decision stands
    free = np.ones(rows.shape[1]) if reach.free is None else reach.free
    mask = np.broadcast_to(free, rows.shape).astype(np.float32)
    many = dict(eps_step=reach.eps / 5, max_iter=STEPS, batch_size=len(rows), verbose=False)
    attacks = (
        art.FastGradientMethod(wrapped, eps=reach.eps, batch_size=len(rows)),
        art.ProjectedGradientDescent(wrapped, eps=reach.eps, **many),
        art.ProjectedGradientDescent(wrapped, eps=reach.eps, num_random_init=RESTARTS, **many),
    )
    keras.utils.set_random_seed(seed)
    moved = [rows, *(attack.generate(rows, truth, mask=mask) for attack in attacks)]
    stands = [predict(model, one) == truth for one in moved]
    stands[3] &= stands[2]
    return dict(zip(COLUMNS, (float(one.mean()) for one in stands), strict=True))


def trial(
    training: tuple[np.ndarray, np.ndarray],
    testing: tuple[np.ndarray, np.ndarray],
    reach: Reach,
    seed: int = 0,
    only: int | None = None,
) -> pd.DataFrame:
    """Train a network plainly and hardened, and attack both: a row each, the shares that stand, the price.

    training, testing: x (rows, features) and y (rows,) of classes from 0. `accuracy` is that on all testing
    rows as they are, `rows` how many are attacked: all, or with `only` those that the network itself puts
    into that class, right or wrong. `seconds` are the processor's for the training alone.
    """
    rows, classes = [], int(training[1].max()) + 1
    for within in (None, reach):
        model = network(training[0].shape[1], classes, seed)
        began = time.process_time()
        fit(model, *training, within, seed=seed)
        seconds = time.process_time() - began
        found = predict(model, testing[0])
        x, y = testing if only is None else (testing[0][found == only], found[found == only])
        price = {"accuracy": float((found == testing[1]).mean()), "seconds": seconds}
        rows.append({"rows": len(y)} | attacked(model, x, y, reach, seed) | price)
    return pd.DataFrame(rows, index=["as trained", "hardened"])
