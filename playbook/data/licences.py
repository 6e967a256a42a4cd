"""From a licence as people write it to an SPDX expression, or to None: a licence is read, never guessed."""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from playbook.data.licence_texts import recognise

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from license_expression import Licensing

# What people write for one licence and no other: "BSD", "GPL", "PSF" or "Apache" alone name several.
_NAMES = {
    "MIT": "mit|expat|mit expat|opensource.org/licenses/mit|opensource.org/license/mit",
    "MIT-0": "mit no attribution",
    "Apache-2.0": (
        "apache 2|apache software license 2|asl 2|apache license version 2, january 2004|"
        "apache.org/licenses/license-2.0|apache.org/licenses/license-2.0.txt"
    ),
    "BSD-3-Clause": (
        "bsd 3 clause|3 clause bsd|bsd 3|new bsd|modified bsd|revised bsd|bsd 3 clause new or revised"
    ),
    "BSD-2-Clause": "bsd 2 clause|2 clause bsd|simplified bsd|bsd 2 clause simplified",
    "ISC": "isc|iscl",
    "MPL-2.0": "mpl 2|mozilla public license 2",
    "EPL-2.0": "epl 2|eclipse public license 2",
    "PSF-2.0": "psf 2|psf license version 2|python software foundation license version 2",
    "BSL-1.0": "boost software license 1",
    "Zlib": "zlib|zlib/libpng",
    "Unlicense": "the unlicense",
    "CC0-1.0": "cc0|cc0 1|cc0 1.0 universal|cc0 1.0 universal (cc0 1.0) public domain dedication",
    "CC-BY-4.0": (
        "cc by 4|creative commons attribution 4|creative commons attribution 4.0 international|"
        "creativecommons.org/licenses/by/4.0|知识共享署名 4.0|知识共享署名 4.0 国际"
    ),
    "CC-BY-SA-4.0": (
        "cc by sa 4|creative commons attribution sharealike 4|creativecommons.org/licenses/by-sa/4.0|"
        "creative commons attribution sharealike 4.0 international|知识共享署名-相同方式共享 4.0 国际"
    ),
    "CC-BY-NC-4.0": (
        "cc by nc 4|creative commons attribution noncommercial 4|creativecommons.org/licenses/by-nc/4.0|"
        "creative commons attribution noncommercial 4.0 international|知识共享署名-非商业性使用 4.0 国际"
    ),
    "MulanPSL-1.0": "mulan psl 1|mulan permissive software license 1|木兰宽松许可证 1|木兰宽松许可证第1版",
    "MulanPSL-2.0": "mulan psl 2|mulan permissive software license 2|木兰宽松许可证 2|木兰宽松许可证第2版",
}
_GNU = re.compile(r"(?:gnu )?([al]?gpl) (2|2\.1|3)(\+| or later| or newer| only)?")
_GNU_LONG = {"gnu affero general public": "agpl", "gnu general public": "gpl"} | dict.fromkeys(
    ("gnu lesser general public", "gnu library general public"), "lgpl"
)
_GNU_IDS = {"GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0"}


