"""The words that the course itself speaks, in English and Chinese."""

import os
from pathlib import Path

LANGUAGES = ("en", "zh")

_WORDS = {
    "figure": {"en": "figure", "zh": "指标"},
    "textbook": {"en": "textbook", "zh": "教科书"},
    "measured": {"en": "measured", "zh": "实测"},
    "better": {"en": "better", "zh": "更好"},
    "unit": {"en": "unit", "zh": "单位"},
    "gate": {"en": "gate", "zh": "关口"},
    "passed": {"en": "passed", "zh": "通过"},
    "failed": {"en": "FAILED", "zh": "未通过"},
    "missed": {"en": "missed", "zh": "遗漏"},
    "rows": {"en": "rows", "zh": "行"},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "gates": {
        "en": "Gates: {passed} passed, {failed} failed.",
        "zh": "关口：{passed} 个通过，{failed} 个未通过。",
    },
    "go": {"en": "Decision: go.", "zh": "决定：可行。"},
    "repair": {"en": "Decision: repair first.", "zh": "决定：先补救。"},
    "right": {"en": "{id}: right ({points} of {points}).", "zh": "{id}：正确（{points}/{points} 分）。"},
    "wrong": {"en": "{id}: not yet.", "zh": "{id}：还不对。"},
    "try-first": {
        "en": 'Try first: any answer will do, playbook.check("{id}", answer). Then the solution is yours.',
        "zh": '先试一次：答什么都行，playbook.check("{id}", answer)。之后再看答案。',
    },
    "empty": {
        "en": "There is no answer yet: put one in `answer` and run the cell again.",
        "zh": "还没有作答：把答案赋给 `answer`，再运行这一格。",
    },
    "ask": {
        "en": 'A nudge: playbook.hint("{id}"). The answer: playbook.solution("{id}").',
        "zh": '提示：playbook.hint("{id}")。答案：playbook.solution("{id}")。',
    },
    "hint": {"en": "Hint {n} of {all}: {text}", "zh": "提示 {n}/{all}：{text}"},
    "solution": {"en": "Solution: {text}", "zh": "答案：{text}"},
    "parameter": {"en": "parameter", "zh": "参数"},
    "value": {"en": "value", "zh": "取值"},
    "meaning": {"en": "meaning", "zh": "含义"},
    "data": {
        "en": "How do we ensure the quality and the lawfulness of our training data?",
        "zh": "如何保证训练数据的质量与合法？",
    },
    "cost": {"en": "How do we bring the cost of training down?", "zh": "如何降低训练成本？"},
    "interpretability": {"en": "How do we make the model explainable?", "zh": "如何让大模型可解释？"},
    "security": {
        "en": "How do we keep the model and its data safe and private?",
        "zh": "如何保证大模型与数据的安全和隐私？",
    },
    "title": {"en": "Four questions about our large model, measured", "zh": "大模型四问，逐一实测"},
    "lead": {
        "en": "{go} of {all} chapters say go; {passed} of {gates} gates passed.",
        "zh": "{all} 章中 {go} 章可行；{gates} 个关口中 {passed} 个通过。",
    },
    "verdict-go": {"en": "Go", "zh": "可行"},
    "verdict-repair": {"en": "Repair first", "zh": "先补救"},
    "verdict-none": {"en": "No decision", "zh": "未决"},
    "not-run": {"en": "Not run", "zh": "未运行"},
    "missing": {
        "en": "Not in this brief yet. To add it: playbook run {chapter}",
        "zh": "尚未纳入本简报。补上：playbook run {chapter}",
    },
    "of-gates": {"en": "{passed} of {gates} gates passed", "zh": "{gates} 个关口中 {passed} 个通过"},
    "evidence": {"en": "The evidence, cell by cell", "zh": "逐格证据"},
    "inputs": {"en": "What it was measured on", "zh": "测量所用的数据"},
    "input": {"en": "input", "zh": "数据"},
    "licence": {"en": "licence", "zh": "许可证"},
    "made": {"en": "How it was made", "zh": "如何得出"},
    "command": {"en": "command", "zh": "命令"},
    "date": {"en": "date", "zh": "日期"},
    "machine": {"en": "machine", "zh": "机器"},
    "chapter": {"en": "chapter", "zh": "章"},
    "seconds": {"en": "seconds", "zh": "秒"},
    "parameters": {"en": "parameters", "zh": "参数"},
    "legend": {
        "en": "Textbook: what the usual advice gives. Measured: what was found missing in it. Better: what "
        "the better way gives on the same input. Each figure links to the cell that measured it.",
        "zh": "教科书：通行做法的结果。实测：其中遗漏的部分。更好：同一数据上更好做法的结果。"
        "每个指标都链接到测出它的那一格。",
    },
}


def language() -> str:
    """Give the reader's language: $PLAYBOOK_LANG, else "zh" in a folder named zh, else "en".

    >>> language() in LANGUAGES
    True
    """
    chosen = os.environ.get("PLAYBOOK_LANG", "")
    if chosen in LANGUAGES:
        return chosen
    return "zh" if Path.cwd().name == "zh" else "en"


def say(word: str, **values: object) -> str:
    """Give a word or a sentence in the reader's language.

    >>> say("gates", passed=2, failed=1)
    'Gates: 2 passed, 1 failed.'
    """
    return _WORDS[word][language()].format(**values)
