"""Licences as people write them: what is clear is read, what is not stays None, and nothing crashes."""

import re
import time
from email.message import Message
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import get_spdx_licensing

from playbook.data.licences import licence_of, spdx

CLEAR = """
MIT = MIT|mit|Mit|MIT License|The MIT License|MIT Licence|The MIT License (MIT)|MIT License (MIT)|MIT.
MIT = (MIT)|License :: OSI Approved :: MIT License|Expat|MIT/Expat
MIT = OSI Approved :: MIT License|ＭＩＴ|MIT许可证
MIT = https://opensource.org/licenses/MIT|https://opensource.org/license/mit/|MIT License
Apache-2.0 = Apache-2.0|APACHE-2.0|apache-2.0|Apache 2.0|Apache 2|Apache-2|Apache License 2.0
Apache-2.0 = Apache License, Version 2.0|Apache Licence v2|apache2|apache2.0
Apache-2.0 = The Apache License, Version 2.0|Apache Software License 2.0|ASL 2.0
Apache-2.0 = http://www.apache.org/licenses/LICENSE-2.0|http://www.apache.org/licenses/LICENSE-2.0.txt
Apache-2.0 = Apache许可证2.0
BSD-3-Clause = BSD-3-Clause|bsd-3-clause|BSD 3-Clause|BSD 3-Clause License|3-Clause BSD License
BSD-3-Clause = BSD (3-clause)|New BSD|new BSD License|Modified BSD License|Revised BSD|BSD-3|BSD3
BSD-3-Clause = BSD-3-Clause License|BSD 3 clause
BSD-2-Clause = BSD-2-Clause|BSD 2-Clause License|Simplified BSD|Simplified BSD License|2-clause BSD
ISC = ISC|isc|ISC License|ISC license (ISCL)|License :: OSI Approved :: ISC License (ISCL)
MPL-2.0 = MPL-2.0|MPL 2.0|MPL v2|mpl2|Mozilla Public License 2.0|Mozilla Public License, version 2.0
MPL-2.0 = License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)
GPL-2.0-only = GPL-2.0|GPLv2|GPL-2.0-only
GPL-2.0-only = License :: OSI Approved :: GNU General Public License v2 (GPLv2)
GPL-2.0-or-later = GPLv2+|GPL-2.0+|gpl-2.0-or-later|GNU GPL v2 or later|GPL 2.0 or newer
GPL-3.0-only = GPL-3.0|GPLv3|GPL v3|GPL 3|GNU General Public License v3 (GPLv3)|GPL-3.0-only
GPL-3.0-or-later = GPLv3+|GPL-3.0+|GPL-3.0-or-later|GNU GPLv3 or later
GPL-3.0-or-later = License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)
LGPL-2.0-or-later = LGPLv2+|GNU Lesser General Public License v2 or later (LGPLv2+)
LGPL-2.1-only = LGPL-2.1|LGPL v2.1
LGPL-2.1-or-later = LGPL v2.1 or later|LGPL-2.1+|LGPLv2.1+
LGPL-3.0-only = LGPLv3|LGPL-3.0|GNU Lesser General Public License v3 (LGPLv3)
AGPL-3.0-only = AGPLv3|AGPL-3.0|GNU Affero General Public License v3
PSF-2.0 = PSF-2.0|Python Software Foundation License Version 2
CC0-1.0 = CC0-1.0|CC0|CC0 1.0|CC0 1.0 Universal|CC0 1.0 Universal (CC0 1.0) Public Domain Dedication
CC-BY-4.0 = CC-BY-4.0|CC BY 4.0|Creative Commons Attribution 4.0 International|知识共享署名 4.0 国际许可协议
CC-BY-4.0 = https://creativecommons.org/licenses/by/4.0/
CC-BY-SA-4.0 = CC BY-SA 4.0|知识共享署名-相同方式共享 4.0 国际许可协议
CC-BY-NC-4.0 = CC BY-NC 4.0|知识共享署名-非商业性使用 4.0 国际
MulanPSL-2.0 = MulanPSL-2.0|Mulan PSL v2|木兰宽松许可证，第2版|木兰宽松许可证, 第2版
MulanPSL-2.0 = 木兰宽松许可证第2版|木兰宽松许可证 第二版|木兰宽松许可证v2
MulanPSL-2.0 = 《木兰宽松许可证，第2版》|Mulan Permissive Software License, Version 2
MulanPSL-1.0 = 木兰宽松许可证，第1版|Mulan PSL v1
MIT OR Apache-2.0 = MIT OR Apache-2.0|(MIT OR Apache-2.0)|mit or apache-2.0|MIT or Apache 2.0
Apache-2.0 AND MIT = Apache-2.0 AND MIT|Apache 2.0 and MIT|Apache License 2.0 and MIT License
MIT AND (Apache-2.0 OR ISC) = MIT AND (Apache-2.0 OR ISC)|mit and (apache-2.0 or isc)
Apache-2.0 WITH LLVM-exception = Apache-2.0 WITH LLVM-exception|apache-2.0 with llvm-exception
Zlib = Zlib|zlib/libpng License|License :: OSI Approved :: zlib/libpng License
Unlicense = Unlicense|The Unlicense|The Unlicense (Unlicense)
"""
UNCLEAR = """
BSD|bsd|GPL|LGPL|AGPL|Apache|PSF|PSFL|CC BY|CC-BY-NC|Creative Commons|Mulan PSL|Apache Software License
License :: OSI Approved :: Apache Software License|BSD License|Apache License|License :: OSI Approved
License :: OSI Approved :: BSD License|License :: Public Domain|Public Domain
License :: Other/Proprietary License|Other/Proprietary License|Proprietary|UNLICENSED|GPL OR MIT
License :: OSI Approved :: BSD License; License :: OSI Approved :: MIT License|Topic :: MIT License
free for academic use|MIT-like|Not MIT|non-MIT|MIT-style|MIT, but not for evil|!MIT|MIT?
BSD, Public Domain|all rights reserved|MIT/Apache-2.0|MIT, Apache-2.0|MIT Apache-2.0|MIT & ISC
MIT (non-commercial)|Apache 2.0 (with Commons Clause)|MIT and others|BSD and MIT
MIT License and ISC License or Apache 2.0
MIT OR|AND|(|()|MIT AND (|MIT WITH MIT|LLVM-exception|GPL-3.0 WITH nothing|MIT/X11|None|UNKNOWN
NOASSERTION|see LICENSE|LICENSE.txt|Apache 1|MIT 2|LicenseRef-Mine|MIT AND LicenseRef-Mine
LicenseRef-Apache-2.0|GPL 4|AGPLv2|木兰宽松许可证|木兰公共许可证，第2版|仅供学术研究使用
版权所有|知识共享|🙂|MIT🙂
"""
CLEAR_CASES = [
    (t, line.split(" = ")[0]) for line in CLEAR.split("\n") if line for t in line.split(" = ")[1].split("|")
]
UNCLEAR_CASES = ["", " ", "\n\t", "\0", "MIT\0", None, float("nan"), 3, *re.split(r"[|\n]", UNCLEAR.strip())]


