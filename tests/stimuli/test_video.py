"""Frames go to disk and come back; what cannot be decoded is named."""

from __future__ import annotations

import io
import os
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimuli.errors import StimulusError
from stimuli.video import VideoInfo, decode, encode_lossless, encode_rgb, probe, read_video


def noise(count: int, height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


@settings(max_examples=15)
@given(count=st.integers(1, 5), height=st.integers(16, 40), width=st.integers(16, 40))
def test_noise_of_any_size_survives_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, count: int, height: int, width: int
) -> None:
    path = tmp_path_factory.mktemp("video") / "noise.mkv"
    frames = noise(count, height, width)

    assert encode_lossless(path, frames, fps=25.0) == count

    assert np.array_equal(read_video(path), frames)
    assert probe(path) == VideoInfo(frames=count, fps=25.0, width=width, height=height)


def test_broadcast_rates_are_kept(tmp_path: Path) -> None:
    encode_lossless(tmp_path / "ntsc.mkv", noise(3, 32, 32), fps=30000 / 1001)

    assert probe(tmp_path / "ntsc.mkv").fps == 30000 / 1001


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    for encode in (encode_lossless, encode_rgb):
        encode(tmp_path / "first.mkv", noise(4, 32, 32), 25.0)
        time.sleep(1.1)  # a date in the file would have moved on by now
        encode(tmp_path / "second.mkv", noise(4, 32, 32), 25.0)

        assert (tmp_path / "first.mkv").read_bytes() == (tmp_path / "second.mkv").read_bytes()


@pytest.mark.parametrize("encode", [encode_lossless, encode_rgb])
def test_what_lies_in_memory_leaves_no_trace_in_a_file(encode: Callable[..., int]) -> None:
    files = set()
    for length in range(40):
        os.urandom(1000 * (1 + 37 * length % 200))  # other bytes lie where the encoder takes its memory from
        file = io.BytesIO()
        encode(file, noise(4, 32, 32), 25.0)
        files.add(file.getvalue())

    assert len(files) == 1


def test_drawn_clips_keep_their_look(tmp_path: Path, drifting_texture: Callable[..., np.ndarray]) -> None:
    frames = drifting_texture(count=12, height=120, width=160)

    encode_rgb(tmp_path / "drawn.mkv", frames, fps=25.0)

    error = np.mean((read_video(tmp_path / "drawn.mkv").astype(float) - frames) ** 2)
    assert 10 * np.log10(255**2 / error) > 40
    assert (tmp_path / "drawn.mkv").stat().st_size < frames.nbytes / 15


@pytest.mark.parametrize(
    ("name", "frames", "fps"),
    [
        ("v_Biking_g05_c02.avi", 201, 30000 / 1001),
        ("v_Swing_g11_c02.gif", 126, 25.0),
        ("v_JumpingJack_g14_c03.mp4", 58, 30000 / 1001),
    ],
)
def test_real_clips_decode_to_their_last_frame(real_data: Path, name: str, frames: int, fps: float) -> None:
    clip = real_data / "clips" / name

    assert probe(clip) == VideoInfo(frames=frames, fps=fps, width=320, height=240)
    assert next(decode(clip)).shape == (240, 320, 3)


def test_a_clip_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "empty.avi").write_bytes(b"")
    with wave.open(str(tmp_path / "sound.avi"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    for name, complaint in (
        ("nowhere.avi", "does not exist"),
        ("text.mp4", "cannot be read as video"),
        ("empty.avi", "cannot be read as video"),
        ("sound.avi", "holds no video stream"),
    ):
        with pytest.raises(StimulusError, match=f"{name}.*{complaint}"):
            probe(tmp_path / name)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8])
def test_a_file_cut_short_is_noticed(tmp_path: Path, kept: float) -> None:
    encode_lossless(tmp_path / "whole.mkv", noise(30, 32, 32), fps=25.0)
    whole = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "short.mkv").write_bytes(whole[: int(kept * len(whole))])

    with pytest.raises(StimulusError, match=r"short\.mkv is cut short: \d+ of 30 frames"):
        read_video(tmp_path / "short.mkv")


@pytest.mark.parametrize("name", ["v_Biking_g05_c02.avi", "v_JumpingJack_g14_c03.mp4"])
def test_a_real_clip_cut_short_is_noticed(tmp_path: Path, real_data: Path, name: str) -> None:
    whole = (real_data / "clips" / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])

    with pytest.raises(StimulusError, match=name):
        probe(tmp_path / name)


def test_a_clip_of_no_frames_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match="no frame to write"):
        encode_lossless(tmp_path / "none.mkv", [], fps=25.0)

    assert not (tmp_path / "none.mkv").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match=r"nowhere/clip\.mkv cannot be written"):
        encode_lossless(tmp_path / "nowhere" / "clip.mkv", noise(2, 32, 32), fps=25.0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_called_full() -> None:
    with pytest.raises(StimulusError, match="The disk is full"):
        encode_lossless(Path("/dev/full"), noise(20, 64, 64), fps=25.0)
