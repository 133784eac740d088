"""``frames.tsv.gz``: every flip of every trial, one gzip member a trial, so that a kill costs at most one.

Columns: ``trial_seq`` (the ``seq`` of the trial's ``trial_started`` record), ``flip`` (from 0),
``video_frame`` (the frame of the clip that was shown, from 0), ``time_s`` (of the flip, seconds since
session start), ``interval_ms`` (since the flip before, ``n/a`` for the first), ``simulated`` (0|1).
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiment.append_only import AppendOnlyFile
from stimuli.tsv import tsv_line

FRAMES_NAME = "frames.tsv.gz"
# What gzip.compress puts before a member without name and time.
_MEMBER_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
_UNPACKED_AT_ONCE_BYTES = 1 << 20
COLUMNS = ("trial_seq", "flip", "video_frame", "time_s", "interval_ms", "simulated")


@dataclass(frozen=True)
class Flip:
    """One flip: the video frame it showed and when (seconds since session start)."""

    video_frame: int
    time_s: float


class FrameLog:
    """Appends the flips of a trial as one gzip member.

    A torn end is cut off when the file is opened (it is kept beside it as ``frames.torn-<n>``); a damaged
    member before the last whole one is left where it is.
    """

    def __init__(self, path: Path, *, simulated: bool) -> None:
        self._simulated = simulated
        whole_bytes = _whole_bytes(path.read_bytes()) if path.exists() else 0
        self._file = AppendOnlyFile(path, whole_bytes, "frames")

    def append(self, trial_seq: int, flips: Sequence[Flip]) -> None:
        """Write the flips of one trial to the disk.

        Raises
        ------
        NotWritten
            Where the disk takes no more; the log is then as it was, and the same trial can be tried again.
        """
        lines = [] if self._file.length else [tsv_line(COLUMNS)]
        before: float | None = None
        for number, flip in enumerate(flips):
            interval_ms = None if before is None else f"{(flip.time_s - before) * 1000:.3f}"
            shown = (trial_seq, number, flip.video_frame, f"{flip.time_s:.6f}", interval_ms, self._simulated)
            lines.append(tsv_line(shown))
            before = flip.time_s
        self._file.append(gzip.compress("".join(lines).encode(), compresslevel=4, mtime=0))

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()


def read_flips(path: Path) -> dict[int, tuple[Flip, ...]]:
    """The flips of a log that is whole, by the ``trial_seq`` of their trial. Raises ``OSError``."""
    flips: dict[int, list[Flip]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            flip = Flip(int(row["video_frame"]), float(row["time_s"]))
            flips.setdefault(int(row["trial_seq"]), []).append(flip)
    return {trial_seq: tuple(of_trial) for trial_seq, of_trial in flips.items()}


def _whole_bytes(data: bytes) -> int:
    """Length of ``data`` up to the end of its last whole gzip member."""
    end = position = 0
    while 0 <= position < len(data):
        length = _member_bytes(data[position:])
        if length is None:
            position = data.find(_MEMBER_START, position + 1)
        else:
            end = position = position + length
    return end


def _member_bytes(data: bytes) -> int | None:
    """Length of the gzip member that ``data`` begins with; None where it is cut off or damaged."""
    reader = zlib.decompressobj(wbits=31)
    left = data
    try:
        # A part at a time, and none is kept: a few damaged bytes can stand for any number of unpacked ones.
        while not reader.eof:
            unpacked = reader.decompress(left, _UNPACKED_AT_ONCE_BYTES)
            left = reader.unconsumed_tail
            if not unpacked and not left:
                break
    except zlib.error:
        return None
    return len(data) - len(reader.unused_data) if reader.eof else None
