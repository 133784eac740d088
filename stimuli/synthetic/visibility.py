"""Which pixels may be compared between neighbouring frames, and how: for checks of flow against pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.clip import RenderedFrame

_BORDER_PX = 2


def sample_along(values: NDArray[np.float32], flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """`values (H, W[, n])` of another frame at the places `x + flow(x)`, bilinear between pixels."""
    rows, columns = flow.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    return np.asarray(
        cv2.remap(values, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR), dtype=np.float32
    )


def seen_twice(frame: RenderedFrame, following: RenderedFrame, parts: int) -> NDArray[np.bool_]:
    """Pixels `(H, W)` of the first `parts` solids that both frames show, two pixels or more from any border.

    In the following frame the surface at the flow's end must be the same one, and as far from its borders.

    Raises ValueError where `frame` is the last of its clip, which has no flow.
    """
    if frame.flow is None:
        raise ValueError("the last frame of a clip has no flow to follow")
    here = _inside(frame.surface, parts)
    there = sample_along(_inside(following.surface, parts).astype(np.float32), frame.flow) > 0.999
    same = sample_along(following.surface.astype(np.float32), frame.flow) == frame.surface
    return np.asarray(here & there & same)


def _inside(surface: NDArray[np.int16], parts: int) -> NDArray[np.bool_]:
    window = np.ones((2 * _BORDER_PX + 1,) * 2, dtype=np.uint8)
    numbers = surface.astype(np.float32)
    alone = cv2.dilate(numbers, window) == cv2.erode(numbers, window)
    return np.asarray(alone & (surface >= 0) & (surface < parts))
