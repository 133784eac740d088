"""Locks between processes that the system gives back when their holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def exclusive_lock(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock file alone for the length of the block; it is removed afterwards where the system allows.

    Raises
    ------
    BlockingIOError
        Where another process holds it and we are not to ``wait``.
    OSError
        Where the file cannot be made.
    """
    file = path.open("w")
    try:
        _lock(file, wait)
        while not _is_at(path, file):
            # Its last holder removed it between our opening and our locking: ours is no one else's lock.
            file.close()
            file = path.open("w")
            _lock(file, wait)
        try:
            yield
        finally:
            if sys.platform != "win32":  # which refuses to remove open files
                path.unlink(missing_ok=True)
    finally:
        file.close()


def _lock(file: IO[str], wait: bool) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        raise BlockingIOError(error.errno, "another process holds the lock") from error


def _is_at(path: Path, file: IO[str]) -> bool:
    if sys.platform == "win32":
        return True
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
