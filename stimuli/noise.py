"""The dots that appearance-free video is made of: independent, uniform values, one per pixel."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

NoiseKind = Literal["rgb", "gray", "binary"]

# One dot is four bytes, R, G, B and one unused: moving it is moving one number, three times as fast as three.
Dots = npt.NDArray[np.uint32]


def fresh_dots(shape: tuple[int, ...], kind: NoiseKind, rng: np.random.Generator) -> Dots:
    """New dots of the given shape.

    `rgb`: R, G and B independent, each uniform on 0..255. `gray`: R = G = B, uniform on 0..255. `binary`:
    black or white, even odds.
    """
    if kind == "rgb":
        return rng.integers(0, 2**32, size=shape, dtype=np.uint32)
    values, step = (256, 0x01010101) if kind == "gray" else (2, 0xFFFFFFFF)
    dots: Dots = rng.integers(0, values, size=shape, dtype=np.uint32)
    dots *= np.uint32(step)
    return dots


def picture(dots: Dots) -> npt.NDArray[np.uint8]:
    """Dots (H, W) as a frame, uint8 (H, W, 3)."""
    return np.ascontiguousarray(dots.view(np.uint8).reshape(*dots.shape, 4)[..., :3])
