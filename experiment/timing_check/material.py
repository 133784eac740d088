"""Clips of drifting noise, on the disk like those of a stimulus set: decoding takes its usual time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stimuli.clip import Clip
from stimuli.manifest import StimulusSet, file_sha256
from stimuli.video import encode_lossless

FPS = 25.0
WIDTH, HEIGHT = 320, 240
# Noise that drifts compresses as appearance-free clips do; encoding fresh noise would take minutes.
_SEED = 0


def drifting_noise(folder: Path, seconds: float, actions: tuple[str, ...], copies: int) -> StimulusSet:
    """``copies`` clips of each action, all of one video of this length in ``folder``, each decoded anew."""
    frames = round(seconds * FPS)
    noise = np.random.default_rng(_SEED).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    path = folder / f"drifting_{frames}.mkv"
    if not path.exists():
        encode_lossless(path, (np.roll(noise, shift, axis=1) for shift in range(frames)), FPS)
    digest = file_sha256(path)
    clips = [
        Clip(
            clip_id=f"UCF5/v_{action}_g01_c{number:02d}",
            condition="UCF5",
            action=action,
            group=1,
            split="test",
            path=path.name,
            sha256=digest,
            frames=frames,
            fps=FPS,
            width=WIDTH,
            height=HEIGHT,
            source_clip_id=None,
        )
        for action in actions
        for number in range(1, copies + 1)
    ]
    return StimulusSet(folder, tuple(clips), digest)
