"""Licences held against the outside: what the distributions state themselves, and five files read by hand."""

from importlib.metadata import distribution, distributions

import pytest

from playbook.data import licence_texts
from playbook.data.licences import licence_of, spdx

INSTALLED = sorted(distributions(), key=lambda found: found.metadata["Name"].lower())


def texts_of(found):
    """The licence files that a distribution names in its metadata (PEP 639)."""
    named = found.metadata.get_all("License-File", [])
    for file in found.files or []:
        path = str(file)
        if (
            ".dist-info/" in path
            and any(path.endswith(f"/{name}") for name in named)
            and file.locate().is_file()
        ):
            yield file.locate().read_text(encoding="utf-8", errors="replace")


def test_ninety_five_percent_of_the_installed_distributions_are_decided():
    undecided = [
        f"{found.metadata['Name']}: {written}"
        for found in INSTALLED
        for written, expression in [licence_of(found)]
        if expression is None
    ]
    share = 1 - len(undecided) / len(INSTALLED)
    assert share >= 0.95, f"{share:.1%} of {len(INSTALLED)}; undecided:\n" + "\n".join(undecided)
    assert undecided, "some cannot be decided: none left means that something is guessed"


# The expected values come from reading the licence files of these distributions (2026-11); none of them
# states an expression in its metadata.
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("kiwisolver", "BSD-3-Clause"),  # "Modified BSD License", the clause on endorsement is there
        ("nest-asyncio2", "BSD-2-Clause"),  # its metadata says "BSD"; no clause on endorsement
        (
            "packaging",
            "Apache-2.0 OR BSD-2-Clause",
        ),  # "either of the licenses found in LICENSE.APACHE or LICENSE.BSD"
        ("bleach", "Apache-2.0 AND MIT"),  # Apache's notice, and MIT for html5lib inside
        ("namex", "Apache-2.0"),  # nothing in its metadata; Apache's notice in the file
        ("matplotlib", None),  # terms of its own, modelled on Python's, and many fonts and parts
        ("scipy", None),  # BSD-3-Clause, and 46,000 characters about the parts that its wheel bundles
    ],
)
def test_a_licence_read_by_hand(name, meant):
    assert licence_of(distribution(name))[1] == meant


def test_texts_say_what_the_distribution_states():
    """Where one licence is stated and one file is there, reading the file never contradicts that."""
    read = {}
    for found in INSTALLED:
        stated, texts = spdx(found.metadata.get("License-Expression")), list(texts_of(found))
        if stated and " " not in stated and len(texts) == 1:
            read[found.metadata["Name"]] = (stated, licence_texts.recognise(texts[0]))
    wrong = {name: pair for name, pair in read.items() if pair[1] not in (None, pair[0])}
    decided = [pair for pair in read.values() if pair[1]]
    assert wrong == {}
    assert len(read) >= 50
    assert len(decided) / len(read) >= 0.8, {name: pair for name, pair in read.items() if not pair[1]}
    assert len({stated for stated, _ in decided}) >= 4
