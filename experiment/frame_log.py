"""``frames.tsv.gz``: every flip of every trial, one gzip member a trial, so that a kill costs at most one.

Columns: ``trial_seq`` (the ``seq`` of the trial's ``trial_started`` record), ``flip`` (from 0),
``video_frame`` (the frame of the clip that was shown, from 0), ``time_s`` (of the flip, seconds since
session start), ``interval_ms`` (since the flip before, ``n/a`` for the first), ``simulated`` (0|1).
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FRAMES_NAME = "frames.tsv.gz"
COLUMNS = ("trial_seq", "flip", "video_frame", "time_s", "interval_ms", "simulated")


@dataclass(frozen=True)
class Flip:
    """One flip: the video frame it showed and when (seconds since session start)."""

    video_frame: int
    time_s: float


class FrameLog:
    """Appends the flips of a trial as one gzip member; a torn last member is cut off when the file is
    opened.
    """

    def __init__(self, path: Path, *, simulated: bool) -> None:
        self._path = path
        self._simulated = int(simulated)
        if path.exists():
            os.truncate(path, _whole_bytes(path.read_bytes()))

    def append(self, trial_seq: int, flips: Sequence[Flip]) -> None:
        """Write the flips of one trial. Raises ``OSError`` where the disk is full."""
        text = io.StringIO()
        if not self._path.exists() or self._path.stat().st_size == 0:
            text.write("\t".join(COLUMNS) + "\n")
        before: float | None = None
        for number, flip in enumerate(flips):
            interval = "n/a" if before is None else f"{(flip.time_s - before) * 1000:.3f}"
            text.write(
                f"{trial_seq}\t{number}\t{flip.video_frame}\t{flip.time_s:.6f}\t{interval}\t{self._simulated}\n"
            )
            before = flip.time_s
        with self._path.open("ab") as file:
            file.write(gzip.compress(text.getvalue().encode(), compresslevel=4, mtime=0))


def _whole_bytes(data: bytes) -> int:
    """Length of the whole gzip members at the start of ``data``."""
    end = 0
    while end < len(data):
        reader = zlib.decompressobj(wbits=31)
        try:
            reader.decompress(data[end:])
        except zlib.error:
            break
        if not reader.eof:
            break
        end = len(data) - len(reader.unused_data)
    return end
