"""The hidden folder that a set is built in: seen by nobody until it is whole, used by one build at a time."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stimuli.errors import StimulusError


@contextmanager
def unfinished_folder(out: Path) -> Iterator[Path]:
    """A new folder beside `out`; leaving the block moves it to `out`, leaving by an exception removes it.

    What a killed build left there is removed first. Raises StimulusError when another build is writing to
    `out`, and for every OSError in the block.
    """
    out = out.resolve()
    root = out.with_name(f".{out.name}.unfinished")
    lock = out.with_name(f".{out.name}.lock")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _locked(lock, out):
            if out.is_dir():
                if any(out.iterdir()):
                    raise StimulusError(
                        f"{out} was filled by another build; start again to see whether it will do."
                    )
                out.rmdir()
            try:
                shutil.rmtree(root, ignore_errors=True)
                root.mkdir()
                yield root
                root.rename(out)
            finally:
                shutil.rmtree(root, ignore_errors=True)
    except OSError as error:
        raise StimulusError(f"{out} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _locked(lock: Path, out: Path) -> Iterator[None]:
    # The system gives the lock back when its holder dies, so that a kill never leaves a place blocked.
    with lock.open("w") as file:
        try:
            _lock(file)
        except OSError:
            raise StimulusError(f"Another build is writing to {out}; wait for it to end.") from None
        try:
            yield
        finally:
            if sys.platform != "win32":  # which refuses to remove open files
                lock.unlink(missing_ok=True)


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
