"""A text file as text; what is no UTF-8 is told with its line."""

from __future__ import annotations

from pathlib import Path

from analysis.errors import AnalysisError
from stimuli.errors import reason_of
from stimuli.utf8 import utf8_text
from stimuli.whole_file import read_whole


def read_utf8(path: Path) -> str:
    """The text of a file, a byte order mark left out, its line ends as they are.

    Raises
    ------
    AnalysisError
        Where the file cannot be read or is not UTF-8.
    """
    try:
        return utf8_text(read_whole(path))
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({reason_of(error)})") from error
    except ValueError as error:
        raise AnalysisError(f"{path}, {error}") from error
