"""DATA -> every folder that belongs to the source, also where it is only linked from there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.sessions import RECORD_NAME, SESSIONS_FOLDER, session_folders


def source_folders(data: Sequence[Path]) -> tuple[Path, ...]:
    """The data folders of ``data``, and those of its sessions where these are links to somewhere else.

    None lies in another that stands before it. A folder that is not there, or empty, is one itself.
    """
    places = [*data, *(path.resolve() for path in data)]
    places += [session.resolve() for path in data for session in _sessions(path)]
    found: dict[Path, Path] = {}
    for folder in map(_data_folder, places):
        resolved = folder.resolve()
        if resolved not in found and not found.keys() & set(resolved.parents):
            found[resolved] = folder
    return tuple(found.values())


def _sessions(path: Path) -> tuple[Path, ...]:
    # That there are none is for the reading of them to say.
    with suppress(AnalysisError):
        return session_folders(path) if path.is_dir() else ()
    return ()


def _data_folder(source: Path) -> Path:
    """What a session folder or a folder of sessions lies in; any other folder is a data folder itself."""
    place = source.absolute()
    if (place / RECORD_NAME).is_file() and place.parent.name == SESSIONS_FOLDER:
        place = place.parent
    is_data = place.name != SESSIONS_FOLDER or (place / SESSIONS_FOLDER).is_dir()
    # The whole disk is nobody's data folder.
    return source if is_data or place.parent == place.parent.parent else place.parent
