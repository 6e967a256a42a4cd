"""The chapter runs on a table of the reader's own: texts, gaps, more features than can be enumerated."""

from pathlib import Path

import numpy as np
import pandas as pd
import papermill
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_interpretability.ipynb"
FIGURE = "application/vnd.playbook.figure+json"


def own_table(path):
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(generator.normal(size=(240, 11)), columns=[f"ratio {i}" for i in range(11)])
    frame["town"] = generator.choice(["North", "South", "East"], 240)
    frame["sector"] = generator.choice(["A", "B"], 240)
    frame["person"] = [f"person {i}" for i in range(240)]
    frame["sex"] = generator.choice(["f", "m"], 240)
    chance = 1 / (1 + np.exp(-2 * frame["ratio 0"] - (frame["town"] == "South")))
    frame["granted"] = (generator.random(240) < chance).astype(int)
    frame.loc[5:9, "ratio 3"] = np.nan
    frame.to_csv(path, index=False)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    own_table(folder / "own.csv")
    choice = {"source": str(folder / "own.csv"), "target": "granted", "protected": "sex"}
    small = {"rows_explained": 10, "background": 20}
    done = papermill.execute_notebook(
        NOTEBOOK, folder / "out.ipynb", {**choice, **small}, progress_bar=False, kernel_name="python3"
    )
    return {cell.id: cell.get("outputs", []) for cell in done.cells}


def text(outputs):
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def test_own_columns_are_used_and_the_protected_one_is_not(outputs):
    assert "own.csv: 240 rows" in text(outputs["data-read"]) and "14 features" in text(outputs["data-read"])
    assert "left out: person" in text(outputs["data-features"])
    assert "town_South" in text(outputs["data-features"]) and "sex" not in text(outputs["data-features"])
    assert "Approved, by sex" in text(outputs["data-approvals"])


def test_more_than_twelve_features_are_estimated_and_said_so(outputs):
    assert "14 features: estimated values" in text(outputs["explanation-train"])


def test_every_figure_is_reported_and_the_sum_holds(outputs):
    figures = {
        o.data[FIGURE]["key"]: o.data[FIGURE]
        for out in outputs.values()
        for o in out
        if FIGURE in o.get("data", {})
    }
    assert figures["interpretability.explanation.sum_gap"]["passed"]
    assert figures["interpretability.explanation.features_drawn"]["value"] == 14
    assert len(figures) == 10