@pytest.mark.parametrize(("text", "meant"), CLEAR_CASES)
def test_a_clear_spelling_is_read(text, meant):
    assert spdx(text) == meant


@pytest.mark.parametrize("text", UNCLEAR_CASES)
def test_an_unclear_spelling_is_not_guessed(text):
    assert spdx(text) is None


def test_enough_spellings_are_tried():
    assert len(CLEAR_CASES) >= 120
    assert len(UNCLEAR_CASES) >= 80


@pytest.mark.parametrize(
    "text",
    [
        "MIT License ",
        "(",
        "MIT OR ",
        "redistribution and use in source and binary forms ",
        "v2 ",
        " ",
        "\n",
        "a",
    ],
)
@pytest.mark.parametrize("size", [99_000, 10_000_000])
def test_a_huge_text_takes_less_than_a_second(text, size):
    start = time.perf_counter()
    assert spdx(text * (size // len(text))) is None
    assert time.perf_counter() - start < 1


@given(
    st.one_of(
        st.text(), st.text(alphabet="MITORANDWHGPLv23.0+-()/, licensebdapch"), st.text(alphabet="()|&~!MIT ")
    )
)
def test_any_text_gives_none_or_a_valid_expression(text):
    found = spdx(text)
    assert found is None or (not get_spdx_licensing().validate(found).errors and spdx(found) == found)


IDS = st.sampled_from(["MIT", "GPL-3.0", "LGPL-2.1+", "Apache-2.0 WITH LLVM-exception", "CC-BY-4.0", "BSD-2"])
COMPOUND = st.recursive(
    IDS, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "or"]), inner)
)


