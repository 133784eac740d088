"""Files that are only ever appended to: a piece is on the disk as a whole or not at all, and an end that a
kill or a power cut has torn is set aside.
"""

from __future__ import annotations

import os
from contextlib import suppress
from io import FileIO
from pathlib import Path

from experiment.errors import NotWritten, SessionBroken
from stimuli.durable import flush_folder
from stimuli.errors import reason_of


class AppendOnlyFile:
    """A file that grows by whole pieces; each is on the disk when ``append`` returns.

    Parameters
    ----------
    path
        The file; it is made where there is none.
    whole_bytes
        Length of its sound part. What lies behind is moved to ``<stem>.torn-<n>`` beside it.
    stem
        How the torn ends of this file are called.

    Raises
    ------
    SessionBroken
        Where the torn end cannot be set aside; the file is then as it was.
    """

    def __init__(self, path: Path, whole_bytes: int, stem: str) -> None:
        self._path = path
        self._length = whole_bytes
        self._file: FileIO | None = None
        try:
            if path.exists():
                _set_torn_end_aside(path, whole_bytes, stem)
            else:
                path.touch()
            flush_folder(path.parent)
        except OSError as error:
            raise SessionBroken(
                f"{path}: its torn end cannot be set aside ({reason_of(error)}); nothing was changed, "
                "make room on the disk and --resume"
            ) from error

    @property
    def length(self) -> int:
        """Bytes that are safely in the file."""
        return self._length

    def append(self, piece: bytes) -> None:
        """Write one piece and wait until it is on the disk.

        Raises
        ------
        NotWritten
            Where the disk does not take it. The file then ends where it ended before, and the same piece can
            be tried again; should the file not be there any more, it is looked for again too.
        """
        try:
            file = self._opened()
            self._cut_back(file)
            left = memoryview(piece)
            while left:
                left = left[os.write(file.fileno(), left) :]
            os.fsync(file.fileno())
        except OSError as error:
            if self._file is not None:
                # Half a piece may have gone through; where even this fails, the next attempt does it first.
                with suppress(OSError):
                    self._cut_back(self._file)
            self.close()
            raise NotWritten(self._path, reason_of(error)) from error
        self._length += len(piece)

    def close(self) -> None:
        """Let go of the file; safe to call twice. A further ``append`` opens it again."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _opened(self) -> FileIO:
        """The file at the path. A drive that was gone for a while comes back as another open file."""
        if self._file is not None and not os.path.samestat(self._path.stat(), os.fstat(self._file.fileno())):
            self.close()
        if self._file is None:
            self._file = FileIO(self._path, "r+")
        return self._file

    def _cut_back(self, file: FileIO) -> None:
        found = file.seek(0, os.SEEK_END)
        if found < self._length:
            raise OSError(f"it has {found} bytes where {self._length} had been written")
        if found > self._length:
            file.truncate(self._length)
            file.seek(self._length)


def _set_torn_end_aside(path: Path, whole_bytes: int, stem: str) -> None:
    if path.stat().st_size == whole_bytes:
        return
    with path.open("r+b") as file:
        file.seek(whole_bytes)
        torn = file.read()
        number = 1
        while (aside := path.with_name(f"{stem}.torn-{number}")).exists():
            number += 1
        try:
            with aside.open("xb") as copy:
                copy.write(torn)
                copy.flush()
                os.fsync(copy.fileno())
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        file.truncate(whole_bytes)
        os.fsync(file.fileno())
