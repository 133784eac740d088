"""A text file from outside -> its text, or one sentence that says what is wrong with it.

Size and kind are checked before anything is read into memory.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from experiment.errors import InputRefused
from experiment.project import PROJECT
from stimuli.errors import reason_of
from stimuli.utf8 import utf8_text

LARGEST_BYTES = 256 * 1024
"""Protocols, slides and tables of results are a hundredth of this."""


def read_text(path: Path) -> str:
    """The UTF-8 text of a file, without a byte order mark, its lines ending in ``\\n``.

    Raises
    ------
    InputRefused
        Where the file is missing, no file, unreadable, larger than ``LARGEST_BYTES`` or not plain text.
    """
    content = _read_bytes(path)
    try:
        text = utf8_text(content)
    except ValueError as error:
        raise InputRefused(f"{path}: {error}") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for place, letter in enumerate(text):
        if letter not in "\n\t" and unicodedata.category(letter) == "Cc":
            line = text.count("\n", 0, place) + 1
            raise InputRefused(
                f"{path}: line {line}: found the control character U+{ord(letter):04X}; allowed is plain text"
            )
    return text


def refuse_outside(path: Path, folder: Path) -> None:
    """Raises ``InputRefused`` where ``path``, a file that another one names, leads out of ``folder`` and out
    of this project, by its name or by a symbolic link.
    """
    try:
        found = path.resolve()
        allowed = (folder.resolve(), PROJECT)
    except (OSError, RuntimeError) as error:
        raise InputRefused(f"{path}: cannot be followed ({reason_of(error)})") from None
    if not any(found.is_relative_to(root) for root in allowed):
        raise InputRefused(
            f"{path}: leads to {found}; allowed are files in {folder} or in this project, put a copy there"
        )


def _read_bytes(path: Path) -> bytes:
    try:
        # A pipe would keep the program waiting, a device would never end.
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder" if path.is_dir() else "a device or pipe"
            raise InputRefused(f"{path}: found {what}, allowed is a text file")
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise InputRefused(f"{path}: there is no such file; check the name or add the file") from None
    except (OSError, ValueError) as error:
        raise InputRefused(f"{path}: cannot be read ({reason_of(error)})") from None
    if len(content) > LARGEST_BYTES:
        raise InputRefused(
            f"{path}: found {max(size, len(content)):,} bytes, allowed are at most {LARGEST_BYTES:,}"
        )
    return content
