"""The user's cache folder of this program: what can be made again, at the price of time.

A kind of thing has a folder of its own in it. Large things are bounded: what was not used for longest goes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import platformdirs

LARGEST_BYTES = 20_000_000_000
"""How much a folder of large things may hold."""
SPARED_BYTES = 5_000_000_000
"""The cache is no reason for a disk to fill up: with less room than this nothing is added."""


def cache_folder(kind: str) -> Path:
    """Where things of a kind are kept, as the system has it; nothing is made."""
    return Path(platformdirs.user_cache_dir("appearance-free-actions", appauthor=False)) / kind


def cache_key(parts: Mapping[str, object]) -> str:
    """A file name, 64 hexadecimal digits, for what follows from these parts alone; they have a JSON form."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def make_room(folder: Path, suffix: str, largest_bytes: int) -> None:
    """Of the files with this ending remove what was not used for longest, until they are small enough."""
    # Another process tidies up at the same time, or a file is being read on Windows.
    with contextlib.suppress(OSError):
        files = [(file.stat(), file) for file in folder.glob(f"*{suffix}")]
        excess = sum(stat.st_size for stat, _ in files) - largest_bytes
        for stat, file in sorted(files, key=lambda entry: entry[0].st_mtime):
            if excess <= 0:
                break
            file.unlink(missing_ok=True)
            excess -= stat.st_size
