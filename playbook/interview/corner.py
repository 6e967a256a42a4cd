"""A notebook's interview corner: the questions of its chapter, linked to the bank and to proving cells."""

import sys
from pathlib import Path

from playbook.inputs.files import atomic_write
from playbook.interview.drill import choose

HEADING = {"en": "### The bank's questions", "zh": "### 题库中的问题"}
LEAD = {
    "en": "`playbook drill --chapter {chapter}` asks them; each names the cell that proves its answer.",
    "zh": "`playbook drill --chapter {chapter} --lang zh` 逐题练习；每题都注明由哪个单元格证明。",
}


def corner(chapter: str, lang: str = "en") -> str:
    """Write the Markdown that lists a chapter's questions by measure, with level, id and proving cell.

    The bank's entry names the cell too, so that the way leads in both directions. Raises PlaybookError when
    there is no such chapter.

    >>> corner("data").splitlines()[0]
    "### The bank's questions"
    """
    up = "../../" if lang == "zh" else "../"
    questions = choose(chapter)
    lines = [HEADING[lang], "", LEAD[lang].format(chapter=chapter)]
    for measure in dict.fromkeys(question.measure for question in questions):
        lines += ["", f"**{measure}**", ""]
        for question in questions:
            if question.measure == measure:
                asked = question.question[lang].replace("[", "\\[").replace("]", "\\]")
                link = f"[{asked}]({up}data/interview/{chapter}.yaml)"
                lines.append(f"- {link} {question.level}, `{question.id}`, `{question.proof.cell}`")
    return "\n".join(lines)


def write_corner(notebook: Path, lang: str = "en") -> None:
    """Put the list at the end of a notebook's cell `interview`, in place of an older one."""
    import nbformat

    chapter = notebook.stem.partition("_")[2]
    node = nbformat.read(notebook, as_version=4)
    cell = next(cell for cell in node.cells if cell.id == "interview")
    cell.source = cell.source.partition(HEADING[lang])[0].rstrip() + "\n\n" + corner(chapter, lang)
    with atomic_write(notebook) as target:
        nbformat.write(node, target)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        write_corner(path, "zh" if path.parent.name == "zh" else "en")
