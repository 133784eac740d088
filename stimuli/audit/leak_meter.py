"""The leak tests over all frames of a clip."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stimuli.audit.records import Leak
from stimuli.static_leak import FrameLeak, NoiseLaw, autocorrelation, frame_leak, local_clues

Frame = npt.NDArray[np.uint8]

CLUE_FRAMES = 5


@dataclass(frozen=True)
class PooledFrame:
    """Of one frame, what is added up over clips: counts of levels (channels, 256), and autocorrelation."""

    shape: tuple[int, ...]
    counts: npt.NDArray[np.int64]
    correlation: npt.NDArray[np.float64]


class LeakMeter:
    """Takes all frames of a clip that should have so many; `pooled` is made of the middle one.

    `mean` and `deviation` are those of all values of all frames.
    """

    def __init__(self, law: NoiseLaw, frames: int) -> None:
        self.pooled: PooledFrame | None = None
        self._law = law
        self._found: list[FrameLeak] = []
        self._clues: list[npt.NDArray[np.float32]] = []
        self._middle = frames // 2
        # Not the first: no method has moved anything in it.
        self._clue_frames = {round(frames * (i + 1) / (CLUE_FRAMES + 1)) for i in range(CLUE_FRAMES)}
        self._counts = np.zeros(256, dtype=np.int64)

    def add(self, frame: Frame) -> None:
        """The next frame, uint8 (H, W, 3). Raises ValueError for one that is too small."""
        index = len(self._found)
        self._found.append(frame_leak(frame, self._law))
        self._counts += np.bincount(frame.ravel(), minlength=256)
        if index in self._clue_frames:
            self._clues.append(local_clues(frame, self._law))
        if index == self._middle:
            channels = range(len(self._law.shares))
            counts = [np.bincount(frame[..., c].ravel(), minlength=256) for c in channels]
            found = autocorrelation(frame, self._law.varying)
            self.pooled = PooledFrame(frame.shape, np.stack(counts), found)

    @property
    def mean(self) -> float:
        """Of all values, 0..255."""
        return float((self._counts * np.arange(256)).sum() / self._counts.sum())

    @property
    def deviation(self) -> float:
        """Standard deviation of all values, 0..255."""
        square = float((self._counts * np.arange(256) ** 2).sum() / self._counts.sum())
        return math.sqrt(max(square - self.mean**2, 0.0))

    def clues(self) -> npt.NDArray[np.float32] | None:
        """float32 (frames, features) of the frames that a classifier is shown; None in clips of a frame."""
        return np.stack(self._clues) if self._clues else None

    def result(self) -> Leak:
        """Of each test, the frame that shows most; raises ValueError when there was no frame."""
        histogram = min(self._found, key=lambda leak: (leak.p_histogram, -leak.chi_square))
        neighbours = min(self._found, key=lambda leak: (leak.p_autocorrelation, -abs(leak.peak)))
        repeats = min(self._found, key=lambda leak: (leak.p_repeats, -leak.repeats))
        return Leak(
            frames=len(self._found),
            chi_square=histogram.chi_square,
            p_histogram=histogram.p_histogram,
            peak=neighbours.peak,
            peak_lag_px=neighbours.peak_lag_px,
            p_autocorrelation=neighbours.p_autocorrelation,
            repeats=repeats.repeats,
            repeats_by_chance=repeats.repeats_by_chance,
            p_repeats=repeats.p_repeats,
        )
