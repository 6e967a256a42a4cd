"""The chapter runs on a table of the reader's own: texts, gaps, more features than can be enumerated."""

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import papermill
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_interpretability.ipynb"
LANGUAGE = {"layers-loss", "text-words", "text-exercise", "text-lens"}
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
    choice |= {"rows_explained": 10, "background": 20, "budget": 0, "changeable": "ratio 0 up"}
    whole = nbformat.read(NOTEBOOK, 4)
    # the cells of the language model read nothing of the table
    whole.cells = [cell for cell in whole.cells if cell.id not in LANGUAGE]
    nbformat.write(whole, folder / "in.ipynb")
    done = papermill.execute_notebook(
        folder / "in.ipynb", folder / "out.ipynb", choice, progress_bar=False, kernel_name="python3"
    )
    return {cell.id: cell.get("outputs", []) for cell in done.cells}


def text(outputs):
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def test_own_columns_are_used_and_the_protected_one_is_not(outputs):
    said = text(outputs["data-read"])
    assert "own.csv: 240 rows" in said and "14 features" in said and "left out: person" in said
    assert "town_South" in said and "All 240 decisions, by sex" in said
    features = said[said.index("feature\n") : said.index("All 240")]
    assert "sex" not in features and "race" not in said


def test_more_than_twelve_features_are_estimated_and_said_so(outputs):
    assert "estimated Shapley values" in text(outputs["explanation-exact"])


def test_every_figure_is_reported_and_the_sum_holds(outputs):
    figures = {
        o.data[FIGURE]["key"].removeprefix("interpretability."): o.data[FIGURE]
        for out in outputs.values()
        for o in out
        if FIGURE in o.get("data", {})
    }
    assert figures["explanation.sum_gap"]["passed"] and figures["people.untrue_letters"]["passed"]
    assert figures["explanation.features_drawn"]["value"] == 14
    assert figures["thread.secret_loss"]["value"] == "not measured"
    assert figures["people.impossible_advice"]["value"] == 0
    stored = {
        o.data[FIGURE]["key"].removeprefix("interpretability.")
        for cell in nbformat.read(NOTEBOOK, 4).cells
        if cell.cell_type == "code" and cell.id not in LANGUAGE
        for o in cell.outputs
        if FIGURE in o.get("data", {})
    }
    assert set(figures) == stored
