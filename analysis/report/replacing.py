"""Files that take the place of others all together or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from stimuli.errors import reason_of

ASIDE = ".unfinished-report"
"""The folder that holds files until all are written. One that a kill left behind goes with the next."""


def replace_files(folder: Path, files: Mapping[str, bytes], outdated: Collection[str] = ()) -> None:
    """Write ``files`` (path in ``folder`` -> content), then remove those that are ``outdated``.

    They are written aside, and get their names when all are whole: a disk that fills meets the files aside,
    never the ones that are replaced, and renaming takes no room.

    Raises
    ------
    AnalysisError
        Where something cannot be written; what was there is as it was, and of new folders nothing is left.
    """
    aside = folder / ASIDE
    new = _missing_folders((folder / path).parent for path in files)
    try:
        for place in [*reversed(new), aside]:
            place.mkdir(exist_ok=True)
        for path, content in files.items():
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            (aside / path).write_bytes(content)
        for path in files:
            (aside / path).replace(folder / path)
        for path in outdated:
            (folder / path).unlink(missing_ok=True)
    except OSError as error:
        raise AnalysisError(f"{folder} could not be written ({reason_of(error)})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        for place in new:
            # Those that hold a file are not empty, and stay.
            with suppress(OSError):
                place.rmdir()


def earlier_rows(table: Path, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """The different rows of these ``columns`` of a table of an earlier run: its files are named by them.

    Nothing where there is no such table, or it is another one.
    """
    try:
        rows = pd.read_csv(table, sep="\t", dtype=str, keep_default_na=False)[list(columns)]
    except (OSError, ValueError, KeyError):
        return []
    return list(rows.drop_duplicates().itertuples(index=False, name=None))


def _missing_folders(needed: Iterable[Path]) -> list[Path]:
    """``needed`` and those above them that do not exist yet, the lowest first."""
    above = {place for folder in needed for place in (folder, *folder.parents)}
    return sorted((place for place in above if not place.exists()), key=lambda place: -len(place.parts))
