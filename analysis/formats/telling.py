"""Which form the data of a path have: told by the folder, and by the names of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis import tables
from analysis.errors import AnalysisError
from analysis.formats import ilic2022, model_vs_human
from analysis.formats.bids_export import is_data_set
from analysis.formats.csv_file import header_of
from analysis.sessions import session_folders

FormatName = Literal["sessions", "export", "model-vs-human", "ilic2022"]
_COLUMNS: dict[FormatName, tuple[str, ...]] = {
    "export": tables.COLUMNS,
    "model-vs-human": model_vs_human.COLUMNS,
    "ilic2022": ilic2022.COLUMNS,
}
_ENOUGH = 0.4
"""A file with so large a share of a form's columns is taken to be meant as that form, and is told what it
lacks."""
_DEPTHS = ("*.csv", "*/*.csv", "*/*/*.csv")


@dataclass(frozen=True)
class Source:
    """Paths to be read as one form: one folder of sessions, or files."""

    form: FormatName
    paths: tuple[Path, ...]
    remarks: tuple[str, ...] = ()


def tell(path: Path) -> Source:
    """The form of a path.

    Raises
    ------
    AnalysisError
        Where it has none, or several.
    """
    if not path.exists():
        raise AnalysisError(
            f"{path} does not exist; give a data folder, a session folder, a trial table or a folder of "
            f"CSV files"
        )
    return _of_folder(path) if path.is_dir() else Source(_of_file(path), (path,))


def csv_files(folder: Path) -> tuple[Path, ...]:
    """The CSV files in a folder and two folders down, by name; those with a dot before it are passed over."""
    found = {file for depth in _DEPTHS for file in folder.glob(depth) if file.is_file()}
    return tuple(
        file
        for file in sorted(found)
        if not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )


def _of_folder(folder: Path) -> Source:
    if is_data_set(folder):
        return Source("export", (folder,))
    files: dict[FormatName, list[Path]] = {}
    strange = []
    for file in csv_files(folder):
        form = _likely(header_of(file))
        if form is None or form == "export":
            strange.append(file)
        else:
            files.setdefault(form, []).append(file)
    try:
        has_sessions = bool(session_folders(folder))
    except AnalysisError as nothing:
        if files:
            has_sessions = False
        elif strange:
            raise AnalysisError(
                f"{nothing}; its CSV files (first: {strange[0].name}) are of no form that is known: "
                f"{_known()}"
            ) from nothing
        else:
            raise
    forms: list[FormatName] = ["sessions"] if has_sessions else []
    forms += sorted(files)
    if len(forms) > 1:
        raise AnalysisError(
            f"{folder} holds data of several forms ({', '.join(forms)}); say which by --format, "
            f"or put them in folders of their own"
        )
    if has_sessions:
        return Source("sessions", (folder,))
    remarks = (f"{folder}: {len(strange)} CSV files of no known form are passed over",) if strange else ()
    return Source(forms[0], tuple(files[forms[0]]), remarks)


def _of_file(path: Path) -> FormatName:
    header = header_of(path)
    form = _likely(header)
    if form is None:
        shown = ", ".join(header)
        found = f"the columns {shown:.200}" if shown.isprintable() and shown else "no line of column names"
        raise AnalysisError(f"{path}: found {found}; known forms are {_known()}")
    return form


def _likely(header: tuple[str, ...]) -> FormatName | None:
    names = {name.casefold() for name in header}
    shares = {
        form: sum(column.casefold() in names for column in columns) / len(columns)
        for form, columns in _COLUMNS.items()
    }
    best = max(shares, key=lambda form: shares[form])
    return best if shares[best] >= _ENOUGH else None


def _known() -> str:
    return (
        "trial tables (tab-separated: observer, session, condition, ...), model-vs-human "
        f"({', '.join(model_vs_human.COLUMNS)}) and ilic2022 ({', '.join(ilic2022.COLUMNS)})"
    )