@cache
def licensing() -> "Licensing":
    """Give the SPDX licence list as the library keeps it: its `parse` makes an expression's tree."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def spdx(text: str | None) -> str | None:
    """Give the SPDX expression of a licence as written: an expression, a name, a classifier or a whole text.

    None where the writing fits several licences ("BSD", "GPL"), where a text holds the terms of several or
    adds its own, or where none is known: then somebody has to read it. An "and" is read as both at once.

    >>> spdx("Apache 2.0"), spdx("(MIT OR Apache-2.0)"), spdx("License :: OSI Approved :: ISC License (ISCL)")
    ('Apache-2.0', 'MIT OR Apache-2.0', 'ISC')
    >>> spdx("BSD") is None, spdx("free for academic use") is None
    (True, True)
    """
    # no text, or longer than three times any licence
    if not isinstance(text, str) or "\0" in text or len(text) > 100_000:
        return None
    written = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(written) > 400:
        return recognise(written)
    classifier = re.fullmatch(r"License :: (?:[^:;]+ :: )*([^:;]+)", written)
    found = _name(classifier[1] if classifier else written) or _expression(written) or _both(written)
    return found if len(found or "") <= 400 else None  # so that what is given is read again as itself


def _key(name: str) -> str:
    """Reduce a name to what tells it from others: "The Apache License, v2.0" becomes "apache 2"."""
    name = re.sub(r"^https?://(www\.)?", "", name.lower()).replace("licence", "license").replace("二", "2")
    name = re.sub(r"[\s,;:()\"'“”《》/_-]+|许可证|许可协议", " ", name)
    name = re.sub(r"(?<![\d.])\s*v?(?=\d)", " ", name)
    name = re.sub(r"\b(the|license|version|osi approved)\b|(?<=\d)\.0\b", " ", name)
    return " ".join(name.split()).strip(" .")


_ALIASES = {_key(name): identifier for identifier, names in _NAMES.items() for name in names.split("|")}


def _name(written: str) -> str | None:
    outside = re.fullmatch(r"(.+?) \(([^()]+)\)", written)  # as in "MIT License (MIT)"
    if outside and (found := _name(outside[1])) and found == (_name(outside[2]) or _expression(outside[2])):
        return found
    key = _key(written)
    for long, short in _GNU_LONG.items():
        key = key.replace(long, short)
    if gnu := _GNU.fullmatch(key):
        identifier = f"{gnu[1].upper()}-{gnu[2] if '.' in gnu[2] else gnu[2] + '.0'}"
        later = "-only" if gnu[3] in (None, " only") else "-or-later"
        return identifier + later if identifier in _GNU_IDS else None
    return _ALIASES.get(key)


def _expression(written: str) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9.+() -]+", written):
        return None
    try:
        parsed = str(licensing().parse(written, validate=True, strict=True))
    except Exception:  # the parser fails in a dozen ways on what is no expression
        return None
    # the library takes names beyond SPDX's: a bare "GPL", and its own
    return None if re.search(r"(?i)(?<![\w-])gpl(?![\w-])|licenseref", f"{written} {parsed}") else parsed


def _both(written: str) -> str | None:
    first, *rest = re.split(r" (and|or) ", written, flags=re.I)
    words = {word.upper() for word in rest[::2]}
    parts = [_name(part) or _expression(part) for part in (first, *rest[1::2])]
    return f" {words.pop()} ".join(map(str, parts)) if len(words) == 1 and all(parts) else None


def licence_of(distribution: "Distribution") -> tuple[str, str | None]:
    """Give the licence of an installed distribution: as written, and as an SPDX expression or None.

    License-Expression (PEP 639) decides. Without one the License field and the classifiers do, if they do not
    contradict each other; where they are unclear, the licence files that the distribution carries.

    >>> from importlib.metadata import distribution
    >>> licence_of(distribution("numpy"))[1].split(" AND ")[0]
    'BSD-3-Clause'
    """
    metadata = distribution.metadata
    stated = metadata.get("License-Expression")
    classifiers = [c for c in metadata.get_all("Classifier", []) if c.startswith("License ::")]
    claims = [
        c for c in (metadata.get("License"), *classifiers) if c and c.upper() not in {"UNKNOWN", "NONE"}
    ]
    files = _licence_files(distribution)
    written = " ".join((stated or next(iter(claims), "a licence file" if files else "nothing")).split())[:80]
    if stated:
        return written, spdx(stated)
    clear = {found for claim in claims if (found := spdx(claim))}
    if not clear:
        return written, _from_files(files)
    agreed = len(clear) == 1 and (len(classifiers) < 2 or all(map(spdx, classifiers)))
    return written, clear.pop() if agreed else None


def _licence_files(distribution: "Distribution") -> dict[str, str]:
    """Read the licence files of a distribution, by their paths below the folder that holds them."""
    named = re.compile(r"^[^/]+\.dist-info/(?:licenses/)?((?:.*/)?(?:licen[cs]e|copying)[^/]*)$", re.I)
    found = {m[1]: path.locate() for path in distribution.files or [] if (m := named.search(str(path)))}
    return {
        name: file.read_text(encoding="utf-8", errors="replace")
        for name, file in sorted(found.items())
        if file.is_file()
    }


def _from_files(files: dict[str, str]) -> str | None:
    """Give the one licence of all files at the top, and those of the parts in folders below it."""
    read = {name: spdx(text) for name, text in files.items()}
    for name, text in files.items():
        choice = re.search(r"\beither\W+of the licen[cs]es\s+found in (\S+) or (\S+?)[.,]?\s", text)
        if choice and read.keys() == {name, choice[1], choice[2]} and read[choice[1]] and read[choice[2]]:
            return _expression(f"({read[choice[1]]}) OR ({read[choice[2]]})")
    top = {licence for name, licence in read.items() if "/" not in name}
    if len(top) != 1 or None in read.values():
        return None
    parts = sorted(map(str, set(read.values()) - top))
    return _expression(" AND ".join(f"({licence})" for licence in [*top, *parts]))
