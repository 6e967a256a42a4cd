"""A bank of two small questions, and a scorecard that they quote."""

import copy
from pathlib import Path

import pytest
import yaml

from playbook.interview import bank, figures

CARD = {
    "data.cleaning.found": {
        "key": "data.cleaning.found",
        "value": 521,
        "textbook": 0,
        "measured": None,
        "unit": "rows",
        "cell": "cleaning-clean",
    }
}


def both(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def point(name: str, en: list, zh: list, **more: object) -> dict:
    accepts = {"en": [{"all": en, **more}], "zh": [{"all": zh, **more}]}
    return {"id": name, "text": both(f"States {name}.", f"说明{name}。"), "accepts": accepts}


QUESTION = {
    "id": "data-cleaning-copies",
    "chapter": "data",
    "measure": "cleaning",
    "level": "mid",
    "question": both("How do you deduplicate a bought corpus?", "买来的语料怎么去重？"),
    "why": both("It shows who has looked.", "看谁真正看过数据。"),
    "short": both(
        "MinHash finds the near-duplicates, here {data.cleaning.found}.", "用 MinHash 找近似重复的文本。"
    ),
    "answer": both(
        "MinHash proposes pairs that are nearly duplicates. Each candidate pair is compared exactly. "
        "You should not simply drop rows with gaps. With 16 bytes each, 7e9 parameters need 112 GB. We found "
        "{data.cleaning.found}, and 7 x 16 = 112.",
        "我会用 MinHash 提出近似重复的文本对。每个候选对都要再精确比较一次。有缺失的行不要直接删掉。"
        "70 亿参数每个 16 字节，要 112 GB。"
        "我们找到了 {data.cleaning.found} 条，7 × 16 = 112。",
    ),
    "follow_ups": [
        {"question": both("Why compare exactly?", "为什么还要精确比较？"), "probes": ["verify"]},
        {"question": both("What of rows with gaps?", "缺失的行怎么办？"), "probes": ["gaps", "memory"]},
    ],
    "trap": both("Counting what went.", "只数删了多少行。"),
    "rubric": [
        point("minhash", ["minhash | lsh", "near* | pair*"], ["minhash | lsh", "近似 | 文本对"]),
        point("verify", ["candidate* | pair*", "exact* | jaccard"], ["候选 | 每一对", "精确 | jaccard"]),
        point("gaps", ["drop* | delet* | remov*", "row*"], ["删 | 丢", "行"], negated=True),
        point("memory", ["parameter*"], ["参数"], number={"value": 112, "tolerance": 0.05, "unit": "GB"}),
    ],
    "voices": {
        name: both("I would look first.", "我会先看数据。") for name in ("junior", "senior", "founder")
    },
    "sources": [{"title": "Broder, On the resemblance of documents", "date": "1997"}],
    "proof": {"cell": "cleaning-clean", "keys": ["data.cleaning.found"]},
    "holds": ["data.cleaning.found > data.cleaning.found|textbook"],
}
OTHER = QUESTION | {
    "id": "data-cleaning-gaps",
    "level": "senior",
    "question": both("A column has gaps: what now?", "有一列缺值，怎么办？"),
}


def write_bank(folder: Path, *questions: dict) -> Path:
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump(list(questions), allow_unicode=True, sort_keys=False), "utf-8")
    return path


@pytest.fixture
def entry() -> dict:
    return copy.deepcopy(QUESTION)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a bank of two questions, in place of the real one, and its scorecard."""
    folder = tmp_path / "bank"
    folder.mkdir()
    write_bank(folder, QUESTION, OTHER)
    monkeypatch.setattr(bank, "BANK", folder)
    monkeypatch.setattr(figures, "reference", lambda out=None: CARD)
    monkeypatch.setenv("PLAYBOOK_STATE", str(tmp_path / "state"))
    return folder
