"""Where a command may write: not in the place of what it reads, and known before it computes anything."""

from __future__ import annotations

import os
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
        or lies in the folder of a session, or where it could not be written.
    """
    target = output.resolve()
    for path in data:
        place = path.resolve()
        if place.is_file() and (place == target or place.parent in (target / "tables", target / "figures")):
            raise AnalysisError(
                f"{path} is to be read, and writing {output} would replace it; choose another place to write"
            )
    there = next(place for place in (target, *target.parents) if place.exists())
    if there != target and not there.is_dir():
        raise AnalysisError(f"{output} cannot be written: {there} is a file, and no folder")
    if not os.access(there, os.W_OK):
        raise AnalysisError(f"{output} cannot be written: {there} does not allow it")
    for folder in (target, *target.parents):
        if (folder / RECORD_NAME).is_file() or (folder / JOURNAL_NAME).is_file():
            raise AnalysisError(
                f"{output} lies in the folder of a session, {folder}, which holds nothing but what was "
                f"recorded; choose another place to write"
            )
