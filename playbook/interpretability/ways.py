"""The article's snippet as it is, and the same rows explained in every way that is called SHAP or LIME."""

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from playbook.interpretability.coalitions import Counted, Floats, Predict
from playbook.interpretability.estimators import kernel_shap, load_shap
from playbook.interpretability.explanation import compared, shapley
from playbook.interpretability.lime_runs import lime_explainer

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from playbook.interpretability.applications import Applications


class ArticleRun(NamedTuple):
    """What the article's snippet gives: values, the plot and the features it names, and what it asked."""

    values: Floats
    figure: "Figure"
    drawn: list[str]
    predictions: int


def article_run(network: "keras.Model", background: ArrayLike, x: pd.DataFrame, seed: int = 0) -> ArticleRun:
    """Run KernelExplainer, shap_values and summary_plot as the article writes them, on rows x (n, d).

    `network.predict` is asked as it is, in batches of 32. The seed, which the article does not set, is set.
    """
    import keras
    from matplotlib import pyplot as plt

    keras.utils.disable_interactive_logging()  # or each call of predict draws a progress bar
    shap, asked = load_shap(), Counted(network.predict)
    np.random.seed(seed)
    values = shap.KernelExplainer(asked, background).shap_values(x, silent=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shap.summary_plot(values, x, show=False)
    figure = plt.gcf()
    labels = {label.get_text() for axis in figure.axes for label in axis.get_yticklabels()}
    return ArticleRun(values, figure, [name for name in x.columns if name in labels], asked.rows)


def ways(
    predict: Predict,
    logit: Predict,
    data: "Applications",
    x: pd.DataFrame,
    background: ArrayLike,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold other estimators, backgrounds, outputs and LIME against the exact values of `predict` at x (n, d).

    Backgrounds are of as many training rows as `background` (m, d). Columns as in `explanation.compared`.
    """
    size, train = len(background), data.x_train
    approved = train[data.y_train == 1]
    answers = {
        "KernelSHAP, default": kernel_shap(predict, background)(x, seed),
        "KernelSHAP, 200 coalitions": kernel_shap(predict, background, 200)(x, seed),
        "another sample of the same": shapley(predict, x, train.sample(size, random_state=seed + 1)),
        "approved applicants": shapley(
            predict, x, approved.sample(min(size, len(approved)), random_state=seed)
        ),
        "one typical applicant": shapley(predict, x, train.median().to_frame().T),
        "log-odds": shapley(logit, x, background),
        "LIME": lime_explainer(predict, train, seed)(x),
    }
    return compared(shapley(predict, x, background), answers, list(train))
