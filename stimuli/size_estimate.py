"""How large a stimulus set will be and whether the disk has room for it, known before anything is written."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stimuli.appearance_free import appearance_free_frames
from stimuli.disk import free_bytes
from stimuli.errors import StimulusError
from stimuli.flow import DisFlow, flow_of_video
from stimuli.sources import FoundClip
from stimuli.video import VideoInfo, decode, encode_lossless

# The mean over drawn clips, RGB (0.9 MB) and noise (1.9 MB) together.
_BYTES_PER_DRAWN_CLIP = 2_800_000

# Noise that refers to no earlier frame takes half as much again as its 3 bytes.
_FIRST_FRAME_BYTES_PER_PIXEL = 4.5
_SAMPLED_CLIPS = 10
_SAMPLED_FRAMES = 25
# Clips differ: a sample of ten may lie this far from the mean of all.
_RESERVE = 1.25


@dataclass(frozen=True)
class SizeEstimate:
    """Expected size of the set, what must be free for it with a reserve, and what is."""

    clips: int
    expected_bytes: int
    needed_bytes: int
    free_bytes: int


def bytes_of_drawn(clips: int) -> int:
    """Expected size of so many drawn clips and as many noise clips, as measured on a full set."""
    return clips * _BYTES_PER_DRAWN_CLIP


def bytes_of_found(sources: Sequence[FoundClip], infos: Sequence[VideoInfo]) -> int:
    """Expected size of videos and their noise, which takes as much per pixel as in a sample of them.

    The sample is the first second of ten clips, 0.25 s of work each. A clip's first noise frame has nothing
    to refer to and takes 4.5 bytes per pixel; the frames after it take the less, the more evenly things move.
    """
    step = max(1, len(sources) // _SAMPLED_CLIPS)
    sample = [_noise_bytes_per_pixel(source) for source in sources[::step][:_SAMPLED_CLIPS]]
    per_pixel = sum(sample) / len(sample)
    noise = sum(
        info.width * info.height * (_FIRST_FRAME_BYTES_PER_PIXEL + (info.frames - 1) * per_pixel)
        for info in infos
    )
    return round(noise) + sum(source.file.stat().st_size for source in sources)


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


def _noise_bytes_per_pixel(source: FoundClip) -> float:
    frames = itertools.islice(decode(source.file), _SAMPLED_FRAMES)
    noise = list(appearance_free_frames(flow_of_video(frames, DisFlow()), np.random.default_rng(0)))
    height, width = noise[0].shape[:2]
    encoded = io.BytesIO()
    encode_lossless(encoded, noise, fps=25.0)
    after_first = len(encoded.getvalue()) - _FIRST_FRAME_BYTES_PER_PIXEL * width * height
    return float(max(after_first, 0.0) / (width * height * (len(noise) - 1)))
