"""The words that drill, mock interview and sheets speak, in English and Chinese."""

_WORDS = {
    "answer": {
        "en": "Answer aloud, or type and end with an empty line; Enter alone shows the answer, q ends.",
        "zh": "请开口回答；也可以打字，以空行结束。直接按回车显示答案，输入 q 结束。",
    },
    "say": {"en": "Answer; an empty line ends it.", "zh": "请回答，以空行结束。"},
    "full": {"en": "The full answer", "zh": "完整答案"},
    "trap": {"en": "Trap", "zh": "常见误区"},
    "why": {"en": "Why it is asked", "zh": "考察意图"},
    "short": {"en": "In thirty seconds", "zh": "三十秒版"},
    "points": {"en": "Rubric", "zh": "评分点"},
    "follow_ups": {"en": "Follow-ups", "zh": "追问"},
    "proof": {"en": "Proof", "zh": "证据"},
    "sources": {"en": "Sources", "zh": "来源"},
    "met": {"en": "met", "zh": "答到"},
    "missed": {"en": "missed", "zh": "漏掉"},
    "rate": {
        "en": "How was it? 1 again, 2 hard, 3 good, 4 easy; p opens the proof, q ends",
        "zh": "自评：1 重来，2 困难，3 良好，4 轻松；p 看证据，q 结束",
    },
    "again": {"en": "Type 1, 2, 3, 4, p or q.", "zh": "请输入 1、2、3、4、p 或 q。"},
    "summary": {
        "en": "{done} reviewed. Due until tomorrow night: {tomorrow}. Not seen yet: {new}.",
        "zh": "复习了 {done} 题。到明天为止要复习：{tomorrow} 题。还没看过：{new} 题。",
    },
    "nothing": {
        "en": "Nothing is due; the next card comes at {when}.",
        "zh": "现在没有要复习的；下一张在 {when}。",
    },
    "aside": {
        "en": "The review file was damaged: it is kept as {name}, and a new one was begun.",
        "zh": "复习记录已损坏：原文件保存为 {name}，并已新建记录。",
    },
    "minutes_left": {"en": "{minutes} min left", "zh": "还剩 {minutes} 分钟"},
    "time_up": {"en": "Time is up.", "zh": "时间到。"},
    "tick": {
        "en": "Which points were met? Numbers, e.g. 1 3; empty: none",
        "zh": "答到了哪几点？输入编号，如 1 3；留空表示没有",
    },
    "sheet": {"en": "Score sheet", "zh": "面试评分表"},
    "candidate": {"en": "Candidate", "zh": "候选人"},
    "interviewer": {"en": "Interviewer", "zh": "面试官"},
    "question": {"en": "Question", "zh": "题目"},
    "sentence": {"en": "The sentence that earned it", "zh": "得分的那句话"},
    "at_once": {"en": "at once", "zh": "一次答到"},
    "after": {"en": "after a follow-up", "zh": "追问后答到"},
    "seconds": {"en": "seconds", "zh": "秒"},
    "total": {"en": "Total", "zh": "合计"},
    "grader": {"en": "Graded by", "zh": "评分者"},
    "panel": {"en": "Panel", "zh": "面试小组"},
    "agree": {
        "en": "Agreement beyond chance (Krippendorff's alpha): {alpha}",
        "zh": "超出偶然的一致性（Krippendorff α）：{alpha}",
    },
    "differ": {"en": "The interviewers differ: talk about it", "zh": "面试官意见不一：请讨论"},
    "notes": {"en": "Notes", "zh": "备注"},
}


def word(name: str, lang: str, /, **values: object) -> str:
    """Give a word or sentence of the interview in a language.

    >>> word("minutes_left", "en", minutes=3)
    '3 min left'
    """
    return _WORDS[name][lang].format(**values)


def words(lang: str) -> dict[str, str]:
    """Give all of them, for a template."""
    return {name: texts[lang] for name, texts in _WORDS.items()}
