"""The words that plans, handouts, answer keys and tables of a class speak, in English and Chinese."""

_WORDS = {
    "plan": {"en": "The plan by the minute", "zh": "按分钟的教学计划"},
    "handout": {"en": "Handout", "zh": "讲义"},
    "key": {"en": "Answer key", "zh": "参考答案"},
    "checklist": {"en": "Checklist for the room", "zh": "教室检查清单"},
    "course": {"en": "The large-model founder's playbook", "zh": "大模型创业者手册"},
    "ranges": {
        "en": "Minutes are ranges: the first when everything goes fast, the second when everything is slow. "
        "Reading is calculated from the length of the prose, running from the seconds measured when the "
        "notebooks were stored (up to three times that on a laptop), the exercises as the answer key says.",
        "zh": "时间都是范围：前一个数是一切顺利时，后一个数是一切都慢时。阅读时间按正文长度计算，"
        "运行时间按保存输出时实测的秒数（笔记本电脑可能要三倍），练习时间见参考答案。",
    },
    "minutes": {"en": "{n} minutes", "zh": "{n} 分钟"},
    "day": {"en": "A day ({n} minutes of work, lunch on top)", "zh": "一天（{n} 分钟课时，午餐另计）"},
    "from": {"en": "begins at minute", "zh": "开始（分钟）"},
    "takes": {"en": "takes", "zh": "用时"},
    "what": {"en": "what", "zh": "内容"},
    "exercises": {"en": "checkpoints", "zh": "检查点"},
    "total": {
        "en": "{low} to {high} minutes; {spare} are spare",
        "zh": "{low} 到 {high} 分钟；机动 {spare} 分钟",
    },
    "welcome": {"en": "Welcome: the question, as an interviewer asks it", "zh": "开场：面试官怎么问这道题"},
    "close": {"en": "Scorecard, decision, Monday morning", "zh": "记分卡、决定、周一早上做什么"},
    "break": {"en": "Break", "zh": "休息"},
    "own_data": {"en": "The chapter on your own file or plan", "zh": "用自己的文件或方案跑一遍本章"},
    "mock": {"en": "Interview in pairs (`playbook mock`)", "zh": "两人一组模拟面试（`playbook mock`）"},
    "questions": {"en": "Questions", "zh": "提问"},
    "data": {"en": "Data", "zh": "数据"},
    "cost": {"en": "Cost", "zh": "成本"},
    "interpretability": {"en": "Interpretability", "zh": "可解释性"},
    "security": {"en": "Security", "zh": "安全与隐私"},
    "short": {"en": "The answer in short", "zh": "简答"},
    "figures": {"en": "Measured", "zh": "实测"},
    "figure": {"en": "figure", "zh": "指标"},
    "textbook": {"en": "textbook", "zh": "教科书"},
    "better": {"en": "better", "zh": "更好"},
    "checkpoints": {"en": "Checkpoints", "zh": "检查点"},
    "answer": {"en": "My answer:", "zh": "我的答案："},
    "points": {"en": "points: {n}", "zh": "{n} 分"},
    "predict": {"en": "predict", "zh": "预测"},
    "change": {"en": "change one thing", "zh": "只改一处"},
    "find": {"en": "find what is wrong", "zh": "找出错误"},
    "decide": {"en": "decide and defend", "zh": "判断并说明理由"},
    "solution": {"en": "Solution", "zh": "解答"},
    "why": {"en": "Why", "zh": "为什么"},
    "hints": {"en": "Hints", "zh": "提示"},
    "wrong": {"en": "Common wrong answers", "zh": "常见错误"},
    "takes-as": {"en": "answers such as", "zh": "例如"},
    "teacher": {"en": "For the teacher", "zh": "教师用"},
    "no-edition": {
        "en": "The Chinese edition of {chapter} is not there yet: its notebooks and slides are in English.",
        "zh": "{chapter} 一章的中文版还没有：笔记本和幻灯片为英文。",
    },
    "student": {"en": "student", "zh": "学生"},
    "file": {"en": "file", "zh": "文件"},
    "chapter": {"en": "chapter", "zh": "章"},
    "earned": {"en": "earned", "zh": "得分"},
    "possible": {"en": "points", "zh": "满分"},
    "remarks": {"en": "remarks", "zh": "备注"},
}


def word(name: str, lang: str, **values: object) -> str:
    """Give a word or sentence in `lang`.

    >>> word("minutes", "zh", n=45)
    '45 分钟'
    """
    return _WORDS[name][lang].format(**values)
