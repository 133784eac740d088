"""Disks that are really full: a small one of its own where we may mount it, else a limit on files."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """A folder on a disk that can be full."""

    folder: Path

    def fill(self) -> None:
        """Leave no room."""

    def make_room(self) -> None:
        """Leave room again."""


class SmallDisk:
    """A disk of its own in memory, filled with a file until nothing more fits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"x" * 4096)

    def make_room(self) -> None:
        self._ballast.unlink()


class LimitedFiles:
    """No file may grow beyond the size that the journal has now, and some bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        longest = max((path.stat().st_size for path in self.folder.iterdir()), default=0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest + 10, resource.RLIM_INFINITY))

    def make_room(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[SmallDisk | None]:
    """A disk of so many kB mounted at a folder, or None where that is not allowed."""
    if os.name != "posix" or os.geteuid() != 0:
        yield None
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def limited_files(folder: Path) -> Iterator[LimitedFiles]:
    """A limit on the size of files, lifted at the end."""
    disk = LimitedFiles(folder)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield disk
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
