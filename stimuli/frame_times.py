"""Are the frames of a video evenly spaced in time, as all that is shown must be? Are two rates one?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# A step is uneven when it differs from the usual one by more than this share of it.
_UNEVEN_SHARE = 0.25
# AVI files with B-frames begin one frame late and end one early; a frame that a camera dropped is no matter.
_UNEVEN_STEPS, _UNEVEN_STEPS_SHARE = 2, 0.02
_LARGEST_OFFSET_FRAMES = 3.0
# 29.97 frames/s is written as 29.97, 30000/1001 or 30 by different programs.
_SAME_RATE = 0.005


def same_rate(fps: float, wanted_fps: float) -> bool:
    """Whether two rates, frames per second, are the same but for how they are written: 30 and 29.97 are."""
    return abs(fps - wanted_fps) <= _SAME_RATE * wanted_fps


def uneven_frame(times_s: Sequence[float | None], fps: float, tick_s: float) -> int | None:
    """The first frame that stands where a constant rate would not put it; None when the rate is constant.

    `times_s` are the frames' times in order, None where the file gives none; `fps` is the rate they would be
    shown at, `tick_s` the unit that the file's times are rounded to. Up to two steps from frame to frame, or
    2 % of them, may be uneven (by more than a quarter and more than rounding), as long as no frame is more
    than three frames off: 25 frames/s of 0.04 s may hold one step of 0.08 s, and 30 frames/s at whole
    milliseconds go 33, 33, 34.
    """
    known = [time for time in times_s if time is not None]
    if len(known) < max(len(times_s), 3):
        return None
    times = np.asarray(known)
    steps = np.diff(times)
    usual = float(np.median(steps))
    uneven = np.flatnonzero(np.abs(steps - usual) > max(_UNEVEN_SHARE * usual, 1.01 * tick_s))
    if len(uneven) > max(_UNEVEN_STEPS, _UNEVEN_STEPS_SHARE * len(steps)):
        return int(uneven[0]) + 1
    offset = np.abs((times - times[0]) * fps - np.arange(len(times)))
    return int(np.argmax(np.abs(steps - usual))) + 1 if offset.max() > _LARGEST_OFFSET_FRAMES else None