@given(COMPOUND)
def test_an_expression_is_read_once_and_for_all(text):
    found = spdx(text)
    assert found or len(text) > 300
    assert found is None or spdx(found) == found


def test_what_would_grow_too_long_to_be_read_again_is_not_given():
    assert spdx(" AND ".join(["GPL-3.0"] * 33)) is None


class Distribution:
    """A distribution with metadata and licence files of our own."""

    def __init__(self, folder, files=None, **fields):
        self.metadata = Message()
        for name, values in fields.items():
            for value in [values] if isinstance(values, str) else values:
                self.metadata[name.replace("_", "-")] = value
        self.files = []
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
            path = PurePosixPath(name)
            self.files.append(
                type(
                    "File", (), {"__str__": lambda s, p=path: str(p), "locate": lambda s, p=path: folder / p}
                )()
            )


MIT_NAME, APACHE_NAME = (
    "License :: OSI Approved :: MIT License",
    "License :: OSI Approved :: Apache Software License",
)
EITHER = "Under *either* of the licenses\nfound in LICENSE.A or LICENSE.B. Contributions are under both."


@pytest.mark.parametrize(
    ("fields", "files", "meant"),
    [
        ({"License_Expression": "MIT", "License": "GPLv3"}, {}, "MIT"),
        ({"License_Expression": "LicenseRef-Mine", "Classifier": MIT_NAME}, {}, None),
        ({"License": "MIT"}, {}, "MIT"),
        ({"License": "UNKNOWN", "Classifier": MIT_NAME}, {}, "MIT"),
        ({"License": "BSD", "Classifier": MIT_NAME}, {}, "MIT"),
        ({"License": "MIT", "Classifier": [MIT_NAME, APACHE_NAME]}, {}, None),
        ({"License": "GPLv3+", "Classifier": MIT_NAME}, {}, None),
        ({"License": "BSD"}, {"LICENSE": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"License": "BSD"}, {"LICENSE": "BSD-2-Clause"}, "BSD-2-Clause"),
        ({}, {"licenses/LICENSE": "MIT", "licenses/COPYING": "Apache-2.0"}, None),
        ({}, {"licenses/LICENSE": "Apache-2.0", "licenses/a/_vendor/b/LICENSE": "MIT"}, "Apache-2.0 AND MIT"),
        ({}, {"licenses/LICENSE": "Apache-2.0", "licenses/a/_vendor/b/LICENSE": "??"}, None),
        ({}, {"LICENSE": EITHER, "LICENSE.A": "Apache-2.0", "LICENSE.B": "MIT"}, "Apache-2.0 OR MIT"),
        ({}, {"LICENSE": EITHER, "LICENSE.A": "Apache-2.0"}, None),
        ({}, {"LICENSE": EITHER, "LICENSE.A": "Apache-2.0", "LICENSE.B": "MIT", "COPYING": "ISC"}, None),
        ({"Classifier": APACHE_NAME}, {}, None),
        ({}, {}, None),
    ],
)
def test_what_a_distribution_says(tmp_path, fields, files, meant):
    named = {f"demo-1.0.dist-info/{name}": text for name, text in files.items()}
    written, found = licence_of(Distribution(tmp_path, named, **fields))
    assert found == meant
    assert written
