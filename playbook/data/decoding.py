"""Turns bytes into text in the encoding that they are most likely in, and marks what does not fit it."""

import codecs

# Stands for bytes that cannot be decoded: half a surrogate pair, which no encoding gives by itself.
UNDECODED = "\udfff"
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
codecs.register_error("playbook.undecoded", lambda error: (UNDECODED, error.end))


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text, and name their encoding; UNDECODED stands for what does not fit it.

    >>> decode("文本".encode("gb18030"))
    ('文本', 'gb18030')
    """
    encoding = _encoding(data)
    return data.decode(encoding, errors="playbook.undecoded"), encoding


def _encoding(data: bytes) -> str:
    """Tell the encoding from the byte order mark, else from the bytes themselves."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return encoding
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    utf8 = sum(_decodes(line) for line in lines)
    # UTF-8 may hold NULs, but hardly one in every fourth byte and in the header.
    nuls = 0 in data[: data.find(b"\n")] and 4 * data.count(0) >= len(data)
    if nuls or (0 in data and utf8 < len(lines)):
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, errors="ignore")
            ends = text.count("\n") + text.count("\r")
            if "\0" not in text and 4 * ends >= max(data.count(b"\n") + data.count(b"\r"), 1):
                return encoding
    if 2 * utf8 >= len(lines):
        return "utf-8"
    # Latin-1 read as GB18030 gives rare characters: Chinese prose is written in those of GB 2312.
    marks = [c for c in data.decode("gb18030", errors="replace") if not c.isascii()]
    common = len("".join(marks).encode("gb2312", errors="ignore")) / 2
    return "gb18030" if 2 * common >= len(marks) else "utf-8"


def _decodes(line: bytes) -> bool:
    """Say whether bytes are UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
