"""The hidden folder that a set is built in: seen by nobody until it is whole, used by one build at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stimuli.errors import StimulusError
from stimuli.locks import exclusive_lock


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
    with ExitStack() as held:
        try:
            held.enter_context(exclusive_lock(lock, wait=False))
        except BlockingIOError:
            raise StimulusError(f"Another build is writing to {out}; wait for it to end.") from None
        yield
