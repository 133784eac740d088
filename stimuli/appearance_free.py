"""Appearance-free video: noise that carries the motion of a clip and nothing else of it.

The method is the recursive one of the study's text (Ilic, Pock, Wildes, ECCV 2022): each noise frame is the
one before, moved forward along the optical flow. Values that meet overwrite one another; what nothing moved
to, borders included, is filled with new noise. Every frame taken alone is uniform i.i.d. noise, whatever the
flow: where dots go depends on the flow only, and their values are independent of it. No dot is ever copied,
so that none stands at two places of one frame.

Motion of less than half a pixel per frame is lost to rounding.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.floating]

# One dot is four bytes, R, G, B and one unused: moving it is moving one number, three times as fast as three.
_Dots = npt.NDArray[np.uint32]


def noise_seed(set_seed: int, clip_id: str) -> np.random.SeedSequence:
    """The seed of one clip's noise: the same for the same set and clip, unrelated for any other.

    It depends on the two values alone, so neither the order of building nor the other clips of a set change a
    clip.
    """
    digest = hashlib.sha256(f"{set_seed}\n{clip_id}".encode()).digest()
    return np.random.SeedSequence(int.from_bytes(digest, "big"))


def appearance_free_video(flow: Flow, seed: int | np.random.SeedSequence) -> Frame:
    """The noise video, uint8 (T, H, W, 3), of a forward flow (T-1, H, W, 2), x then y, pixels per frame.

    A flow of (3, 0) everywhere moves all dots three columns to the right each frame and fills the three left
    columns anew. Raises ValueError for a flow of another shape or with values that are no numbers.
    """
    if flow.ndim != 4 or len(flow) == 0:
        raise ValueError(f"A flow must have the shape (frames - 1, height, width, 2), not {flow.shape}.")
    return np.stack(list(appearance_free_frames(flow, np.random.default_rng(seed))))


def appearance_free_frames(flows: Iterable[Flow], rng: np.random.Generator) -> Iterator[Frame]:
    """The frames of `appearance_free_video` one after the other, one more than there are flows.

    `flows` are float (H, W, 2); each is asked for only when the frame it leads to is. Raises ValueError as
    there.
    """
    remaining = iter(flows)
    first = next(remaining, None)
    if first is None:
        return
    shape = first.shape[:2]
    dots = _fresh_dots(shape, rng)
    yield _rgb(dots)
    for index, flow in enumerate(itertools.chain([first], remaining)):
        _check(flow, shape, index)
        # A whole frame of new noise costs less than finding the holes first.
        dots = _moved_onto(_fresh_dots(shape, rng), dots, flow)
        yield _rgb(dots)


def _fresh_dots(shape: tuple[int, ...], rng: np.random.Generator) -> _Dots:
    return rng.integers(0, 2**32, size=shape, dtype=np.uint32)


def _rgb(dots: _Dots) -> Frame:
    return np.ascontiguousarray(dots.view(np.uint8).reshape(*dots.shape, 4)[..., :3])


def _moved_onto(background: _Dots, dots: _Dots, flow: Flow) -> _Dots:
    """Lays `dots`, each moved by its flow rounded to whole pixels, over `background`, in raster order."""
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
