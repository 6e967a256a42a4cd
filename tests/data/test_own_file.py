"""Runs the chapter on a reader's own table: few rows, gaps, no licence, Chinese, and a thousand secrets."""

import csv
import json
import random
from pathlib import Path

import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter

from playbook.data.checksums import luhn, resident_check

ROOT = Path(__file__).parents[2]
FIGURE = "application/vnd.playbook.figure+json"
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


def run(folder, parameters, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_OUT", str(folder / "out"))
    target = folder / "out.ipynb"
    papermill.execute_notebook(
        ROOT / "notebooks" / "01_data.ipynb",
        target,
        {"copies": 100, "tokens": 0} | parameters,
        cwd=folder,
        progress_bar=False,
        log_output=False,
    )
    outputs = [o for cell in nbformat.read(target, 4).cells for o in cell.get("outputs", [])]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    figures = [o["data"][FIGURE] for o in outputs if FIGURE in o.get("data", {})]
    return {figure["key"]: figure for figure in figures}, "\n".join(o.get("text", "") for o in outputs)


@pytest.mark.parametrize(
    ("name", "data", "parameters", "rows", "repeats", "near"),
    [
        ("my.csv", ENGLISH.encode("utf-8-sig"), {"text": "body"}, 6, 1, 1),
        ("my.tsv", CHINESE.encode("gb18030"), {"text": "正文", "label": "类别", "threshold": 0.6}, 4, 1, 2),
    ],
)
def test_the_chapter_runs_on_a_table_of_ones_own(
    tmp_path, monkeypatch, name, data, parameters, rows, repeats, near
):
    Path(tmp_path, name).write_bytes(data)
    figures, printed = run(tmp_path, {"source": str(tmp_path / name), **parameters}, monkeypatch)
    assert f"{rows} rows," in printed and f"{int(name == 'my.csv')} lines rejected" in printed
    assert figures["data.cleaning.exact_repeats"]["value"] == repeats
    assert figures["data.cleaning.near_duplicates"]["value"] == near
    assert figures["data.cleaning.rows_without_reason"]["passed"] is True
    assert figures["data.sources.readable"]["value"] == 0
    assert figures["data.thread.loss"]["value"] == "not measured"
    recall = figures["data.cleaning.recall_on_planted"]["value"]
    assert recall == "not measured" if name == "my.csv" else recall >= 0.95


def secrets(source: random.Random) -> list[str]:
    """A thousand values that nobody may see again: addresses, cards, resident numbers, mobiles."""
    found = []
    for number in range(250):
        body = f"11010519490{source.randint(1, 9)}{source.randint(10, 28)}{source.randint(0, 999):03}"
        body = body[:17]
        card = f"6222{source.randint(0, 10**11 - 1):011}"
        card += next(digit for digit in "0123456789" if luhn(card + digit))
        mobile = f"13{source.randint(0, 9)}{source.randint(0, 10**8 - 1):08}"
        found += [
            f"canary{number}.{source.randint(0, 10**6)}@example.com",
            body + resident_check(body),
            card,
            mobile,
        ]
    return found


def test_no_personal_value_of_the_table_is_ever_shown(tmp_path, monkeypatch):
    source = random.Random(0)
    planted = secrets(source)
    assert len(set(planted)) == 1000
    words = ["order", "parcel", "refund", "late", "broken", "happy", "price", "colour", "size", "again"]
    rows = []
    for number, secret in enumerate(planted):
        said = " ".join(source.choices(words, k=source.randint(5, 40)))
        other = planted[number - 1]
        body = f"{said}, write to {secret} please, {said}" if number % 2 else f"请联系{secret}，谢谢，{said}"
        # two thirds are near-duplicates of another row, so that pairs are shown
        rows += [
            (other, body, f"desk {other}" if number % 50 == 0 else "desk", f"MIT, signed {secret}", secret)
        ]
        rows += [(secret, f"{body} {words[number % 10]}", "desk", f"MIT, signed {secret}", other)] * (
            number % 3 > 0
        )
    file = tmp_path / "mail.csv"
    with file.open("w", newline="", encoding="utf-8") as target:
        csv.writer(target).writerows([("id", "body", "category", "licence", "phone"), *rows])
    figures, _ = run(
        tmp_path,
        {"source": str(file), "text": "body", "label": "category", "tokens": 2048, "use": "sell_cn"},
        monkeypatch,
    )
    assert figures["data.cleaning.near_duplicates"]["value"] > 100
    assert figures["data.privacy.redacted"]["value"] >= 1000
    assert isinstance(figures["data.thread.loss"]["value"], float)
    executed = tmp_path / "out.ipynb"
    shown = executed.read_text("utf-8") + HTMLExporter().from_filename(str(executed))[0] + json.dumps(figures)
    handed = "".join(
        path.read_text("utf-8")
        for path in (tmp_path / "out" / "handed").glob("*.[jm][sd]*")
        if ".gz" not in path.name
    )
    assert "corpus.json" in {path.name for path in (tmp_path / "out" / "handed").iterdir()} and handed
    leaked = [secret for secret in planted if secret in shown or secret in handed]
    assert not leaked
    from playbook.inputs import handed_on

    corpus = handed_on("corpus").to_csv()
    assert not [secret for secret in planted if secret in corpus]
