"""Dots that carry their sub-pixel position: noise that keeps slow motion.

Rounding each step to whole pixels, as plain recursion does, loses all motion below half a pixel per frame.
Here a dot stands at its pixel plus a phase of at most half a pixel, and only what is shown is rounded: over
any number of frames a dot is within half a pixel of where its steps lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.noise import Dots

Floats = npt.NDArray[np.floating]
_Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class DotField:
    """One dot per pixel: `dots` uint32 (H, W), `phase` float32 (H, W, 2), x then y, in pixels, and `age`
    int32 (H, W), the frames that a dot has lived for.

    A dot stands at the centre of its pixel plus its phase, which is within -0.5..0.5.
    """

    dots: Dots
    phase: npt.NDArray[np.float32]
    age: npt.NDArray[np.int32]


def at_pixel_centres(dots: Dots) -> DotField:
    """New dots (H, W), each at the centre of its pixel."""
    return DotField(dots, np.zeros((*dots.shape, 2), np.float32), np.zeros(dots.shape, np.int32))


def advected(field: DotField, flow: Floats, born: Dots, depth: Floats | None = None) -> DotField:
    """Every dot moved by the flow (H, W, 2; x then y, px) at its pixel; one dot per pixel again.

    Where dots meet, the nearest stays (smallest `depth` (H, W) at the pixel it comes from, where depth is
    known), of equally near ones the fastest by whole pixels per frame, of equally fast ones the oldest, and
    of equally old ones the last in raster order. Where none arrives, the dot of `born` (H, W) appears, at
    the mean phase of the dots that arrived at the up to eight pixels around: neighbours move alike, so it
    steps to the next pixel when they do. Inside a wide hole there are none; it takes the phase that the dot
    which left this pixel has now. No dot is copied.

    The flow must be finite; what it moves out of the frame is gone.
    """
    height, width = field.dots.shape
    step = flow + field.phase
    # Steps are rounded, not places: of equal steps none may be rounded up and its neighbour's down.
    landing = np.rint(step)
    step -= landing
    phase = np.ascontiguousarray(step, dtype=np.float32)
    landing += _grid(height, width)
    x, y = landing[..., 0], landing[..., 1]
    stays = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    source = np.flatnonzero(stays)
    target = (y[stays] * width + x[stays]).astype(np.intp)
    # Each pixel's dot comes from pixel `origin`; a hole keeps what is its own until it is filled.
    origin = np.arange(height * width)
    origin[target] = source
    hole = np.ones(height * width, dtype=bool)
    hole[target] = False
    _settle_collisions(origin, source, target, _Claims(flow, field.age, depth))
    # A phase, two float32, moves as one number of eight bytes.
    moved = phase.view(np.int64).reshape(-1)[origin].view(np.float32).reshape(height, width, 2)
    dots = field.dots.reshape(-1)[origin]
    age = field.age.reshape(-1)[origin] + np.int32(1)
    dots[hole] = born.reshape(-1)[hole]
    age[hole] = 0
    _fill_phase(moved, hole.reshape(height, width))
    return DotField(dots.reshape(height, width), moved, age.reshape(height, width))


@dataclass(frozen=True)
class _Claims:
    """What decides between dots that meet, by the pixel they come from."""

    flow: Floats
    age: npt.NDArray[np.int32]
    depth: Floats | None

    def weakest_first(self, pixels: _Indices) -> _Indices:
        """The order of dots from these pixels, which are in raster order, that ends with those that stay."""
        step = self.flow.reshape(-1, 2)[pixels]
        # Speeds of slow motion differ by the noise of the estimate alone; there, staying alive keeps motion.
        speed = np.rint(np.hypot(step[:, 0], step[:, 1]))
        age = self.age.reshape(-1)[pixels]
        if self.depth is not None:
            by_depth: _Indices = np.lexsort((pixels, age, speed, -self.depth.reshape(-1)[pixels]))
            return by_depth
        # One number to sort by is four times as fast: 17 bits of speed, 18 of age, 28 of raster order.
        key = np.minimum(speed, 2**17 - 1).astype(np.int64) << 46
        key |= np.minimum(age, 2**18 - 1).astype(np.int64) << 28
        key |= np.arange(len(pixels))
        key.sort()
        order: _Indices = key & (2**28 - 1)
        return order


def _settle_collisions(origin: _Indices, source: _Indices, target: _Indices, claims: _Claims) -> None:
    """Give every pixel that several dots reach to the one that goes before the others, in place."""
    beaten = origin[target] != source
    if not beaten.any():
        return
    contested = np.zeros(origin.size, dtype=bool)
    contested[target[beaten]] = True
    among = np.flatnonzero(contested[target])
    start, end = source[among], target[among]
    order = claims.weakest_first(start)
    # NumPy assigns in order, so the last of those that meet remains.
    origin[end[order]] = start[order]


def _fill_phase(phase: npt.NDArray[np.float32], hole: npt.NDArray[np.bool_]) -> None:
    """Give holes (H, W) the mean phase of what arrived around them, in place."""
    if not hole.any():
        return
    holes = np.flatnonzero(hole)
    pairs = phase.reshape(-1, 2)
    own = pairs[holes]
    pairs[holes] = 0
    total = cv2.boxFilter(phase, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    arrived = (~hole).astype(np.uint8)
    count = cv2.boxFilter(arrived, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    around = count.reshape(-1)[holes, None]
    mean = total.reshape(-1, 2)[holes] / np.maximum(around, 1).astype(np.float32)
    pairs[holes] = np.where(around > 0, mean, own)


@lru_cache(maxsize=4)
def _grid(height: int, width: int) -> npt.NDArray[np.float32]:
    grid = np.empty((height, width, 2), dtype=np.float32)
    grid[..., 0] = np.arange(width)
    grid[..., 1] = np.arange(height)[:, None]
    return grid
