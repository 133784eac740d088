"""The published generator: every frame is the first one, sampled along that frame's own flow.

It never moves the frame before, so what is seen between two frames is the difference of two flows and not the
motion. It is here to reproduce the published stimuli and to be compared with.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stimuli.noise import Dots


def sampled(first: Dots, flow: npt.NDArray[np.floating]) -> Dots:
    """The first frame (H, W) sampled at each pixel plus its flow (H, W, 2; x then y, px), nearest neighbour.

    As in the generator of Ilic, Pock and Wildes (ECCV 2022), the sampling position is, horizontally,
    x W / (W - 1) - 0.5 + u, because its grid of -1..1 has its ends on the centres of the outer pixels and is
    read as if they were on their edges; vertically the same with H and v. All of it in single precision,
    rounded half to even. A sample from outside the frame leaves the pixel as it is.
    """
    height, width = first.shape
    # What is too large for single precision is out of the frame there too.
    with np.errstate(over="ignore"):
        single = flow.astype(np.float32, copy=False)
    x = np.rint(_ramp(width) + single[..., 0])
    y = np.rint(_ramp(height)[:, None] + single[..., 1])
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    frame: Dots = first.copy()
    frame[inside] = first[y[inside].astype(np.intp), x[inside].astype(np.intp)]
    return frame


def _ramp(length: int) -> npt.NDArray[np.float32]:
    if length == 1:
        return np.zeros(1, dtype=np.float32)
    size = np.float32(length)
    ramp: npt.NDArray[np.float32] = np.arange(length, dtype=np.float32) * size
    ramp /= size - np.float32(1)
    ramp -= np.float32(0.5)
    return ramp
