"""Handwritten digits, a small network for them, and what one update of that network shows of a picture."""

from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.lenders import HELD_OUT, partition
from playbook.security.logistic import Share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PIXELS, HIDDEN, CLASSES = 64, 32, 10
CUTS = np.cumsum([PIXELS * HIDDEN, HIDDEN, HIDDEN * CLASSES])
RATE = 0.5


def shares(clients: int, by: str | None = None, seed: int = 0) -> tuple[list[Share], Share]:
    """Give each client's digits and those held out: x (pictures, 64) of ink from 0 to 1, y from 0 to 9.

    With `by="digit"` each client has other digits, else they are alike. 8 x 8 pixels of 43 writers
    (Alpaydin and Kaynak 1998), from scikit-learn.

    >>> parts, held_out = shares(4)
    >>> [len(y) for _, y in parts], len(held_out[1])
    ([315, 314, 314, 314], 540)
    """
    import pandas as pd
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    training, testing = train_test_split(np.arange(len(y)), test_size=HELD_OUT, random_state=seed, stratify=y)
    parts = partition(pd.DataFrame({"digit": y[training]}, training), clients, by, seed)
    return [(x[part.index] / 16, y[part.index]) for part in parts], (x[testing] / 16, y[testing])


def start(seed: int = 0) -> np.ndarray:
    """Give a network of 64 inputs, 32 hidden units and 10 outputs as one vector, random and ready to train.

    >>> start().shape
    (2410,)
    """
    generator = np.random.default_rng(seed)
    first = generator.normal(0, PIXELS**-0.5, PIXELS * HIDDEN)
    second = generator.normal(0, HIDDEN**-0.5, HIDDEN * CLASSES)
    return np.concatenate([first, np.full(HIDDEN, 0.1), second, np.zeros(CLASSES)])


def gradient(model: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the gradient of the mean cross-entropy, shaped like the model.

    >>> gradient(start(), np.zeros((1, 64)), np.array([3])).shape
    (2410,)
    """
    from scipy.special import softmax

    hidden, scores, second = _forward(model, x)
    error = softmax(scores, axis=1) - np.eye(CLASSES)[y]
    below = (error @ second.T) * (hidden > 0)
    parts = (x.T @ below, below.sum(axis=0), hidden.T @ error, error.sum(axis=0))
    return np.concatenate([part.ravel() for part in parts]) / len(y)


def accuracy(model: np.ndarray, held_out: Share) -> float:
    """Give the share of pictures that the network reads right."""
    return float((_forward(model, held_out[0])[1].argmax(axis=1) == held_out[1]).mean())


def reconstruct(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Read the picture (64,) out of a network before and after a step on that picture.

    The weights into a hidden unit move by a multiple of the picture, its bias by the multiple itself
    (Phong et al. 2018); the unit whose bias moved most is read. Raises PlaybookError where no bias moved.
    """
    weights, biases, *_ = np.split(after - before, CUTS)
    unit = np.abs(biases).argmax()
    if biases[unit] == 0:
        raise PlaybookError("The update does not move a bias: it holds no picture to read.")
    return weights.reshape(PIXELS, HIDDEN)[:, unit] / biases[unit]


def spy(
    parts: list[Share], noise: float, trials: int = 100, seed: int = 0
) -> tuple[dict[str, np.ndarray], "pd.DataFrame"]:
    """Read pictures of the first client out of its updates: one as an example, and how many are found.

    Three updates are attacked: of one picture; of one picture with its gradient cut to norm 1 and Gaussian
    noise of standard deviation `noise` on it; of everybody's pictures, as a secure sum gives it. *found*
    counts the readings that lie closest to the right picture of all; *error* is their median distance to it,
    the root mean square in parts of full ink.
    """
    import pandas as pd

    generator, model = np.random.default_rng(seed), start(seed)
    everybody, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    total = gradient(model, everybody, labels)
    targets = generator.choice(len(parts[0][1]), min(trials, len(parts[0][1])), replace=False)
    read = {}
    for row in targets:
        one = gradient(model, everybody[[row]], labels[[row]])
        noisy = one / max(1.0, np.linalg.norm(one)) + generator.normal(0, noise, len(one))
        moves = {"one update": one, "one update, with noise": noisy, "secure sum": total}
        for name, move in moves.items():
            read.setdefault(name, []).append(reconstruct(model, model - RATE * move))
    table = {name: _found(np.array(pictures), everybody, targets) for name, pictures in read.items()}
    example = {"on paper": everybody[targets[0]]} | {name: pictures[0] for name, pictures in read.items()}
    return example, pd.DataFrame(table, index=["found", "of", "error"]).T.astype({"found": int, "of": int})


def _found(pictures: np.ndarray, everybody: np.ndarray, targets: np.ndarray) -> tuple[int, int, float]:
    nearest = np.array([((everybody - picture) ** 2).sum(axis=1).argmin() for picture in pictures])
    error = np.sqrt(((pictures - everybody[targets]) ** 2).mean(axis=1))
    return int((nearest == targets).sum()), len(targets), float(np.median(error))


def gallery(pictures: dict[str, np.ndarray]) -> "Figure":
    """Draw pictures (64,) in a row, each under its name; ink below 0 and above 1 is cut off."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(2.1 * len(pictures), 2.5), layout="constrained")
    for position, (name, picture) in enumerate(pictures.items(), 1):
        axes = fig.add_subplot(1, len(pictures), position, title=name, xticks=[], yticks=[])
        axes.imshow(picture.reshape(8, 8), cmap="cividis", vmin=0, vmax=1)
    return fig


def _forward(model: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first, bias, second, outer = np.split(model, CUTS)
    second = second.reshape(HIDDEN, CLASSES)
    hidden = np.maximum(x @ first.reshape(PIXELS, HIDDEN) + bias, 0)
    return hidden, hidden @ second + outer, second
