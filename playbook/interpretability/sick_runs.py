"""Three sick training runs and a healthy one, and the rules that tell them apart by their curves."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.interpretability.network import build_network
from playbook.interpretability.visualization import log_folder, watch

TOO_HIGH = "learning rate too high"
VANISHING = "vanishing gradients"
LEAK = "leaking label"
STUCK = "does not learn"
NOTHING = "nothing found"

# what was done to each run; the letters are what the reader sees
ILLS = {"healthy": NOTHING, "A": LEAK, "B": TOO_HIGH, "C": VANISHING}
_NETWORKS = {
    TOO_HIGH: {"learning_rate": 10.0},
    VANISHING: {"hidden": (16,) * 10, "activation": "sigmoid"},
}


def train_runs(x: pd.DataFrame, y: ArrayLike, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Train the four runs on features (n, d) and labels (n,), log each, and give the curves by run.

    A has one column more, `fee`: 1 where the label is 1 and 0 elsewhere, with some noise (a normal deviate of
    .15), as a column is that somebody filled in after the decision. B learns at 2,000 times the usual rate. C
    has ten hidden layers of sigmoids. Of more than 2,000 rows a random 2,000 are taken.
    """
    generator = np.random.default_rng(seed)
    chosen = generator.permutation(len(y))[:2000]
    x, y = x.iloc[chosen], np.asarray(y)[chosen]
    fee = y + generator.normal(scale=0.15, size=len(y))
    runs = {}
    for run, ill in ILLS.items():
        columns = x.assign(fee=fee) if ill == LEAK else x
        model = build_network(columns, seed, **_NETWORKS.get(ill, {}))
        runs[run] = watch(model, log_folder(run), columns, y, seed=seed)
    return runs


def diagnose(curves: pd.DataFrame) -> tuple[str, str]:
    """Name what is wrong with a run, and the evidence, from its curves: a row an epoch.

    The first of these rules that holds decides; one whose curves were not logged cannot hold. The thresholds
    and the runs were set so that one shows the other: that all are named checks the log, and does not measure
    how often such rules are right about other people's runs. "nothing found" does not mean healthy.

    1. learning rate too high: after the first epoch the training loss is over 1.5 times that of guessing the
       share of ones, or no number.
    2. leaking label: the AUC of rows not trained on is .95 or more, and one column moves the prediction at
       least twice as much as any other.
    3. vanishing gradients: in the middle epoch (median) the first layer's gradient is under a thousandth of
       the last one's.
    4. does not learn: the training loss ends within 2 % of guessing's, or above; the curves do not say why.

    >>> diagnose(pd.DataFrame({"loss": [0.7, 2.9, 4.1], "guess": [0.4, 0.4, 0.4]}))
    ('learning rate too high', 'loss over 1.5 times that of guessing')
    """
    times = (curves["loss"] / curves["guess"]).fillna(np.inf)
    if times.iloc[1:].max() > 1.5:
        return TOO_HIGH, "loss over 1.5 times that of guessing"
    used = curves.filter(regex="^column/").iloc[-1].sort_values(ascending=False)
    area = curves["val_auc"].iloc[-1] if "val_auc" in curves else 0
    if area >= 0.95 and len(used) and used.iloc[0] >= 2 * used.iloc[1:2].sum():
        return LEAK, f"AUC over .95, and most of it from {used.index[0].removeprefix('column/')}"
    sizes = layer_gradients(curves)
    if len(sizes.columns) and (sizes.iloc[:, 0] / sizes.iloc[:, -1]).median() < 0.001:
        return VANISHING, "first layer's gradient under 1/1000 of the last's"
    if times.iloc[-1] > 0.98:
        return STUCK, "loss within 2 % of guessing, cause not shown"
    return NOTHING, "loss falls below that of guessing"


def diagnoses(runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Set what was done to each run of `train_runs` beside what the loss says, and what all curves say."""
    alone = [diagnose(curves[["loss", "guess"]])[0] for curves in runs.values()]
    named, evidence = zip(*map(diagnose, runs.values()), strict=True)
    columns = {"done to it": map(ILLS.get, runs), "by the loss": alone, "by all": named, "evidence": evidence}
    return pd.DataFrame({name: list(values) for name, values in columns.items()}, index=list(runs))


def summary(runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the last epoch of each run: a row a run, of what the rules of `diagnose` look at.

    Loss and the loss of guessing in nats; AUC of rows not trained on; share of the column used most; size of
    the first layer's gradient as a share of the last one's, median of the epochs.
    """
    rows = {}
    for run, curves in runs.items():
        sizes = layer_gradients(curves)
        rows[run] = {
            "loss": curves["loss"].iloc[-1],
            "guessing": curves["guess"].iloc[-1],
            "AUC": curves["val_auc"].iloc[-1],
            "column share": curves.filter(regex="^column/").iloc[-1].max(),
            "gradient, first / last": (sizes.iloc[:, 0] / sizes.iloc[:, -1]).median(),
        }
    return pd.DataFrame(rows).T


def layer_gradients(curves: pd.DataFrame) -> pd.DataFrame:
    """Give the size (Euclidean norm) of each layer's gradient, a row an epoch, the first layer first.

    >>> layer_gradients(pd.DataFrame({"gradient/logit": [1.0], "gradient/hidden_1": [0.1]})).columns.tolist()
    ['hidden_1', 'logit']
    """
    sizes = curves.filter(regex="^gradient/").rename(columns=lambda name: name.removeprefix("gradient/"))
    depth = {name: int(name.partition("_")[2] or len(sizes.columns) + 1000) for name in sizes}
    return sizes[sorted(sizes, key=depth.__getitem__)]
