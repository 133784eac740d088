"""Dots that carry their sub-pixel position: noise that keeps slow motion.

Rounding each step to whole pixels, as plain recursion does, loses all motion below half a pixel per frame.
Here a dot stands at its pixel plus a phase of at most half a pixel, and only what is shown is rounded: over
any number of frames a dot is within half a pixel of where its steps lead.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def advected(
    field: DotField, flow: Floats, born: Dots, depth: Floats | None = None, room: Room | None = None
) -> DotField:
    """Every dot moved by the flow (H, W, 2; x then y, px) at its pixel; one dot per pixel again.

    Where dots meet, the nearest stays (smallest `depth` (H, W) at the pixel it comes from, where depth is
    known), of equally near ones the fastest by whole pixels per frame, of equally fast ones the oldest, and
    of equally old ones the last in raster order. Where none arrives, the dot of `born` (H, W) appears, at
    the mean phase of the dots that arrived at the up to eight pixels around: neighbours move alike, so it
    steps to the next pixel when they do. Inside a wide hole there are none; it takes the phase that the dot
    which left this pixel has now. No dot is copied.

    The flow must be finite; what it moves out of the frame is gone. `depth` is 0 or more and may be infinite;
    it is compared in single precision. `room` saves time where many frames of one size are made.
    """
    shape = field.dots.shape
    room = room or Room(*shape)
    step = flow + field.phase
    # Steps are rounded, not places: of equal steps none may be rounded up and its neighbour's down.
    landing = np.rint(step)
    step -= landing
    # A phase, two float32, moves as one number of eight bytes.
    phase = np.ascontiguousarray(step, dtype=np.float32).view(np.int64)
    origins = _origins(room.targets(landing), room, _Claims(flow, field.age, depth))
    holes = np.flatnonzero(origins < 0)
    origin = origins.astype(np.intp).reshape(-1)
    # A hole keeps what is its own until it is filled.
    origin[holes] = holes
    # All of `origin` is in range; "wrap" only spares the check.
    moved = phase.reshape(-1).take(origin, mode="wrap").reshape(shape)
    dots = field.dots.reshape(-1).take(origin, mode="wrap")
    age = field.age.reshape(-1).take(origin, mode="wrap")
    age += np.int32(1)
    dots[holes] = born.reshape(-1)[holes]
    age[holes] = 0
    _fill_phase(moved, holes, room)
    return DotField(dots.reshape(shape), moved.view(np.float32).reshape(*shape, 2), age.reshape(shape))


class Room:
    """What is the same for every frame of one size, and memory to work in: new memory costs a fifth of the
    time. No two threads may share one.

    Where dots go is reckoned in the frame with a margin of one pixel, which takes all that leaves it.
    """

    def __init__(self, height: int, width: int) -> None:
        self._margin_width = width + 2
        self.start = np.empty((height, width, 2), dtype=np.float32)
        self.start[..., 0] = np.arange(1, width + 1)
        self.start[..., 1] = np.arange(1, height + 1)[:, None]
        self.corner = np.empty_like(self.start)
        self.corner[:] = width + 1, height + 1
        self.zeros = np.zeros_like(self.start)
        self.raster = np.arange(height * width, dtype=np.int32)
        self.origin = np.empty((height + 2, width + 2), dtype=np.int32)
        self.contested = np.empty((height + 2, width + 2), dtype=bool)
        self.phase_sum = np.empty_like(self.start)
        self._place = np.empty((height, width, 2), dtype=np.int32)
        self._target = np.empty(height * width, dtype=np.intp)

    def targets(self, landing: Floats) -> _Indices:
        """Where steps of whole pixels (H, W, 2), overwritten, lead: places in the frame with its margin."""
        landing += self.start
        # Two whole arrays: beside a scalar, or by `np.clip`, this takes three times as long.
        np.minimum(landing, self.corner, out=landing)
        np.maximum(landing, self.zeros, out=landing)
        self._place[:] = landing
        # x and y, as one number, are taken apart faster than as two that alternate.
        place = self._place.view("<i8").reshape(-1)
        np.right_shift(place, 32, out=self._target)
        self._target *= self._margin_width
        place &= 2**32 - 1
        self._target += place
        return self._target


def _origins(target: _Indices, room: Room, claims: _Claims) -> npt.NDArray[np.int32]:
    """The pixel that each pixel's dot comes from (H, W), -1 where none arrives."""
    origin, contested = room.origin.reshape(-1), room.contested.reshape(-1)
    origin.fill(-1)
    origin[target] = room.raster
    beaten = np.flatnonzero(origin.take(target, mode="wrap") != room.raster)
    contested.fill(False)
    contested[target[beaten]] = True
    # Whatever has left the frame need not be put in order.
    room.contested[[0, -1], :] = room.contested[:, [0, -1]] = False
    start = np.flatnonzero(contested.take(target, mode="wrap"))
    if len(start):
        start = start[claims.weakest_first(start)]
        # NumPy assigns in order, so the last of those that meet remains.
        origin[target[start]] = start
    return room.origin[1:-1, 1:-1]


