"""The pictures show every run, every layer's ends and every model, and both intervals."""

import numpy as np
import pandas as pd

from playbook.interpretability import figures_models


def curves(columns=("x", "y")):
    steps = range(1, 4)
    names = [
        "loss",
        "val_loss",
        "guess",
        "val_auc",
        "gradient/hidden_1",
        "gradient/hidden_2",
        "gradient/logit",
    ]
    return pd.DataFrame(0.5, steps, [*names, *(f"column/{name}" for name in columns)])


def test_every_run_has_its_column_of_panels_and_no_name_but_its_letter():
    fig = figures_models.runs({"A": curves(), "B": curves()})
    assert len(fig.axes) == 6
    assert [axes.get_title() for axes in fig.axes[:2]] == ["run A", "run B"]
    assert len(fig.axes[4].lines) == 3 and fig.axes[4].get_yscale() == "log"
    assert [text.get_text() for text in fig.axes[4].get_legend().get_texts()] == ["hidden_1", "logit"]


def test_price_shows_every_other_model_with_two_intervals():
    columns = ["AUC", "more", "low", "high", "retrained low", "retrained high"]
    rows = [[0.8, 0, 0, 0, 0, 0], [0.7, -0.1, -0.12, -0.08, -0.15, -0.05], [0.81, 0.01, 0, 0.02, -0.01, 0.03]]
    axes = figures_models.prices(pd.DataFrame(rows, ["card", "tree", "net"], columns)).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["tree", "net"]
    ends = [path.vertices[:, 0].tolist() for lines in axes.collections for path in lines.get_paths()]
    np.testing.assert_allclose(ends, [[-0.12, -0.08], [0, 0.02], [-0.15, -0.05], [-0.01, 0.03]])


def test_stored_run_is_drawn_from_its_event_files(tmp_path):
    from playbook.interpretability.network import build_network
    from playbook.interpretability.visualization import watch

    generator = np.random.default_rng(0)
    x = pd.DataFrame(generator.normal(size=(60, 2)), columns=["a", "b"])
    watch(build_network(x), tmp_path, x, (x["a"] > 0).astype(int).to_numpy(), epochs=2)
    words = pd.DataFrame({"rating": [1.0, -1.0], "before": [0.0, 0.1], "after": [1.0, -1.0]})
    fig = figures_models.stored(tmp_path, words)
    kinds = [axes.get_title().split(":")[0] for axes in fig.axes]
    assert kinds == ["scalars", "histograms", "histograms", "pr_curves", "projector", "projector"]
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in fig.axes)
    assert sum(bar.get_height() for bar in fig.axes[1].patches) == 2 * 16  # one weight a column and unit
