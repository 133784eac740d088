"""The dots that appearance-free video is made of: independent, uniform values, one per pixel."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

import cv2
import numpy as np
import numpy.typing as npt

NoiseKind = Literal["rgb", "gray", "binary", "matched"]
Triple = tuple[float, float, float]
Whole = tuple[int, int, int]

# One dot is four bytes, R, G, B and one unused: moving it is moving one number, three times as fast as three.
Dots = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class NoiseLevels:
    """Mean and standard deviation of R, G and B, 0..255: what `matched` noise takes over from the clips.

    Means of 100 and deviations of 40 give values of 60..140. Raises ValueError for what is out of 0..255 or
    no number, and where no channel would have two values, as such noise shows nothing.
    """

    mean: Triple
    std: Triple

    def __post_init__(self) -> None:
        for name, values in (("mean", self.mean), ("standard deviation", self.std)):
            if not all(0 <= value <= 255 for value in values):
                raise ValueError(f"The {name} of the noise is {values}; what is allowed is 0 to 255.")
        if all(low == high for low, high in self.ranges):
            raise ValueError(
                f"Noise of mean {self.mean} and standard deviation {self.std} has one value only and shows "
                "nothing; one channel must vary by more than half a level."
            )

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The lowest and highest value of each channel: mean -+ standard deviation, rounded, in 0..255."""
        return tuple(
            (max(0, round(mean - std)), min(255, round(mean + std)))
            for mean, std in zip(self.mean, self.std, strict=True)
        )


@dataclass(frozen=True)
class ChannelSums:
    """What the levels of any number of frames come from: pixels, and per channel the sums of the values and
    of their squares.

    Whole numbers: the sums of parts, added in any order, are the sums of the whole to the last digit.
    """

    pixels: int = 0
    values: Whole = (0, 0, 0)
    squares: Whole = (0, 0, 0)

    def __add__(self, other: ChannelSums) -> ChannelSums:
        return ChannelSums(
            self.pixels + other.pixels,
            _added(self.values, other.values),
            _added(self.squares, other.squares),
        )

    def levels(self) -> NoiseLevels:
        """Mean and standard deviation of all pixels. Raises ValueError for none and where all are alike."""
        count = self.pixels
        if count == 0:
            raise ValueError("There is no frame to take the levels of the noise from.")
        red, green, blue = (
            (total / count, math.sqrt((count * square - total**2) / count**2))
            for total, square in zip(self.values, self.squares, strict=True)
        )
        return NoiseLevels((red[0], green[0], blue[0]), (red[1], green[1], blue[1]))


def channel_sums(frames: Iterable[npt.NDArray[np.uint8]]) -> ChannelSums:
    """The sums of RGB frames, uint8 (H, W, 3) of any size. Raises ValueError for another type or shape."""
    sums = ChannelSums()
    for frame in frames:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            raise ValueError(f"A frame must be uint8 (height, width, 3), not {frame.dtype} {frame.shape}.")
        # Double precision holds the whole numbers of any frame of less than 10^11 pixels.
        values = frame.reshape(-1, 3).astype(np.float64)
        sums += ChannelSums(
            len(values), _whole(values.sum(axis=0)), _whole(np.einsum("ij,ij->j", values, values))
        )
    return sums


def channel_levels(frames: Iterable[npt.NDArray[np.uint8]]) -> NoiseLevels:
    """Mean and standard deviation per channel of RGB frames, uint8 (H, W, 3), which pass one by one."""
    return channel_sums(frames).levels()


def fresh_dots(
    shape: tuple[int, ...], kind: NoiseKind, rng: np.random.Generator, levels: NoiseLevels | None = None
) -> Dots:
    """New dots of the given shape.

    `rgb`: R, G and B independent, each uniform on 0..255. `gray`: R = G = B, uniform on 0..255. `binary`:
    black or white, even odds. `matched`: R, G and B independent, each uniform on its range in `levels`,
    without which ValueError is raised.
    """
    count = math.prod(shape)
    if kind == "rgb":
        # The bytes that four at a time would be, in half the time.
        pairs = rng.integers(0, 2**64, size=(count + 1) // 2, dtype=np.uint64)
        return pairs.view(np.uint32)[:count].reshape(shape)
    if kind == "matched":
        if levels is None:
            raise ValueError("Noise of the kind matched needs levels to match.")
        dots: Dots = np.zeros(shape, dtype=np.uint32)
        channels = dots.view(np.uint8).reshape(count, 4)
        for channel, (low, high) in enumerate(levels.ranges):
            channels[:, channel] = rng.integers(low, high, size=count, dtype=np.uint8, endpoint=True)
        return dots
    values, step = (256, 0x01010101) if kind == "gray" else (2, 0xFFFFFFFF)
    dots = rng.integers(0, values, size=shape, dtype=np.uint32)
    dots *= np.uint32(step)
    return dots


def picture(dots: Dots) -> npt.NDArray[np.uint8]:
    """Dots (H, W) as a frame, uint8 (H, W, 3)."""
    # The first three of four bytes, many times as fast as a slice; which colours they are is all one here.
    frame = cv2.cvtColor(dots.view(np.uint8).reshape(*dots.shape, 4), cv2.COLOR_BGRA2BGR)
    return cast(npt.NDArray[np.uint8], frame)


def _added(a: Whole, b: Whole) -> Whole:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _whole(sums: npt.NDArray[np.float64]) -> Whole:
    red, green, blue = (int(value) for value in sums)
    return red, green, blue
