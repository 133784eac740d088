"""A file of somebody's gets a place in a set: as a link to where it lies, or as a copy."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from typing import Literal

from stimuli.errors import DiskFull, StimulusError, reason_of
from stimuli.video import is_disk_full

Placed = Literal["linked", "hard-linked", "copied"]


def place_file(file: Path, target: Path, *, copy: bool) -> Placed:
    """Put `file` at `target`: unless `copy`, as a symbolic link, or where the system has none as a hard link,
    or else as a copy after all; says which.

    Whatever stood at `target` is replaced in one step. Raises StimulusError, DiskFull where it is that.
    """
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        placed = _copy(file, partial) if copy else _refer(file, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        if is_disk_full(error):
            raise DiskFull(f"The disk is full: {target} cannot be written.") from error
        raise StimulusError(
            f"{file} cannot be {'copied' if copy else 'put'} to {target}: {reason_of(error)}."
        ) from error
    return placed


def _refer(file: Path, partial: Path) -> Placed:
    try:
        partial.symlink_to(file.resolve(strict=True))
        return "linked"
    except (OSError, NotImplementedError):
        pass  # Windows asks for a privilege, FAT has no links
    try:
        os.link(file.resolve(strict=True), partial)
        return "hard-linked"
    except (OSError, NotImplementedError):
        return _copy(file, partial)


def _copy(file: Path, partial: Path) -> Placed:
    shutil.copyfile(file, partial)
    with partial.open("rb+") as copied:
        os.fsync(copied.fileno())
    return "copied"
