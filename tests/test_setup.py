"""The three descriptions of the environment agree, and no committed file knows this machine."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.M)


def pins(text: str) -> set[tuple[str, str]]:
    return {(name.lower().replace("_", "-"), version) for name, version in PIN.findall(text)}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_every_direct_dependency_is_pinned_exactly_and_locked() -> None:
    wanted = project()["project"]["dependencies"]
    direct = pins("\n".join(wanted))
    assert len(direct) == len(wanted)
    assert direct <= pins((ROOT / LOCKS[0]).read_text())


def test_what_only_tests_need_is_locked_apart() -> None:
    runs, tests = (pins((ROOT / lock).read_text()) for lock in LOCKS)
    assert pins("\n".join(project()["dependency-groups"]["test"])) <= tests
    assert not {name for name, _ in runs} & {name for name, _ in tests}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text().strip())
    without = [entry.split(" ")[0] for entry in entries if "--hash=sha256:" not in entry]
    assert not without


def test_conda_takes_the_same_python_and_the_same_lock() -> None:
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python = next(entry for entry in wanted if str(entry).startswith("python="))
    low, high = re.fullmatch(r">=(3\.\d+),<(3\.\d+)", project()["project"]["requires-python"]).groups()
    assert int(low[2:]) <= int(python.split("3.")[1]) < int(high[2:])
    assert wanted[-1]["pip"] == [f"--requirement {LOCKS[0]}"]


def test_make_refuses_a_python_that_the_lock_does_not_cover() -> None:
    low, high = re.search(r"\((3), (\d+)\) <= v <= \(3, (\d+)\)", (ROOT / "Makefile").read_text()).groups()[
        1:
    ]
    assert project()["project"]["requires-python"] == f">=3.{low},<3.{int(high) + 1}"


def test_committed_files_name_no_registry_and_no_path_of_a_machine() -> None:
    hosts = "|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + "js", "anaconda" + r"\.org"))
    paths = "|".join(("/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", r"C:\\" + "Users"))
    guilty = [
        path.relative_to(ROOT)
        for path in tracked()
        if path.suffix not in {".png"} and re.search(f"{hosts}|{paths}", path.read_text(encoding="utf-8"))
    ]
    assert not guilty


def test_every_python_file_opens_with_a_sentence() -> None:
    silent = [
        path.relative_to(ROOT)
        for path in tracked()
        if path.suffix == ".py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def code_lines(path: Path) -> int:
    """Lines that do something: without blanks, comments and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return len(ast.unparse(tree).splitlines())


def test_every_file_and_every_chapter_stays_small() -> None:
    files = list(ROOT.glob("playbook/**/*.py"))
    assert not {file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 200}
    chapters = {file.parent for file in files}
    assert not {chapter for chapter in chapters if sum(map(code_lines, chapter.glob("*.py"))) > 2_600}


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, playbook, playbook.cli; print([n for n in ('numpy', 'pandas') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
