"""The tables of the federated section: what federating, lying, noise and secrecy do to quality, and cost."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from playbook.security import digits
from playbook.security.budget import epsilon
from playbook.security.federated import Federated, average, federate
from playbook.security.lenders import Lenders, auc
from playbook.security.logistic import Share, train
from playbook.security.noise import private_average

RACE = "white"
MU = 1.0
DELTA = 1e-4
NOISES = (0.0, 0.5, 1.5, 3.5, 12.0)  # for one round; more rounds ask for the root of their number as much
STEPS, DIGIT_ROUNDS = 20, 10
CHOSEN = 3  # of these: epsilon about 1
LIE = -10.0  # a liar sends this multiple of its move


def splits(data: Lenders, clients: int, by: str, seed: int = 0) -> dict[str, list[Share]]:
    """Share out the training rows in the ways that federations differ: alike, unequal, by a column, by race.

    By race only where the table has that column; it decides who is with which lender, and no model sees it.
    """
    made = {
        "alike": data.shares(clients, seed=seed),
        "unequal": data.shares(clients, seed=seed, unequal=True),
        f"by {by}": data.shares(clients, by, seed),
    }
    return made | ({"by race": data.shares(clients, RACE, seed)} if RACE in data.table else {})


def together(
    data: Lenders, splits: Mapping[str, Sequence[Share]], rounds: int, rate: float
) -> tuple[dict[str, Federated], dict[str, np.ndarray]]:
    """Run FedAvg and FedProx (mu of 1) on every split; give the runs, and all models with pooled and alone.

    Everybody takes the same number of steps; *alone* are the lenders of the first split.
    """
    held_out = data.share(data.testing)
    zero = np.zeros(data.x.shape[1] + 1)
    models = {"pooled": train(zero, *data.share(data.training), rounds * STEPS, rate)}
    for number, share in enumerate(next(iter(splits.values())), 1):
        models[f"lender {number} alone"] = train(zero, *share, rounds * STEPS, rate)
    runs = {
        f"{name}, {split}": federate(
            shares, rounds, STEPS, rate, lambda model: auc(model, held_out), strategy=name, **options
        )
        for name, options in (("FedAvg", {}), ("FedProx", {"proximal_mu": MU}))
        for split, shares in splits.items()
    }
    return runs, models | {name: run.model for name, run in runs.items()}


def law_deviation(
    splits: Mapping[str, Sequence[Share]], pooled: np.ndarray, steps: int, rate: float
) -> float:
    """Give how far federated averaging with one step a round is from `pooled`, on the worst split.

    In theory it is zero: a mean over rows is the mean of the lenders' means, weighted by rows.
    """
    models = [average(shares, steps, 1, rate)[-1] for shares in splits.values()]
    return float(np.abs(np.array(models) - pooled).max())


def liar(client: int, before: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """Answer as the first client does when it wants to ruin the model: ten times the way back.

    >>> liar(0, np.array([1.0]), np.array([2.0])), liar(1, np.array([1.0]), np.array([2.0]))
    (array([-9.]), array([2.]))
    """
    return before + LIE * (trained - before) if client == 0 else trained


def on_digits(clients: int, rounds: int = DIGIT_ROUNDS, seed: int = 0) -> pd.DataFrame:
    """Give the accuracy on held-out digits: pooled, alone (mean), FedAvg, FedProx; alike and by digit."""
    table = {}
    for name, by in (("alike", None), ("by digit", "digit")):
        parts, held_out = digits.shares(clients, by, seed)
        everybody = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
        alone = [_digit_model(part, rounds, seed) for part in parts]
        table[name] = {
            "pooled": digits.accuracy(_digit_model(everybody, rounds, seed), held_out),
            "alone, mean": np.mean([digits.accuracy(model, held_out) for model in alone]),
            "FedAvg": _digits(parts, held_out, rounds, seed),
            "FedProx": _digits(parts, held_out, rounds, seed, strategy="FedProx", proximal_mu=0.1),
        }
    return pd.DataFrame(table)


def with_liar(data: Lenders, clients: int, rounds: int, rate: float, seed: int = 0) -> pd.DataFrame:
    """Give each way of adding up its AUC and its accuracy on digits, when all are honest and when one lies.

    Krum needs five clients to stand one liar (Blanchard et al. 2017), so there are at least so many. The last
    column is what the same caution costs honest clients who have different digits.
    """
    clients, held_out = max(clients, 5), data.share(data.testing)
    shares, unlike = data.shares(clients, seed=seed), digits.shares(clients, "digit", seed)[0]
    parts, pictures = digits.shares(clients, None, seed)
    table = {}
    for name, options in (("FedAvg", {}), ("FedMedian", {}), ("Krum", {"num_malicious_nodes": 1})):
        row = {}
        for who, extra in (("honest", {}), ("one liar", {"answer": liar})):
            asked = {"strategy": name} | options | extra
            run = federate(shares, rounds, STEPS, rate, lambda model: auc(model, held_out), **asked)
            row[f"AUC, {who}"] = run.scores[-1]
            row[f"digits, {who}"] = _digits(parts, pictures, DIGIT_ROUNDS, seed, **asked)
        row["digits, honest but unlike"] = _digits(
            unlike, pictures, DIGIT_ROUNDS, seed, strategy=name, **options
        )
        table[name] = row
    return pd.DataFrame(table).T


def price_of_noise(
    shares: Sequence[Share], held_out: Share, rounds: int, repeats: int = 20, seed: int = 0
) -> pd.DataFrame:
    """Give epsilon (RDP accountant, delta 1e-4, one record) and the median AUC for several amounts of noise.

    *secure sum*: the lenders' noise adds up to what is needed; *each alone*: each adds all of it.
    """
    rate, rows = min(2.0, 20 / rounds), []
    for noise in (level * math.sqrt(rounds) for level in NOISES):
        spent = epsilon(noise, 1.0, rounds, DELTA)
        aucs = [
            np.median(
                [
                    auc(
                        private_average(shares, rounds, rate, noise, alone=alone, seed=seed + number),
                        held_out,
                    )
                    for number in range(repeats if noise else 1)
                ]
            )
            for alone in (False, True)
        ]
        rows.append((noise, spent, *aucs))
    return pd.DataFrame(rows, columns=["noise", "epsilon", "AUC, secure sum", "AUC, each alone"])


def costs(
    run: Federated, secure_up: int, lost: float, noise: pd.DataFrame, pictures: pd.DataFrame
) -> pd.DataFrame:
    """Give what ways to train together cost: bytes a round, rounds, quality lost (AUC, accuracy), epsilon.

    Without noise there is no epsilon, which is infinity. secure_up: what the server hears in a round of
    SecAgg+; noise: of `price_of_noise`; pictures: of `on_digits`. The last row is arithmetic, not a run.
    """
    rounds, clients = len(run.scores), run.answers[-1]
    down, chosen = run.bytes_down // rounds, noise.iloc[CHOSEN]
    price = noise["AUC, secure sum"].iloc[0] - chosen["AUC, secure sum"]
    network, missed = 2 * clients * digits.start().nbytes, pictures.loc["pooled"] - pictures.loc["FedAvg"]
    table = {
        "FedAvg": (down + run.bytes_up // rounds, rounds, lost, math.inf),
        "FedAvg in secure sums": (down + secure_up, rounds, lost, math.inf),
        "noise in secure sums": (down + secure_up, rounds, price, chosen["epsilon"]),
        "digits, alike": (network, DIGIT_ROUNDS, missed["alike"], math.inf),
        "digits, by digit": (network, DIGIT_ROUNDS, missed["by digit"], math.inf),
        "SmolLM2-135M, 32 bits": (2 * clients * 4 * 134_515_008, math.nan, math.nan, math.inf),
    }
    named = pd.DataFrame(table, index=["bytes a round", "rounds", "quality lost", "epsilon"]).T
    return named.round(3).astype({"bytes a round": int, "rounds": "Int64"})


def _digit_model(share: Share, rounds: int, seed: int) -> np.ndarray:
    return train(digits.start(seed), *share, rounds * STEPS, digits.RATE, slope=digits.gradient)


def _digits(parts: Sequence[Share], held_out: Share, rounds: int, seed: int, **asked: object) -> float:
    network = {"start": digits.start(seed), "slope": digits.gradient}
    run = federate(
        parts, rounds, STEPS, digits.RATE, lambda m: digits.accuracy(m, held_out), **network, **asked
    )
    return run.scores[-1]
