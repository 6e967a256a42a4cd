"""Runs the chapter on a reader's own table: few rows, gaps, no licence, and Chinese."""

from pathlib import Path

import nbformat
import papermill
import pytest

ROOT = Path(__file__).parents[2]
NOTES = [
    "the cat sat on the mat",
    "The cat sat on the mat!",
    "",
    "to be or not to be",
    "to be or not to be",
    "four",
]
ENGLISH = (
    "body,stars,comment\n" + "".join(f'"{note}",{i},\n' for i, note in enumerate(NOTES)) + "a,broken,line,\n"
)
SENTENCE = "训练数据的质量决定了大模型能力的上限，而数据来源的合法性决定了公司能走多远，二者缺一不可"
CHINESE = "正文\t类别\n" + "".join(
    f"{SENTENCE}{'，也请写下原因' * i}。\t{'甲乙'[i % 2]}\n" for i in (0, 0, 1, 3)
)


def run(folder, parameters):
    target = folder / "out.ipynb"
    parameters |= {"copies": 100}
    papermill.execute_notebook(
        ROOT / "notebooks" / "01_data.ipynb",
        target,
        parameters,
        cwd=folder,
        progress_bar=False,
        log_output=False,
    )
    outputs = [o for cell in nbformat.read(target, 4).cells for o in cell.get("outputs", [])]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    data = [o.get("data", {}) for o in outputs]
    figures = [
        d["application/vnd.playbook.figure+json"] for d in data if "application/vnd.playbook.figure+json" in d
    ]
    return {figure["key"]: figure for figure in figures}, "\n".join(o.get("text", "") for o in outputs)


@pytest.mark.parametrize(
    ("name", "data", "parameters", "rows", "repeats", "near"),
    [
        ("my.csv", ENGLISH.encode("utf-8-sig"), {"text": "body"}, 6, 1, 1),
        ("my.tsv", CHINESE.encode("gb18030"), {"text": "正文", "label": "类别", "threshold": 0.6}, 4, 1, 2),
    ],
)
def test_the_chapter_runs_on_a_table_of_ones_own(tmp_path, name, data, parameters, rows, repeats, near):
    Path(tmp_path, name).write_bytes(data)
    figures, printed = run(tmp_path, {"source": str(tmp_path / name), **parameters})
    assert f"{rows} rows," in printed and f"{int(name == 'my.csv')} lines rejected" in printed
    assert figures["data.cleaning.exact_repeats"]["value"] == repeats
    assert figures["data.cleaning.near_duplicates"]["value"] == near
    assert figures["data.cleaning.rows_without_reason"]["passed"] is True
    assert figures["data.sources.readable"]["value"] == 0
    recall = figures["data.cleaning.recall_on_planted"]["value"]
    assert recall == "not measured" if name == "my.csv" else recall >= 0.95
