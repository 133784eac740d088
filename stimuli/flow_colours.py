"""Optical flow as a picture: the direction is the hue, the speed how far the colour is from white.

The colour wheel of the Middlebury benchmark (Baker, Scharstein, Lewis, Roth, Black and Szeliski: A Database
and Evaluation Methodology for Optical Flow, IJCV 92, 2011): to the right is red, down yellow, to the left
cyan, up violet; no motion is white.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

# How many steps the wheel takes from red to yellow, on to green, cyan, blue, magenta and back to red.
_STEPS = (15, 6, 4, 11, 13, 6)
_CORNERS = ((255, 0, 0), (255, 255, 0), (0, 255, 0), (0, 255, 255), (0, 0, 255), (255, 0, 255))
_TOO_FAST = 0.75


def largest_speed(flow: npt.NDArray[np.floating]) -> float:
    """The largest speed in a flow (..., 2), in its own unit, pixels per frame; 0.0 for a flow without pixels.

    Raises ValueError for values that are no finite numbers.
    """
    _check(flow)
    return float(np.hypot(flow[..., 0], flow[..., 1]).max(initial=0.0))


def flow_colours(flow: npt.NDArray[np.floating], largest_px: float | None = None) -> npt.NDArray[np.uint8]:
    """The colours, uint8 (..., 3) RGB, of a flow (..., 2), x then y, pixels per frame.

    `largest_px` is the speed of the full colours, in pixels per frame: that of the fastest pixel unless told,
    so that pictures can only be compared when they are given the same. What is faster is shown darker, as the
    benchmark does. (3, 0) with `largest_px` 3 is (255, 0, 0), with 6 it is (255, 127, 127), with 2 it is
    (191, 0, 0).

    Raises ValueError for another shape, values that are no finite numbers and a `largest_px` that is not
    above zero.
    """
    largest = largest_speed(flow) if largest_px is None else largest_px
    if largest_px is not None and not (np.isfinite(largest_px) and largest_px > 0):
        raise ValueError(f"The speed of the full colours must be above zero, not {largest_px}.")
    _check(flow)
    # A tiny share more than the largest: the fastest pixel is full colour, and a flow of nothing divides too.
    u, v = np.moveaxis(flow.astype(np.float64) / (largest + np.finfo(np.float32).eps), -1, 0)
    speed = np.hypot(u, v)[..., None]
    wheel = _wheel()
    # The wheel is read from its first to its last entry, not round to the first again, as in the benchmark.
    place = (np.arctan2(-v, -u) / np.pi + 1) / 2 * (len(wheel) - 1)
    below = np.floor(place).astype(np.intp)
    share = (place - below)[..., None]
    hue = (1 - share) * wheel[below] + share * wheel[(below + 1) % len(wheel)]
    colour = np.where(speed <= 1, 1 - speed * (1 - hue), _TOO_FAST * hue)
    picture: npt.NDArray[np.uint8] = np.floor(255 * colour).astype(np.uint8)
    return picture


def _check(flow: npt.NDArray[np.floating]) -> None:
    if flow.ndim < 1 or flow.shape[-1] != 2:
        raise ValueError(f"A flow has two values a pixel, x then y; this one has the shape {flow.shape}.")
    if not np.isfinite(flow).all():
        raise ValueError("The flow holds values that are no finite numbers.")


@cache
def _wheel() -> npt.NDArray[np.float64]:
    """The wheel's 55 colours (55, 3) in 0..1."""
    colours = []
    for steps, here, there in zip(_STEPS, _CORNERS, (*_CORNERS[1:], _CORNERS[0]), strict=True):
        way = np.floor(255 * np.arange(steps) / steps)[:, None]
        colours.append(np.array(here) + np.sign(np.subtract(there, here)) * way)
    wheel: npt.NDArray[np.float64] = np.concatenate(colours) / 255
    return wheel
