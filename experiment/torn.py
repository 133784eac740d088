"""Files that are only ever appended to, and whose end a kill or a power cut may have torn."""

from __future__ import annotations

import os
from pathlib import Path


def set_torn_end_aside(path: Path, whole_bytes: int, stem: str) -> None:
    """Cut a file to its whole part; the rest goes to ``<stem>.torn-<n>`` beside it, so that nothing is
    lost.
    """
    if path.stat().st_size == whole_bytes:
        return
    with path.open("r+b") as file:
        file.seek(whole_bytes)
        torn = file.read()
        number = 1
        while (aside := path.with_name(f"{stem}.torn-{number}")).exists():
            number += 1
        aside.write_bytes(torn)
        file.truncate(whole_bytes)
        os.fsync(file.fileno())
