"""Recognise the whole text of a licence by its terms, unless something else stands around them."""

import re

# The terms in lower-case words: BSD by every word, since its relatives differ in a few; the others by their
# first and last words and the number of characters between, which is the same in every copy of a text.
_BSD = (
    "redistribution and use in source and binary forms with or without modification are permitted provided "
    "that the following conditions are met (?:all rights reserved )?(?:[1a] )?redistributions of source code "
    "must retain the above copyright notice this list of conditions and the following disclaimer (?:[2b] )?"
    "redistributions in binary form must reproduce the above copyright notice this list of conditions and "
    "the following disclaimer in the documentation and or other materials provided with the distribution "
)
_TERMS = {
    "MIT": (
        "permission is hereby granted free of charge to any person obtaining a copy of this software and "
        "associated documentation files.{368}copies or substantial portions of the software the software is "
        "provided"
    ),
    "BSD-2-Clause": f"{_BSD}this software is provided",
    "BSD-3-Clause": (
        f"{_BSD}(?:[3c] )?neither the names? .{{5,150}}? to endorse or promote products derived from this "
        "software without specific prior written permission this software is provided"
    ),
    "ISC": "permission to use copy modify and.{141,144}notice appear in all copies the software is provided",
    "Apache-2.0": (
        "terms and conditions for use reproduction and distribution.{8670}any such warranty or additional "
        "liability|licensed under the apache license version 2 0.{411,412}permissions and limitations under "
        "the license"
    ),
    "MPL-2.0": (
        "1 definitions 1 1 contributor.{14194,14195}incompatible with secondary licenses as defined by the "
        "mozilla public license v 2 0"
    ),
    "PSF-2.0": (
        "license version 2 1 this license agreement is between the python software foundation psf"
        ".{2050,2165}agrees to be bound by the terms and conditions of this license agreement"
    ),
}
_TERMS = {name: re.compile(rf"\b({terms})\b") for name, terms in _TERMS.items()}

# What a licence may be called around its own terms.
_OWN = {
    "MIT": "mit|expat",
    "ISC": "isc",
    "Apache-2.0": "apache",
    "MPL-2.0": "mozilla public|mpl",
    "PSF-2.0": "psf|python software foundation",
} | dict.fromkeys(("BSD-2-Clause", "BSD-3-Clause"), "bsd")

# Around the terms none of these may stand: the name of another licence, or a condition of somebody's own.
_ELSE = re.compile(
    r"\b(apache|mozilla public|mpl|gnu|[al]?gpl|bsd|mit|expat|isc|psf|python software foundation|cnri|cc0|"
    r"cc by|public domain|unlicense|creative commons|openssl|redistributions?|permission|(non ?)?commercial|"
    r"dual|either|proprietary|academic use|except|exceptions?|must|may not|(?<!in no event )shall|agree|"
    r"requires?|required|prohibited|provided that|advertising)\b"
)


def recognise(text: str) -> str | None:
    """Give the SPDX identifier of a licence's whole text; None where it is not known, or not alone.

    >>> recognise("Permission to use, copy and modify this software is granted to members.") is None
    True
    """
    if sum(letter.isalpha() and not letter.isascii() for letter in text) > 40:  # terms in another language
        return None
    words = re.sub(r"[^a-z0-9]+", " ", text.lower())
    left = {name: terms.subn(" ", words) for name, terms in _TERMS.items()}
    # the Apache licence ends with the notice for one's files, which alone stands for it, too
    found = {
        name: rest for name, (rest, times) in left.items() if times == 1 or (times and name == "Apache-2.0")
    }
    if len(found) != 1:
        return None
    [(name, rest)] = found.items()
    return None if _ELSE.search(re.sub(rf"\b({_OWN[name]})\b", " ", rest)) else name
