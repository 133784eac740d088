"""What a command writes must not take the place of what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.sessions import RECORD_NAME
from experiment.journal import JOURNAL_NAME


def refuse_to_replace_data(data: Sequence[Path], output: Path) -> None:
    """Nothing is read or written here.

    Raises
    ------
    AnalysisError
        Where ``output`` is one of ``data``, or is a folder that has one of them among its figures and tables,
        or lies in the folder of a session.
    """
    target = output.resolve()
    for path in data:
        place = path.resolve()
        if place.is_file() and (place == target or place.parent in (target / "tables", target / "figures")):
            raise AnalysisError(
                f"{path} is to be read, and writing {output} would replace it; choose another place to write"
            )
    for folder in (target, *target.parents):
        if (folder / RECORD_NAME).is_file() or (folder / JOURNAL_NAME).is_file():
            raise AnalysisError(
                f"{output} lies in the folder of a session, {folder}, which holds nothing but what was "
                f"recorded; choose another place to write"
            )
