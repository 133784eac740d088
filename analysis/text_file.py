"""A text file as text; what is no UTF-8 is told with its line."""

from __future__ import annotations

from pathlib import Path

from analysis.errors import AnalysisError
from stimuli.errors import reason_of
from stimuli.whole_file import read_whole


def read_utf8(path: Path) -> str:
    """The text of a file, a byte order mark left out, its line ends as they are.

    Raises
    ------
    AnalysisError
        Where the file cannot be read or is not UTF-8.
    """
    try:
        return read_whole(path).decode("utf-8-sig")
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({reason_of(error)})") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise AnalysisError(
            f"{path}, line {line}: found the byte 0x{error.object[error.start]:02x}, which is not UTF-8; "
            f"save the file as UTF-8"
        ) from error
