"""Whole licence texts: read from installed distributions, and refused when anything stands beside them."""

import re
from importlib.metadata import distributions

import pytest

from playbook.data.licences import spdx


def whole_texts() -> dict[str, str]:
    """One licence file of an installed distribution for each licence that states itself as an expression."""
    found: dict[str, str] = {}
    for distribution in sorted(distributions(), key=lambda d: d.metadata["Name"]):
        name = distribution.metadata.get("License-Expression")
        files = [
            f for f in distribution.files or [] if re.search(r"dist-info/.*licen[cs]e[^/]*$", str(f), re.I)
        ]
        if name in {"MIT", "BSD-3-Clause", "BSD-2-Clause", "Apache-2.0", "MPL-2.0"} and len(files) == 1:
            found.setdefault(name, files[0].locate().read_text(encoding="utf-8"))
    return found


TEXTS = whole_texts()


@pytest.mark.parametrize("name", TEXTS)
def test_a_whole_text_is_read_and_only_alone(name):
    text = TEXTS[name]
    assert spdx(text) == spdx(text.upper()) == spdx(text.replace("\n", "\r\n")) == name
    assert spdx(text.replace(" ", "\0", 1)) is None
    for other in TEXTS.values():
        if other != text:
            assert spdx(text + other) is None
    for condition in (
        "The software may not be used for military purposes.",
        "You must send the author a postcard.",
        "Parts are in the public domain.",
        "Some files are under the GPL.",
        "本软件仅供学术研究使用，未经作者书面许可，任何单位和个人均不得将其用于任何商业目的，违者须承担法律责任。",
    ):
        assert spdx(f"{text}\n{condition}") is None, condition
        assert spdx(f"{condition}\n{text}") is None, condition


def test_the_whole_texts_are_there():
    assert TEXTS.keys() >= {"MIT", "BSD-3-Clause", "Apache-2.0", "MPL-2.0"}


def test_a_relative_is_not_taken_for_the_licence():
    mit, bsd, apache = TEXTS["MIT"], TEXTS["BSD-3-Clause"], TEXTS["Apache-2.0"]
    assert spdx(mit.replace("to deal", "to look but not to deal")) is None
    assert spdx(re.sub(r"(?i)use in source", "non-commercial use in source", bsd)) is None
    assert spdx(re.sub(r"(?is)neither the name", "Advertising must name us. Neither the name", bsd)) is None
    assert spdx(apache.replace("irrevocable", "")) is None
    openings = {
        "0BSD": "Permission to use, copy, modify, and/or distribute this software for any purpose with or "
        "without fee is hereby granted. The software is provided as is. ",
        "OFL-1.1": "Permission is hereby granted, free of charge, to any person obtaining a copy of the Font "
        "Software, provided that each copy contains the above copyright notice and this license. ",
    }
    for opening in openings.values():
        assert spdx(opening * 3) is None
