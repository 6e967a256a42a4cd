"""Tables of one's own that do not fit: one sentence, exit code 2, and no value of the table in it."""

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from playbook.errors import PlaybookError
from playbook.interpretability.applications import applications, table

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "03_interpretability.ipynb"
SECRET = "Zhang Wei 110101194910010015"


def good(rows=200):
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"income": generator.normal(50, 9, rows).round(1), "debts": generator.integers(0, 9, rows)}
    )
    frame["town"] = generator.choice(["North", "South"], rows)
    return frame.assign(race=generator.choice(["A", "B"], rows), approved=[0, 1] * (rows // 2), name=SECRET)


def repeated_name(path):
    lines = good().to_csv(index=False).splitlines()
    path.write_text("\n".join([lines[0].replace("debts", "income"), *lines[1:]]), encoding="utf-8")


# what is written, and what is said about it
FILES = {
    "more than two values": (
        good().assign(approved=[0, 1, 2, SECRET] * 50),
        "100 of 200 rows hold something else",
    ),
    "an empty decision": (good().assign(approved=[0, 1, 1, None] * 50), "50 of 200 rows hold something else"),
    "one class": (good().assign(approved=1), "Column 'approved' holds only 1"),
    "too few of a class": (good().assign(approved=[0] * 5 + [1] * 195), "Only 5 rows of one class"),
    "no target": (good().drop(columns="approved"), "has no column 'approved'"),
    "no protected": (good().drop(columns="race"), "has no column 'race'"),
    "nothing varies": (
        good()[["race", "approved"]].assign(a=1, b="x"),
        "can be turned into numbers that vary",
    ),
    "groups without end": (good().assign(race=[f"{SECRET}{n}" for n in range(200)]), "'race' has 200 values"),
}
TEXTS = {
    "no table": (b"PK\x03\x04\x00\x00 a model, perhaps", "cannot be read as a CSV table"),
    "nothing": (b"", "cannot be read as a CSV table"),
    "a header only": (b"income,race,approved\n", "holds no rows"),
}


def refused(path, target="approved", protected="race"):
    with pytest.raises(PlaybookError) as error:
        frame, _ = table(str(path))
        applications(frame, target, protected)
    said = str(error.value)
    assert SECRET not in said and "110101" not in said and "\n" not in said and said.endswith(".")
    return said


@pytest.mark.parametrize("name", FILES)
def test_a_table_that_does_not_fit_is_told_in_a_sentence(tmp_path, name):
    frame, told = FILES[name]
    frame.to_csv(tmp_path / "my.csv", index=False)
    assert told in refused(tmp_path / "my.csv")


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_table_is_told_in_a_sentence(tmp_path, name):
    content, told = TEXTS[name]
    (tmp_path / "my.csv").write_bytes(content)
    assert told in refused(tmp_path / "my.csv")


def test_a_missing_file_and_columns_that_are_one_and_the_same(tmp_path):
    assert "is not a file" in refused(tmp_path / "none.csv")
    good().to_csv(tmp_path / "my.csv", index=False)
    assert "both target and protected" in refused(tmp_path / "my.csv", protected="approved")
    repeated_name(tmp_path / "my.csv")
    assert "Column 2 of" in refused(tmp_path / "my.csv")
    twice = pd.concat([good(), good()[["income"]]], axis=1)
    with pytest.raises(PlaybookError, match="Two columns of the table have one name"):
        applications(twice, "approved", "race")
    chinese = good().rename(columns={"income": "收入", "debts": "债务"})
    (tmp_path / "gb.csv").write_bytes(chinese.to_csv(index=False).encode("gb18030"))
    assert list(table(str(tmp_path / "gb.csv"))[0])[:2] == ["收入", "债务"]


def test_constant_and_missing_values_and_long_texts_are_dealt_with(tmp_path):
    frame = good().assign(constant=7, comment=[f"person {n}" for n in range(200)], empty=np.nan)
    frame.loc[3:30, "income"] = np.nan
    frame.to_csv(tmp_path / "my.csv", index=False)
    data = applications(table(str(tmp_path / "my.csv"))[0], "approved", "race")
    assert list(data.x_train) == ["income", "debts", "town_South"]
    assert set(data.left_out) == {"constant", "comment", "empty", "name"}
    assert not data.x_train.isna().any().any() and not data.x_test.isna().any().any()


def test_a_category_that_no_training_row_has_is_left_out_and_said():
    frame = good()
    place = applications(frame, "approved", "race").x_test.index[0]
    frame.loc[place, "town"] = "East, which sorts first, so that North and South are its columns"
    data = applications(frame, "approved", "race")
    assert list(data.x_train) == list(data.x_test) == ["income", "debts", "town_North", "town_South"]
    frame.loc[place, "town"] = "West"
    data = applications(frame, "approved", "race")
    assert "town_West (the same in all training rows)" in data.left_out
    assert "town_West" not in data.x_train and "town_West" not in data.x_test
    assert place in data.x_test.index  # the row itself stays, as one of the first town


def test_more_than_twelve_features_and_many_groups_are_kept():
    extra = pd.DataFrame(
        np.random.default_rng(1).normal(size=(200, 15)), columns=[f"r{n}" for n in range(15)]
    )
    data = applications(good().join(extra), "approved", "race")
    assert data.x_train.shape[1] == 18 and data.group.nunique() == 2


def start(shelf, out, cells, *options):
    """Start the chapter's own first cells, as `playbook run` does with the whole of it."""
    whole = {cell.id: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
    chapter = nbformat.v4.new_notebook(cells=[whole[name] for name in cells])
    chapter.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(chapter, shelf.notebooks / "03_interpretability.ipynb")
    return shelf.start("run", "interpretability", *options, "--out", str(out))


def test_the_command_says_it_in_one_sentence_and_ends_with_2(shelf, tmp_path):
    FILES["more than two values"][0].to_csv(tmp_path / "values.csv", index=False)
    repeated_name(tmp_path / "names.csv")
    runs = {}
    for name in ("values", "names"):
        options = (
            "-p",
            "source",
            str(tmp_path / f"{name}.csv"),
            "-p",
            "target",
            "approved",
            "-p",
            "protected",
            "race",
        )
        runs[name] = start(shelf, tmp_path / name, ("parameters", "validate", "data-read"), *options)
    told = {"values": "100 of 200 rows hold something else", "names": "has the name of an earlier one"}
    for name, started in runs.items():
        out, err = started.communicate(timeout=180)
        assert started.returncode == 2 and "Traceback" not in out + err and SECRET not in out + err
        sentence = next(line for line in err.splitlines() if line.startswith("playbook: "))
        assert "interpretability, cell data-read: " in sentence and told[name] in sentence


def test_a_parameter_that_the_chapter_does_not_take_is_told_before_anything_runs(shelf, tmp_path):
    started = start(shelf, tmp_path / "out", ("parameters", "validate"), "-p", "model", "net.keras")
    _, err = started.communicate(timeout=120)
    assert started.returncode == 2 and "model" in err and len(err.strip().splitlines()) == 1
