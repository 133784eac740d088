"""A folder that is there whole or not at all, with nothing in its times."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.export.source_folders import source_folders
from stimuli.durable import flush_folder
from stimuli.errors import reason_of

CONSTANT_TIME_S = 946_684_800
"""Midnight UTC of 1 January 2000: the modification time of every file and folder."""
_UNFINISHED = ".unfinished"


def refuse_unusable(out: Path, data: Sequence[Path]) -> None:
    """Whether a new folder can be written at ``out``, away from the ``data``.

    Raises
    ------
    AnalysisError
        Where there is something already, or the data would be written into.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        what = "link" if out.is_symlink() else "file"
        raise AnalysisError(f"{out} is a {what}; an export needs a new or an empty folder")
    if out.is_dir() and any(out.iterdir()):
        raise AnalysisError(f"{out} is not empty; an export needs a new or an empty folder")
    refuse_inside_data(out, data, "OUT")


def refuse_inside_data(path: Path, data: Sequence[Path], name: str) -> None:
    """Refuse a ``path`` that lies in a folder that the sessions of ``data`` are read from.

    Raises
    ------
    AnalysisError
        Where it does; ``name`` is what the path is for.
    """
    for source in source_folders(data):
        if lies_in(path, source):
            raise AnalysisError(
                f"{path} lies in {source}; nothing is written into the data, choose another place for {name}"
            )


def lies_in(path: Path, folder: Path) -> bool:
    """Whether ``path`` is the folder or lies in it, however either is written."""
    resolved, within = path.resolve(), folder.resolve()
    return resolved == within or within in resolved.parents


def unfinished_before(out: Path) -> tuple[Path, ...]:
    """What exports to ``out`` that were killed left beside it; one that runs just now looks the same."""
    out = out.resolve()
    begins = f".{out.name}."
    if not out.parent.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(out.parent.iterdir())
        if path.name.startswith(begins) and path.name.endswith(_UNFINISHED) and path.is_dir()
    )


def publish(files: Mapping[str, bytes], out: Path, check: Callable[[Path], None]) -> None:
    """Write ``files`` (path in the folder -> content) into a hidden neighbour of ``out``, let it be checked,
    and give it its name.

    What ``check`` raises ends it, and nothing is left behind. Whoever kills it leaves a hidden folder whose
    name ends in ``.unfinished``, which ``unfinished_before`` finds.

    Raises
    ------
    AnalysisError
        Where something cannot be written, or a name leads out of the folder.
    """
    if outside := [name for name in files if not _is_within(name)]:
        raise AnalysisError(f"{outside[0]!r:.100} is no name of a file in a data set; nothing was written")
    out = out.resolve()
    parent = out.parent
    unfinished = parent / f".{out.name}.{secrets.token_hex(4)}{_UNFINISHED}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
        _write(files, unfinished)
        _forget_times(unfinished)
        check(unfinished)
        if out.is_dir():
            out.rmdir()
        unfinished.rename(out)
        _flush(parent, out, unfinished)
    except OSError as error:
        raise AnalysisError(f"{out} could not be written ({reason_of(error)})") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _is_within(name: str) -> bool:
    return not name.startswith("/") and not {"", ".", ".."} & set(name.split("/")) and "\\" not in name


def _flush(parent: Path, out: Path, unfinished: Path) -> None:
    """What may not outlast a power cut is not published: its report and key are taken back, too."""
    try:
        flush_folder(parent)
    except OSError:
        out.rename(unfinished)
        raise


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for parent in sorted({(folder / name).parent for name in files}):
        parent.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    _wait_for_the_disk(folder / name for name in files)


def _wait_for_the_disk(paths: Iterable[Path]) -> None:
    """One request for all files where the system has it: one for each takes half a minute for thousands."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _forget_times(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (CONSTANT_TIME_S, CONSTANT_TIME_S))
