"""The docstring corpus is the same rows on every machine, and survives a damaged cache."""

import gzip
import hashlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import PlaybookError
from playbook.inputs import corpus
from playbook.inputs.corpus import docstrings

MODULE = '''"""The module."""
raise SystemExit("nobody should import this")
class Box:
    """A box.

        Indented.
    """
    def open(self):
        r"""Open it: \\d."""
        def inner():
            """Inside a function."""
if True:
    def twice(): """First."""
else:
    def twice(): """Second."""
try:
    pass
except ImportError:
    async def rescue(): """In a handler."""
def silent(): pass
def blank(): """   """
'''


@pytest.fixture
def box(tmp_path, monkeypatch):
    """Makes an installed package whose files and METADATA a test chooses."""
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path / "cache"))
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))

    def make(files, metadata="", version="1.0"):
        for name, content in files.items():
            file = site / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        info = site / "box-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: box\nVersion: {version}\n{metadata}")
        (info / "RECORD").write_text(
            "".join(f"{name},,\n" for name in [*files, "box/gone.py", "../bin/x.py"])
        )

    return make


def test_every_kind_of_docstring_is_found_once_in_order(box):
    box(
        {
            "box/b.py": MODULE,
            "box/a.py": '"""A."""',
            "box/tests/test_a.py": '"""No."""',
            "box/c.pyi": '"""No."""',
        }
    )
    frame = docstrings(["box"])
    assert dict(zip(frame["id"], frame["text"], strict=True)) == {
        "box/a.py": "A.",
        "box/b.py": "The module.",
        "box/b.py:Box": "A box.\n\nIndented.",
        "box/b.py:Box.open": "Open it: \\d.",
        "box/b.py:Box.open.inner": "Inside a function.",
        "box/b.py:twice": "First.",
        "box/b.py:twice#2": "Second.",
        "box/b.py:rescue": "In a handler.",
    }
    assert list(frame["id"])[:3] == ["box/a.py", "box/b.py", "box/b.py:Box"]
    assert "box" not in sys.modules


def test_files_that_are_no_python_of_ours_are_passed_over(box):
    files = {
        "box/latin.py": '# coding: latin-1\n"""Grüße."""'.encode("latin-1"),
        "box/crlf.py": b'"""One.\r\n\r\nTwo."""\r\n',
        "box/template.py": "{{ name }} is no Python",
        "box/zero.py": b'"""A"""\0',
        "box/new.py": '"""Newer grammar."""\ntype X = int\n',
    }
    box(files)
    assert list(docstrings(["box"])["text"]) == ["One.\n\nTwo.", "Grüße."]


@pytest.mark.parametrize(
    ("metadata", "licence", "short"),
    [
        ("License-Expression: MIT\n", "MIT", "(MIT)"),
        ("License: BSD 3-clause\nClassifier: License :: OSI Approved :: BSD License\n", "BSD 3-clause", None),
        (
            "Classifier: License :: OSI Approved :: BSD License\n",
            "License :: OSI Approved :: BSD License",
            None,
        ),
        (f"License: Copyright {'x' * 100}\nClassifier: License :: Public Domain\n", None, "(Public Domain)"),
        ("", None, "(not stated)"),
    ],
)
def test_the_licence_is_what_the_package_writes(box, metadata, licence, short):
    box({"box/a.py": '"""A."""'}, metadata)
    frame = docstrings(["box"])
    if licence or not metadata:
        assert frame["licence"][0] == licence
    assert frame.attrs["licence"] == (short or f"({licence})")
    assert (frame["classifiers"][0] is None) == ("Classifier" not in metadata)


def test_the_cache_is_used_until_the_version_changes(box, monkeypatch):
    box({"box/a.py": '"""Old."""'})
    first = docstrings(["box"])
    box({"box/a.py": '"""New."""'})
    again = docstrings(["box"])
    assert again.equals(first)
    assert again.attrs == first.attrs
    box({"box/a.py": '"""New."""'}, version="1.1")
    assert list(docstrings(["box"])["text"]) == ["New."]
    monkeypatch.setattr(corpus, "READER_VERSION", 0)
    assert list(docstrings(["box"])["text"]) == ["New."]


@pytest.mark.parametrize("damage", [b"", b"no gzip", gzip.compress(b"x\n[]\n"), "half"])
def test_a_damaged_cache_is_read_anew(box, tmp_path, damage):
    box({"box/a.py": '"""A."""'})
    whole = docstrings(["box"])
    (file,) = (tmp_path / "cache" / "docstrings").iterdir()
    file.write_bytes(file.read_bytes()[:30] if damage == "half" else damage)
    assert docstrings(["box"]).equals(whole)
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_the_order_of_the_names_does_not_matter(box):
    box({"box/a.py": '"""A."""'})
    assert docstrings(["box", "filelock"]).equals(docstrings(["filelock", "box", "box"]))


def test_a_package_without_docstrings_gives_an_empty_frame(box):
    box({"box/a.py": "x = 1"})
    assert docstrings(["box"]).shape == (0, 7)


@pytest.mark.parametrize("names", ["numpy", []])
def test_names_must_be_a_list(names):
    with pytest.raises(PlaybookError, match="takes a list of package names"):
        docstrings(names)


def test_a_package_that_is_not_installed():
    with pytest.raises(PlaybookError, match="'no-such-package' is not installed"):
        docstrings(["no-such-package"])


@given(
    st.lists(
        st.sampled_from(["def f():", "class C:", "if x:", "try:", "for x in y:"]), min_size=1, max_size=6
    )
)
def test_nothing_hides_a_docstring(tmp_path_factory, nest):
    """However deep a function lies in other statements, its docstring is found, once."""
    lines = [f"{' ' * depth}{head}" for depth, head in enumerate(nest)]
    deep = " " * len(nest)
    lines += [f"{deep}def here():", f'{deep} """Found."""']
    lines += [
        f"{' ' * depth}finally: pass" for depth, head in reversed(list(enumerate(nest))) if head == "try:"
    ]
    file = tmp_path_factory.mktemp("nest") / "a.py"
    file.write_text("\n".join(lines))
    named = [head[-4 if head[0] == "d" else -2] for head in nest if head in ("def f():", "class C:")]
    assert list(corpus._documented(file)) == [(".".join([*named, "here"]), "Found.")]


def test_the_real_corpus():
    frame = docstrings()
    assert list(frame.columns) == ["id", "text", "package", "version", "path", "licence", "classifiers"]
    assert len(frame) == 17_270
    assert frame["id"].is_unique
    assert not frame.isna().any().any()
    assert frame["text"].str.strip().ne("").all()
    assert set(frame["package"]) == set(corpus.QUICK)
    assert "numpy/linalg/_linalg.py:svd" in set(frame["id"])
    assert not frame["path"].str.contains("/tests/", regex=False).any()
    assert frame.attrs["rows"] == len(frame)
    assert len(frame.attrs["sha256"]) == len(hashlib.sha256().hexdigest())
    assert frame.attrs["name"] == "docstrings"
