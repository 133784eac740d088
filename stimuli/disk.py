"""How much room is left on a disk, also for a folder that is yet to be made."""

from __future__ import annotations

import shutil
from pathlib import Path

from stimuli.errors import StimulusError, reason_of


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk that ``folder`` is on, or will be on: that of its nearest part that exists.

    Raises
    ------
    StimulusError
        Where no part of the path exists, as on a drive that is not there, or the disk tells nothing.
    """
    # Not resolved: on Windows that asks a drive which may be missing.
    place = folder.absolute()
    existing = next((part for part in (place, *place.parents) if part.is_dir()), None)
    if existing is None:
        raise StimulusError(
            f"{folder}: no part of this path exists; name a folder on a disk that is connected"
        )
    try:
        return shutil.disk_usage(existing).free
    except OSError as error:
        raise StimulusError(
            f"{folder}: the free space of its disk cannot be read ({reason_of(error)}); name another folder"
        ) from None
