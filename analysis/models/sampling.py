"""Which frames of a clip a stream is shown: real time by the clip's own rate, looped where it is short."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.models.spec import StreamSpec

Indices = npt.NDArray[np.int64]

RATE_OF_SPECS = 30.0
"""Frames per second of the video that `StreamSpec.rate` counts in."""


def spacing_s(spec: StreamSpec) -> float:
    """Seconds from one frame of a stream to the next: 0.4 for a rate of 12."""
    return spec.rate / RATE_OF_SPECS


def span_s(spec: StreamSpec) -> float:
    """Seconds that a stream covers: 16 frames at a rate of 5 cover 2.67, as in the study's code."""
    return spec.frames * spacing_s(spec)


def frame_indices(frames: int, fps: float, spec: StreamSpec, view: int = 0, views: int = 1) -> Indices:
    """The frames (spec.frames,) of one of `views` temporal views, for testing: the same every time.

    One view stands in the middle of the clip; of several the first begins with the clip, the last ends with
    it, and the others stand evenly between. A clip of 60 frames at 30 fps and a stream of 4 frames at a
    rate of 12 (1.6 s): one view is 12, 24, 36 and 48. A clip shorter than the span is repeated from its
    beginning, and its views begin evenly spread over it. Raises ValueError for a view that is none of them.
    """
    if not 0 <= view < views:
        raise ValueError(f"There is no view {view} of {views}.")
    if frames / fps < span_s(spec):
        return indices_at(frames, fps, spec, view / views)
    return indices_at(frames, fps, spec, 0.5 if views == 1 else view / (views - 1))


def indices_at(frames: int, fps: float, spec: StreamSpec, position: float) -> Indices:
    """The frames (spec.frames,) of the span that begins at `position`, 0..1, of where it can begin.

    0 begins with the clip, 1 ends with it. Where the clip is shorter than the span, `position` is the share
    of the clip that is left out before it repeats. Each frame is the one on the screen in the middle of its
    interval. Streams of nearly the same span, given the same position, show the same moments.
    """
    duration_s = frames / fps
    room_s = duration_s - span_s(spec)
    start_s = position * (room_s if room_s >= 0 else duration_s)
    times_s = start_s + (np.arange(spec.frames) + 0.5) * spacing_s(spec)
    # The small amount keeps a time that lies on a frame's first instant from falling into the one before.
    indices: Indices = np.floor(times_s * fps + 1e-6).astype(np.int64) % frames
    return indices
