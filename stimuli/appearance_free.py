"""Appearance-free video: noise that carries the motion of a clip and nothing else of it.

Three methods lead from one noise frame to the next:

- `advect`: each dot moves along the flow and carries its sub-pixel position; holes are filled with new noise.
  What stands in one place at one time is one dot, and slow motion is kept.
- `recursive`: the method of the study's text (Ilic, Pock, Wildes, ECCV 2022). Each frame is the one before,
  moved by the flow rounded to whole pixels; motion of less than half a pixel per frame is lost. Values that
  meet overwrite one another in raster order; what nothing moved to is filled with new noise, or with what
  the first frame has there (`fill`).
- `first-frame`: the generator that was published with the study. It samples the first frame along each flow
  and does not show the motion between frames.

Each pixel of the source can hold N x N dots (`Generator.dots`). Frames are then N times as wide and high,
and a step is rounded to an Nth of a pixel of the source. All dots of a pixel move by the flow of that pixel,
times N; between pixels it is not interpolated, as at the edge of a figure that would be a motion nothing has.

With new noise in holes every frame taken alone is i.i.d. noise, whatever the flow: where dots go depends on
the flow only, their values are independent of it, and no dot is ever at two places of one frame.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from stimuli.advection import Room, advected, at_pixel_centres
from stimuli.first_frame import sampled
from stimuli.noise import Dots, NoiseKind, NoiseLevels, fresh_dots, picture

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.floating]
Depth = npt.NDArray[np.floating]
Method = Literal["advect", "recursive", "first-frame"]
Fill = Literal["fresh", "initial"]

GENERATOR_VERSION = 2
"""Raised whenever a change here or in what this uses gives any flow and seed another noise."""

FILLS: dict[Method, tuple[Fill, ...]] = {
    "advect": ("fresh",),
    "recursive": ("fresh", "initial"),
    "first-frame": ("initial",),
}
"""What each method can put where nothing moved to; the first is what it does unless told otherwise."""


MOST_DOTS = 4
"""A side. A clip of 4 x 4 dots has 16 times the pixels of its source."""


@dataclass(frozen=True)
class Generator:
    """How noise frames are made: `dots` x `dots` for each pixel of the source, 1..4.

    `levels` are for the noise `matched`, which needs them, and for no other. Raises ValueError for a word it
    does not know, a fill that the method has not, a number of dots out of range and levels out of place.
    """

    method: Method = "advect"
    fill: Fill = "fresh"
    noise: NoiseKind = "rgb"
    dots: int = 1
    levels: NoiseLevels | None = None

    def __post_init__(self) -> None:
        if self.method not in FILLS:
            raise ValueError(f"The method {self.method} is unknown; there are {', '.join(FILLS)}.")
        if self.fill not in FILLS[self.method]:
            allowed = " or ".join(FILLS[self.method])
            raise ValueError(f"The method {self.method} fills holes with {allowed} noise, not {self.fill}.")
        if self.noise not in get_args(NoiseKind):
            raise ValueError(
                f"The noise {self.noise} is unknown; there are {', '.join(get_args(NoiseKind))}."
            )
        if self.dots not in range(1, MOST_DOTS + 1):
            raise ValueError(
                f"A pixel of the source can hold 1 to {MOST_DOTS} dots a side, not {self.dots!r}."
            )
        if self.noise == "matched" and self.levels is None:
            raise ValueError("The noise matched needs levels: the mean and deviation of the clips to match.")
        if self.noise != "matched" and self.levels is not None:
            raise ValueError(f"Levels are for the noise matched; the noise {self.noise} has its own.")


DEFAULT = Generator()

_FAR_PX = 1e9


def noise_seed(set_seed: int, clip_id: str) -> np.random.SeedSequence:
    """The seed of one clip's noise: the same for the same set and clip, unrelated for any other.

    It depends on the two values alone, so neither the order of building nor the other clips of a set change a
    clip.
    """
    # A file may be called by bytes that are no letters in UTF-8.
    digest = hashlib.sha256(f"{set_seed}\n{clip_id}".encode(errors="surrogateescape")).digest()
    return np.random.SeedSequence(int.from_bytes(digest, "big"))


def appearance_free_video(
    flow: Flow, seed: int | np.random.SeedSequence, generator: Generator = DEFAULT
) -> Frame:
    """The noise video, uint8 (T, N H, N W, 3), of a forward flow (T-1, H, W, 2), x then y, pixels per frame,
    with N x N dots a pixel.

    A flow of (3, 0) everywhere moves all dots three columns to the right each frame and fills the three left
    columns (but for `first-frame`, which shows the same frame again). Raises ValueError for a flow of another
    shape or with values that are no numbers.
    """
    if flow.ndim != 4 or len(flow) == 0:
        raise ValueError(f"A flow must have the shape (frames - 1, height, width, 2), not {flow.shape}.")
    return np.stack(list(appearance_free_frames(flow, np.random.default_rng(seed), generator)))


def appearance_free_frames(
    flows: Iterable[Flow],
    rng: np.random.Generator,
    generator: Generator = DEFAULT,
    depths: Iterable[Depth] | None = None,
) -> Iterator[Frame]:
    """The frames of `appearance_free_video` one after the other, one more than there are flows.

    `flows` are float (H, W, 2); each is asked for only when the frame it leads to is. `depths`, where they
    are known, are as many: the camera depth (H, W) of the frame that each flow begins at, in any unit, 0 or
    more, infinite where there is nothing. `advect` then keeps the nearer of two surfaces that meet; the other
    methods do not look at it. Raises ValueError as there, and for depths of another shape or number, negative
    ones and ones that are no numbers.
    """
    remaining = iter(flows)
    head = next(remaining, None)
    if head is None:
        return
    shape = head.shape[:2]
    first = fresh_dots(tuple(side * generator.dots for side in shape), generator.noise, rng, generator.levels)
    yield picture(first)
    following = _follower(generator, first, rng)
    known = None if depths is None or generator.method != "advect" else iter(depths)
    for index, flow in enumerate(itertools.chain([head], remaining)):
        _check(flow, shape, index)
        depth = None if known is None else _checked_depth(next(known, None), shape, index)
        yield picture(following(*on_dots(flow, depth, generator.dots)))
    if known is not None and next(known, None) is not None:
        raise ValueError("There are more depths than flows.")


def on_dots(flow: Flow, depth: Depth | None, dots: int) -> tuple[Flow, Depth | None]:
    """Flow (N H, N W, 2), in dots per frame, and depth (N H, N W) of the dots of each pixel, `dots` a side.

    Each dot has those of its pixel.
    """
    if dots == 1:
        return flow, depth
    # What is that far is out of every frame, and times N still a number.
    scaled = np.clip(flow, -_FAR_PX, _FAR_PX, dtype=np.result_type(flow, np.float32))
    scaled *= dots
    finer = scaled.repeat(dots, axis=0).repeat(dots, axis=1)
    return finer, None if depth is None else depth.repeat(dots, axis=0).repeat(dots, axis=1)


def _follower(
    generator: Generator, first: Dots, rng: np.random.Generator
) -> Callable[[Flow, Depth | None], Dots]:
    """What turns each flow, in order and with the depths at its beginning, into the dots it leads to."""
    if generator.method == "first-frame":
        return lambda flow, _depth: sampled(first, flow)
    field = at_pixel_centres(first)
    dots = first
    room = Room(*first.shape)

    def background() -> Dots:
        # A whole frame of new noise costs less than finding the holes first.
        again = generator.fill == "initial"
        return first.copy() if again else fresh_dots(first.shape, generator.noise, rng, generator.levels)

    def advect(flow: Flow, depth: Depth | None) -> Dots:
        nonlocal field
        field = advected(field, flow, background(), depth, room)
        return field.dots

    def recurse(flow: Flow, _depth: Depth | None) -> Dots:
        nonlocal dots
        dots = moved_onto(background(), dots, flow)
        return dots

    return advect if generator.method == "advect" else recurse


def moved_onto(background: Dots, dots: Dots, flow: Flow) -> Dots:
    """Lays `dots` (H, W), each moved by its flow (H, W, 2) rounded to whole pixels, over `background` (H, W),
    in raster order and in place.
    """
    height, width = dots.shape
    # Still as floats, where any displacement has its place; float32 holds all whole numbers to 16 million.
    x = np.rint(flow[..., 0]) + np.arange(width, dtype=np.float32)
    y = np.rint(flow[..., 1]) + np.arange(height, dtype=np.float32)[:, None]
    stays = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    target = y[stays].astype(np.intp) * width + x[stays].astype(np.intp)
    # NumPy assigns in order, so the last of those that meet remains.
    background.reshape(-1)[target] = dots[stays]
    return background


def _check(flow: Flow, shape: tuple[int, ...], index: int) -> None:
    if flow.shape != (*shape, 2):
        raise ValueError(f"The flow of frame {index} has the shape {flow.shape} instead of {(*shape, 2)}.")
    if not np.isfinite(flow).all():
        raise ValueError(f"The flow of frame {index} holds values that are no finite numbers.")


def _checked_depth(depth: Depth | None, shape: tuple[int, ...], index: int) -> Depth:
    if depth is None:
        raise ValueError(f"There is no depth for frame {index}; there must be as many as flows.")
    if depth.shape != shape:
        raise ValueError(f"The depth of frame {index} has the shape {depth.shape} instead of {shape}.")
    if not (depth >= 0).all():
        raise ValueError(f"The depth of frame {index} holds negative values or values that are no numbers.")
    return depth
