"""Videos as people have them: what can be used is used, what cannot is named with a reason."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from stimuli.audit.stream import stream_facts
from stimuli.build import build_clips
from stimuli.errors import StimulusError
from stimuli.frame_times import uneven_frame
from stimuli.manifest import verify_stimulus_set
from stimuli.video import probe

Write = Callable[..., Path]


def encode(
    path: Path,
    frames: np.ndarray,
    codec: str = "mpeg4",
    pixel_format: str = "yuv420p",
    times: Sequence[int] | None = None,
    **options: str,
) -> Path:
    """A video of 25 frames a second; `times` in frames, where they are not 0, 1, 2 and so on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = pixel_format
        for index, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            picture.pts = index if times is None else times[index]
            picture.time_base = Fraction(1, 25)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("name", "shape", "how"),
    [
        ("grey.mkv", {}, {"codec": "ffv1", "pixel_format": "gray"}),
        ("ten_bit.mkv", {}, {"codec": "ffv1", "pixel_format": "yuv420p10le"}),
        ("ten_bit.mp4", {}, {"codec": "libx264", "pixel_format": "yuv420p10le"}),
        ("odd_size.mkv", {"height": 47, "width": 65}, {"codec": "ffv1", "pixel_format": "yuv444p"}),
        ("b_frames.avi", {}, {"bf": "2"}),
        ("b_frames.mp4", {}, {"codec": "libx264", "bf": "3"}),
        ("two_frames.avi", {"count": 2}, {}),
    ],
)
def test_what_is_unusual_works(
    tmp_path: Path, drifting_texture: Callable[..., np.ndarray], name: str, shape: dict, how: dict
) -> None:
    frames = drifting_texture(**{"count": 12, **shape})
    encode(tmp_path / "clips" / "train" / "Swing" / name, frames, **how)

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0)

    assert outcome.failed == ()
    assert verify_stimulus_set(outcome.stimulus_set) == ()
    rgb, noise = outcome.stimulus_set.clips
    assert (rgb.frames, rgb.height, rgb.width) == frames.shape[:3]
    assert (noise.frames, noise.fps, noise.height, noise.width) == (rgb.frames, 25.0, *frames.shape[1:3])
    assert probe(outcome.stimulus_set.path_of(noise)).frames == rgb.frames


def sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def unreadable(path: Path) -> None:
    path.symlink_to("/proc/self/mem")  # opens, and gives an error at the first byte
    if not path.is_file():
        pytest.skip("needs a file that opens and cannot be read")


def test_each_clip_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, drifting_texture: Callable[..., np.ndarray], write_clip: Write
) -> None:
    # Given one good clip and one of each kind that cannot be shown
    folder = tmp_path / "clips" / "test" / "Swing"
    write_clip(folder / "good.mkv")
    frames = drifting_texture(count=12)
    whole = encode(folder / "truncated.avi", frames).read_bytes()
    (folder / "truncated.avi").write_bytes(whole[: len(whole) // 2])
    (folder / "zero_length.avi").write_bytes(b"")
    sound(folder / "audio_only.avi")
    encode(folder / "stalls.mp4", frames, "libx264", times=[0, 1, 2, 3, 4, 5, 26, 27, 28, 29, 30, 31])
    encode(folder / "stutters.mkv", frames, "libx264", times=[0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21])
    encode(folder / "one_frame.avi", frames[:1])
    unreadable(folder / "unreadable.avi")

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0)

    reasons = {failed.name: failed.reason for failed in outcome.failed}
    for name, reason in {
        "truncated": "truncated.avi",
        "zero_length": "cannot be read as video",
        "audio_only": "holds no video stream",
        "stalls": "does not keep a constant rate",
        "stutters": "-fps_mode cfr",
        "one_frame": "Swing/one_frame.avi: it holds a single frame; leave it out",
        "unreadable": "cannot be read as video (input/output error)",
    }.items():
        assert reason in reasons.pop(name)
    assert reasons == {}
    assert [clip.clip_id for clip in outcome.stimulus_set.clips] == ["UCF5/good", "AFD5/good"]


@pytest.mark.parametrize(
    ("times_s", "fps", "tick_s", "uneven"),
    [
        ([0.04 * i for i in range(50)], 25, 0.001, None),
        ([round(i / 30, 3) for i in range(90)], 30, 0.001, None),
        ([round(i / 29.97, 2) for i in range(90)], 29.97, 0.01, None),  # a GIF
        ([0.0, *(0.04 * i for i in range(2, 50))], 25, 0.04, None),  # an AVI with B-frames
        ([None, *(0.04 * i for i in range(50))], 25, 0.04, None),
        ([0.04 * i for i in range(20)] + [0.04 * i + 0.4 for i in range(20, 40)], 25, 0.001, 20),
        ([0.04 * i + (0.02 if i % 2 else 0) for i in range(40)], 25, 0.001, 2),
    ],
)
def test_frames_are_evenly_spaced_or_not(
    times_s: list[float | None], fps: float, tick_s: float, uneven: int | None
) -> None:
    assert uneven_frame(times_s, fps, tick_s) == uneven


def test_a_coding_that_nothing_here_decodes_is_named(
    tmp_path: Path, drifting_texture: Callable[..., np.ndarray]
) -> None:
    clip = encode(tmp_path / "clip.mkv", drifting_texture(), codec="ffv1", pixel_format="yuv444p")
    clip.write_bytes(clip.read_bytes().replace(b"V_FFV1", b"V_FFV9"))
    for question in (probe, stream_facts):
        with pytest.raises(StimulusError, match=r"clip\.mkv is coded in a way that cannot be decoded"):
            question(clip)


def test_a_few_bytes_that_stand_for_a_huge_picture_are_refused(
    tmp_path: Path, drifting_texture: Callable[..., np.ndarray]
) -> None:
    clip = encode(tmp_path / "clip.gif", drifting_texture(), codec="gif", pixel_format="rgb8")
    content = bytearray(clip.read_bytes())
    content[6:10] = struct.pack("<HH", 20_000, 9_000)
    clip.write_bytes(bytes(content))
    with pytest.raises(StimulusError, match="is 20000 x 9000 pixels large; allowed are 33,177,600"):
        probe(clip)


@pytest.mark.parametrize(
    "script",
    [
        "ffconcat version 1.0\nfile secret.mkv\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mkv\n#EXT-X-ENDLIST\n",
    ],
)
@pytest.mark.parametrize("name", ["clip.avi", "clip.mkv", "clip.mp4", "concat:clip.gif"])
def test_a_list_of_other_files_is_no_video(
    tmp_path: Path, drifting_texture: Callable[..., np.ndarray], script: str, name: str
) -> None:
    encode(tmp_path / "secret.mkv", drifting_texture())
    (tmp_path / name).write_text(script, encoding="ascii")
    with pytest.raises(StimulusError, match=f"{name} cannot be read as video"):
        probe(tmp_path / name)


def test_all_real_clips_keep_their_rate(real_data: Path) -> None:
    clips = [path for path in (real_data / "clips").iterdir() if path.suffix in (".avi", ".gif", ".mp4")]

    assert len(clips) == 10
    for clip in clips:
        assert probe(clip).frames >= 58
