"""Small clips with a texture that drifts: enough for a decoder and for optical flow, written in
milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from stimuli.clip import Clip
from stimuli.video import encode_lossless

Frames = npt.NDArray[np.uint8]


@pytest.fixture(scope="session")
def drifting_texture() -> Callable[..., Frames]:
    def draw(count: int = 6, height: int = 48, width: int = 64, step: int = 2, seed: int = 0) -> Frames:
        """Frames (count, height, width, 3) of a smooth texture that moves `step` columns right per frame."""
        rng = np.random.default_rng(seed)
        coarse = rng.integers(0, 256, (height, width + step * count, 3), dtype=np.uint8)
        smooth = cv2.normalize(cv2.GaussianBlur(coarse, (0, 0), 2.5), None, 0, 255, cv2.NORM_MINMAX)
        starts = [step * (count - 1 - index) for index in range(count)]
        return np.stack([smooth[:, start : start + width] for start in starts]).astype(np.uint8)

    return draw


@pytest.fixture
def write_clip(drifting_texture: Callable[..., Frames]) -> Callable[..., Path]:
    def write(path: Path, **texture: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        encode_lossless(path, drifting_texture(**texture), fps=25.0)
        return path

    return write


@pytest.fixture
def clip_folder(tmp_path: Path, write_clip: Callable[..., Path]) -> Path:
    """Three clips of two actions, for testing and training, named as in UCF101."""
    folder = tmp_path / "clips"
    for seed, name in enumerate(
        ("Swing/v_Swing_g01_c01.mkv", "Swing/v_Swing_g08_c01.mkv", "Lunges/v_Lunges_g02_c01.mkv")
    ):
        write_clip(folder / name, seed=seed, count=6 + seed)
    return folder


@pytest.fixture(scope="session")
def two_rows() -> tuple[Clip, Clip]:
    """The rows of one clip and of its noise."""
    rgb = Clip(
        clip_id="UCF5/v_Swing_g01_c02",
        condition="UCF5",
        action="Swing",
        group=1,
        split="test",
        path="ucf5/Swing/v_Swing_g01_c02.avi",
        sha256="0" * 64,
        frames=50,
        fps=25.0,
        width=320,
        height=240,
        source_clip_id=None,
    )
    noise = Clip(
        clip_id="AFD5/v_Swing_g01_c02",
        condition="AFD5",
        action="Swing",
        group=1,
        split="test",
        path="afd5/Swing/v_Swing_g01_c02.mkv",
        sha256="f" * 64,
        frames=50,
        fps=25.0,
        width=320,
        height=240,
        source_clip_id="UCF5/v_Swing_g01_c02",
    )
    return rgb, noise
