"""Bytes of a text file -> its text; what is no UTF-8 is told with its line."""

from __future__ import annotations


def utf8_text(content: bytes) -> str:
    """The text, a byte order mark left out, its line ends as they are.

    Raises ValueError, with what is wrong as a part of a sentence: "line 2: found the byte 0xff, which is not
    UTF-8; save the file as UTF-8".
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Of what was decoded, which is without the mark.
        line = error.object.count(b"\n", 0, error.start) + 1
        found = error.object[error.start]
    raise ValueError(f"line {line}: found the byte 0x{found:02x}, which is not UTF-8; save the file as UTF-8")
