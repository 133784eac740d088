"""How large a stimulus set will be and whether the disk has room for it, known before anything is written."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stimuli.appearance_free import Frame, Generator, Method, appearance_free_frames
from stimuli.description import Recipe
from stimuli.disk import free_bytes
from stimuli.errors import StimulusError
from stimuli.flow import DisFlow
from stimuli.noise import NoiseKind
from stimuli.sources import FoundClip, Source
from stimuli.video import VideoInfo, decode, encode_lossless, open_video

# Means over drawn clips, in bytes.
_BYTES_PER_DRAWN_RGB_CLIP = 900_000
_BYTES_PER_DRAWN_NOISE_CLIP: dict[tuple[Method, NoiseKind], int] = {
    ("advect", "rgb"): 5_800_000,
    ("advect", "gray"): 5_800_000,
    ("advect", "binary"): 4_600_000,
    ("recursive", "rgb"): 2_000_000,
    ("recursive", "gray"): 2_000_000,
    ("recursive", "binary"): 1_800_000,
    ("first-frame", "rgb"): 2_900_000,
    ("first-frame", "gray"): 2_900_000,
    ("first-frame", "binary"): 2_400_000,
}

_SAMPLED_CLIPS = 10
_SAMPLED_FRAMES = 13
# GIF files do not say how long they are.
_FRAMES_OF_UNKNOWN = 150
# Clips differ, and move differently at different times: an estimate was a fifth too low on real clips.
_RESERVE = 1.4


@dataclass(frozen=True)
class SizeEstimate:
    """Expected size of the set, what must be free for it with a reserve, and what is."""

    clips: int
    expected_bytes: int
    needed_bytes: int
    free_bytes: int


def bytes_of_drawn(recipe: Recipe, sources: Sequence[Source]) -> int:
    """Expected size of so many drawn clips and as many noise clips, as measured on sets of them."""
    generator = _sized_like(recipe)
    noise = _BYTES_PER_DRAWN_NOISE_CLIP[generator.method, generator.noise] * recipe.dots**2
    return len(sources) * (_BYTES_PER_DRAWN_RGB_CLIP + noise)


def bytes_of_found(recipe: Recipe, sources: Sequence[Source], *, refer: bool) -> int:
    """Expected size of videos, where they are not only referred to, and their noise, which takes as much per
    pixel as in a sample of them.

    Frames are counted as headers say. The sample is half a second from the middle of ten clips, 0.1 s of work
    each; long clips count for more. A clip's first noise frame has nothing to refer to; the frames after it
    take the less, the more evenly things move. What cannot be read is left out: the build will name it.
    """
    found = [source for source in sources if isinstance(source, FoundClip)]
    videos = 0 if refer else sum(_size(source.file) + _size(source.published) for source in found)
    if recipe.afd101:
        return videos
    step = max(1, len(found) // _SAMPLED_CLIPS)
    readable = (_noise_bytes_per_pixel(source, recipe) for source in found[::step][:_SAMPLED_CLIPS])
    sample = [each for each in readable if each is not None]
    if not sample:
        return videos
    first, after, weights = zip(*sample, strict=True)
    first, after = np.mean(first), np.average(after, weights=weights)
    infos = [info for source in found if (info := _header(source)) is not None]
    noise = sum(info.width * info.height * (first + (info.frames - 1) * after) for info in infos)
    return round(float(noise)) + videos


def _sized_like(recipe: Recipe) -> Generator:
    """Matched noise, whose levels are not measured yet, takes as much as uniform noise at most."""
    uniform = {"noise": "rgb"} if recipe.noise == "matched" else {}
    return recipe.model_copy(update=uniform).generator


def check_disk(out: Path, clips: int, expected_bytes: int) -> SizeEstimate:
    """Compare an expected size with the disk of `out`. Raises StimulusError when that is too small."""
    needed = round(_RESERVE * expected_bytes)
    estimate = SizeEstimate(clips, expected_bytes, needed, free_bytes(out))
    if estimate.free_bytes < estimate.needed_bytes:
        raise StimulusError(
            f"The disk of {out} has {megabytes(estimate.free_bytes)} free and {megabytes(needed)} are needed;"
            " free some space or name a folder on another disk."
        )
    return estimate


def megabytes(size: int) -> str:
    """1,234,567 bytes are "1.2 MB"; from 10 MB on without decimals."""
    return f"{size / 1e6:,.1f} MB" if size < 10e6 else f"{size / 1e6:,.0f} MB"


def _header(source: FoundClip) -> VideoInfo | None:
    try:
        with open_video(source.file) as video:
            return video.info if video.info.frames else replace(video.info, frames=_FRAMES_OF_UNKNOWN)
    except StimulusError:
        return None


def _size(file: Path | None) -> int:
    try:
        return 0 if file is None else file.stat().st_size
    except OSError:
        return 0


def _noise_bytes_per_pixel(source: FoundClip, recipe: Recipe) -> tuple[float, float, int] | None:
    """Encoded bytes per source pixel of a clip's first noise frame and, on average, of those after it; the
    clip's number of frames.
    """
    header = _header(source)
    if header is None:
        return None
    # People stand still at the beginning of many clips.
    start = max(0, (header.frames - _SAMPLED_FRAMES) // 2)
    try:
        frames = list(itertools.islice(decode(source.file), start, start + _SAMPLED_FRAMES))
        # Of any flow: noise that moves with RAFT's takes about as much room.
        noise = list(
            appearance_free_frames(DisFlow().flows(frames), np.random.default_rng(0), _sized_like(recipe))
        )
    except (StimulusError, ValueError):
        return None
    if len(noise) < 2:
        return None
    height, width = frames[0].shape[:2]
    first = _encoded_bytes(noise[:1])
    after = max(_encoded_bytes(noise) - first, 0) / (len(noise) - 1)
    return first / (height * width), after / (height * width), header.frames


def _encoded_bytes(frames: list[Frame]) -> int:
    encoded = io.BytesIO()
    encode_lossless(encoded, frames, fps=25.0)
    return len(encoded.getvalue())