@dataclass(frozen=True)
class _Claims:
    """What decides between dots that meet, by the pixel they come from."""

    flow: Floats
    age: npt.NDArray[np.int32]
    depth: Floats | None

    def weakest_first(self, pixels: _Indices) -> _Indices:
        """The order of dots from these pixels, which are in raster order, that ends with those that stay."""
        step = self.flow.reshape(-1, 2).take(pixels, axis=0, mode="wrap")
        # Speeds of slow motion differ by the noise of the estimate alone; there, staying alive keeps motion.
        speed = np.rint(_length(step))
        age = self.age.reshape(-1)[pixels]
        # To sort one number takes a quarter of the time: 17 bits of speed, 18 of age, 28 of raster order.
        key = np.minimum(speed, 2**17 - 1).astype(np.int64) << 46
        key |= np.minimum(age, 2**18 - 1).astype(np.int64) << 28
        order = _sorted_order(key)
        if self.depth is None:
            return order
        depth = self.depth.reshape(-1)[pixels[order]].astype(np.float32)
        # Floats from 0 up are in the order of their bits.
        return order[_sorted_order((2**31 - depth.view(np.int32).astype(np.int64)) << 28)]


def _length(steps: Floats) -> Floats:
    """As by `np.hypot`, in a third of the time; infinite beyond 1e154."""
    with np.errstate(over="ignore"):
        squares = np.square(steps, dtype=np.float64)
        length: Floats = np.sqrt(squares[:, 0] + squares[:, 1]).astype(steps.dtype)
    return length


def _sorted_order(key: npt.NDArray[np.int64]) -> _Indices:
    """The stable order of whole numbers of which the lowest 28 bits are 0; uses them up."""
    key |= np.arange(len(key))
    key.sort()
    key &= 2**28 - 1
    return key


def _fill_phase(phase: npt.NDArray[np.int64], holes: _Indices, room: Room) -> None:
    """Give holes the mean phase of what arrived around them, in place.

    `phase` (H, W) holds the two float32 of each phase as one number.
    """
    if not len(holes):
        return
    flat = phase.reshape(-1)
    own = flat[holes].view(np.float32)
    flat[holes] = 0
    arrived = np.ones(phase.shape, np.uint8)
    arrived.reshape(-1)[holes] = 0
    pairs = phase.view(np.float32).reshape(*phase.shape, 2)
    total = room.phase_sum
    cv2.boxFilter(pairs, -1, (3, 3), total, normalize=False, borderType=cv2.BORDER_CONSTANT)
    count = cv2.boxFilter(arrived, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    around = np.repeat(count.reshape(-1)[holes], 2)
    mean = total.view(np.int64).reshape(-1)[holes].view(np.float32)
    mean /= np.maximum(around, 1).astype(np.float32)
    flat[holes] = np.where(around > 0, mean, own).view(np.int64)
