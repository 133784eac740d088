"""Whether a noise video moves as its source does.

The motion of the noise is estimated by Farnebäck's method after a Gaussian blur of 1.2 px, and compared with
the flow the video was made from. The ruler is Farnebäck's, not ours: it errs too, so a value says most
beside that of another video made from the same flow.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.flow import FarnebackFlow

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]

BLUR_PX = 1.2
MOVING_PX = 0.5
"""Per frame: the source moves where it is faster, and moves slowly where it is slower."""
BORDER_PX = 8
SPAN_FRAMES = 10
SLOW_SUM_PX = 1.5


@dataclass(frozen=True)
class MotionFidelity:
    """How the noise moved; lengths in pixels of the source. NaN where nothing moved enough to tell.

    - `epe_px`: median over pairs of frames of the median end-point error where the source moves;
    - `r`: correlation of measured and true motion there, u and v of all pairs pooled;
    - `gain`: regression of the measured on the true motion there, 1 where all of it is kept;
    - `moving_values`: u and v values that these rest on;
    - `slow_gain`: regression of the displacement over ten frames on the summed flow of the source, where
      every step is below 0.5 px and the sum above 1.5 px; 1 is kept, 0 is lost;
    - `slow_values`: values that this rests on.
    """

    epe_px: float
    r: float
    gain: float
    moving_values: int
    slow_gain: float
    slow_values: int


@dataclass
class _Sums:
    """Running sums of measured x on true y: what correlation and regression need, whatever the length."""

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def add(self, measured: Flow, true: Flow) -> None:
        self.n += measured.size
        self.x += float(measured.sum(dtype=np.float64))
        self.y += float(true.sum(dtype=np.float64))
        self.xx += float((measured.astype(np.float64) ** 2).sum())
        self.yy += float((true.astype(np.float64) ** 2).sum())
        self.xy += float((measured.astype(np.float64) * true).sum())

    @property
    def gain(self) -> float:
        return self.xy / self.yy if self.yy else math.nan

    @property
    def r(self) -> float:
        if not self.n:
            return math.nan
        covariance = self.xy - self.x * self.y / self.n
        spread = (self.xx - self.x**2 / self.n) * (self.yy - self.y**2 / self.n)
        # A video that stands still correlates with nothing.
        return covariance / math.sqrt(spread) if spread > 0 else 0.0


@dataclass
class FidelityMeter:
    """Takes a video frame by frame, and the flow from each frame to the next, and holds eleven of them.

    `dots`: noise frames have dots x dots pixels for each of the source; they are brought to its size by
    taking means, and to the contrast of single dots. Every `every`-th pair of frames is measured, and
    ten-frame spans begin at every `slow_every`-th frame.
    """

    dots: int = 1
    every: int = 1
    slow_every: int = 2
    _frames: deque[Frame] = field(default_factory=lambda: deque(maxlen=SPAN_FRAMES + 1))
    _flows: deque[Flow] = field(default_factory=lambda: deque(maxlen=SPAN_FRAMES))
    _errors: list[float] = field(default_factory=list)
    _moving: _Sums = field(default_factory=_Sums)
    _slow: _Sums = field(default_factory=_Sums)
    _count: int = 0

    def add(self, frame: Frame, flow: Flow | None) -> None:
        """The next frame, uint8 (dots H, dots W, 3), and the flow (H, W, 2; px of the source) that led to it
        from the one before; None for the first frame.

        Raises ValueError where the two do not fit in size.
        """
        blurred = _blurred(frame, self.dots)
        if flow is not None and flow.shape[:2] != blurred.shape[:2]:
            raise ValueError(
                f"A noise frame of {frame.shape[:2]} px does not fit a flow of {flow.shape[:2]}."
            )
        self._frames.append(blurred)
        self._count += 1
        if flow is None:
            return
        self._flows.append(flow)
        if (self._count - 2) % self.every == 0:
            self._measure_step(flow)
        if len(self._frames) == SPAN_FRAMES + 1 and (self._count - 1 - SPAN_FRAMES) % self.slow_every == 0:
            self._measure_span()

    def result(self) -> MotionFidelity:
        """What was found in all that was added."""
        return MotionFidelity(
            epe_px=float(np.median(self._errors)) if self._errors else math.nan,
            r=self._moving.r,
            gain=self._moving.gain,
            moving_values=self._moving.n,
            slow_gain=self._slow.gain,
            slow_values=self._slow.n,
        )

    def _measure_step(self, flow: Flow) -> None:
        moving = (_length(flow) > MOVING_PX) & _inner(flow.shape)
        if moving.any():
            found = _ESTIMATOR.estimate(self._frames[-2], self._frames[-1])
            self._errors.append(float(np.median(_length(found - flow)[moving])))
            self._moving.add(found[moving], flow[moving])

    def _measure_span(self) -> None:
        total: Flow = np.sum(np.stack(self._flows), axis=0, dtype=np.float32)
        slow = (_length(total) > SLOW_SUM_PX) & _inner(total.shape)
        for flow in self._flows:
            slow &= _length(flow) < MOVING_PX
        if slow.any():
            found = _ESTIMATOR.estimate(self._frames[0], self._frames[-1])
            self._slow.add(found[slow], total[slow])


def motion_fidelity(frames: Iterable[Frame], flows: Iterable[Flow], dots: int = 1) -> MotionFidelity:
    """What `FidelityMeter` finds in a whole video, one frame longer than the flows that made it.

    Raises ValueError for another number of frames.
    """
    meter = FidelityMeter(dots)
    remaining = iter(frames)
    for flow, frame in zip(itertools.chain([None], flows), remaining, strict=True):
        meter.add(frame, flow)
    return meter.result()


_ESTIMATOR = FarnebackFlow()


def _blurred(frame: Frame, dots: int) -> Frame:
    """The frame at the size of its source, blurred."""
    if dots == 1:
        return cv2.GaussianBlur(frame, (0, 0), BLUR_PX).astype(np.uint8)
    size = (frame.shape[1] // dots, frame.shape[0] // dots)
    means = cv2.resize(frame.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    # Means of N x N dots have an Nth of their contrast, of which eight bits would keep too little.
    grey = np.float32(127.5)
    blurred = grey + dots * (cv2.GaussianBlur(means, (0, 0), BLUR_PX) - grey)
    return np.asarray(np.rint(blurred).clip(0, 255), dtype=np.uint8)


def _length(flow: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return np.asarray(np.hypot(flow[..., 0], flow[..., 1]))


def _inner(shape: tuple[int, ...]) -> _Mask:
    inner = np.zeros(shape[:2], dtype=bool)
    inner[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX] = True
    return inner
