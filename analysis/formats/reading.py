"""DATA paths -> sessions, whatever form they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis.errors import AnalysisError
from analysis.formats.bids_export import DESCRIPTION, is_data_set, read_bids_export
from analysis.formats.ilic2022 import read_ilic2022
from analysis.formats.model_vs_human import read_model_vs_human
from analysis.formats.telling import FormatName, Source, csv_files, tell
from analysis.formats.trial_table import read_trial_table
from analysis.sessions import SessionTrials, read_sessions, session_folders

DataFormat = Literal["auto", "sessions", "export", "model-vs-human", "ilic2022"]


@dataclass(frozen=True)
class Reading:
    """All sessions that were found, some perhaps several times; ``remarks`` are sentences on them."""

    sessions: tuple[SessionTrials, ...]
    remarks: tuple[str, ...]


def read_data(data: Sequence[Path], data_format: DataFormat = "auto") -> Reading:
    """Read every path in the form that was named, or else in the one it has.

    ``export`` reads the data sets that ``analysis export`` writes, and the trial tables of ``trials``.

    Raises
    ------
    AnalysisError
        Where a path cannot be read so.
    """
    sources = [tell(path) if data_format == "auto" else _as_told(path, data_format) for path in data]
    sessions: list[SessionTrials] = []
    remarks = [remark for source in sources for remark in source.remarks]
    for source in sources:
        if source.form == "sessions":
            sessions.extend(read_sessions([each for path in source.paths for each in session_folders(path)]))
        elif source.form == "export":
            sessions.extend(session for path in source.paths for session in _read_export(path))
    # What tells people from networks, and numbers runs, is found by looking at all files together.
    sessions.extend(read_model_vs_human(_files(sources, "model-vs-human")))
    if published := _files(sources, "ilic2022"):
        found, said = read_ilic2022(published)
        sessions.extend(found)
        remarks.extend(said)
    return Reading(tuple(sessions), tuple(remarks))


def _read_export(path: Path) -> tuple[SessionTrials, ...]:
    return read_bids_export(path) if path.is_dir() else read_trial_table(path)


def _files(sources: Iterable[Source], form: FormatName) -> tuple[Path, ...]:
    """The files of a form, each once."""
    paths = {path.resolve(): path for source in sources if source.form == form for path in source.paths}
    return tuple(paths.values())


def _as_told(path: Path, form: FormatName) -> Source:
    if not path.exists():
        return tell(path)
    if form == "sessions":
        if not path.is_dir():
            raise AnalysisError(f"{path} is a file; --format sessions takes data folders and session folders")
        return Source(form, (path,))
    if not path.is_dir():
        return Source(form, (path,))
    if form == "export":
        if not is_data_set(path):
            raise AnalysisError(
                f"{path}: there is no {DESCRIPTION}; --format export takes the folders that `export` writes "
                f"and the tables that `trials` writes"
            )
        return Source(form, (path,))
    files = csv_files(path)
    if not files:
        raise AnalysisError(f"{path}: no CSV file was found here; --format {form} takes them")
    return Source(form, files)
