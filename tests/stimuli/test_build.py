"""Clips become a set that is whole or not there."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stimuli.appearance_free import Generator, appearance_free_video, noise_seed
from stimuli.build import build_clips, build_synthetic
from stimuli.description import read_description
from stimuli.errors import StimulusError
from stimuli.flow import DisFlow, flow_of_video
from stimuli.manifest import read_stimulus_set, verify_stimulus_set
from stimuli.size_estimate import SizeEstimate, check_disk
from stimuli.video import decode, probe, read_video


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_clip_stands_beside_its_noise(clip_folder: Path, tmp_path: Path) -> None:
    outcome = build_clips(clip_folder, tmp_path / "set", seed=3)

    stimulus_set = outcome.stimulus_set
    assert not outcome.existed
    assert verify_stimulus_set(stimulus_set) == ()
    assert [clip.clip_id for clip in stimulus_set.clips] == [
        "UCF5/v_Lunges_g02_c01",
        "UCF5/v_Swing_g01_c01",
        "UCF5/v_Swing_g08_c01",
        "AFD5/v_Lunges_g02_c01",
        "AFD5/v_Swing_g01_c01",
        "AFD5/v_Swing_g08_c01",
    ]
    noise = stimulus_set.by_id("AFD5/v_Swing_g08_c01")
    source = stimulus_set.by_id("UCF5/v_Swing_g08_c01")
    assert noise.source_clip_id == source.clip_id
    assert (noise.split, noise.group, noise.path) == ("train", 8, "afd5/Swing/v_Swing_g08_c01.mkv")
    assert (noise.frames, noise.fps, noise.width, noise.height) == (7, 25.0, 64, 48)
    assert probe(stimulus_set.path_of(noise)) == probe(stimulus_set.path_of(source))
    original = clip_folder / "Swing" / "v_Swing_g08_c01.mkv"
    assert stimulus_set.path_of(source).read_bytes() == original.read_bytes()
    assert outcome.size_bytes == sum(stimulus_set.path_of(clip).stat().st_size for clip in stimulus_set.clips)


def test_the_noise_moves_as_the_clip_does(clip_folder: Path, tmp_path: Path) -> None:
    # Given a texture that drifts two columns to the right per frame
    stimulus_set = build_clips(clip_folder, tmp_path / "set", seed=0).stimulus_set

    noise = read_video(stimulus_set.path_of(stimulus_set.by_id("AFD5/v_Swing_g01_c01")))

    # then so does most of the noise
    for before, after in itertools.pairwise(noise):
        moved = (after[:, 2:] == before[:, :-2]).all(axis=-1)
        assert moved.mean() > 0.7


def test_no_two_clips_of_a_set_share_a_noise_frame(clip_folder: Path, tmp_path: Path) -> None:
    stimulus_set = build_clips(clip_folder, tmp_path / "set", seed=0).stimulus_set

    frames = [
        frame.tobytes()
        for clip in stimulus_set.clips
        if clip.condition == "AFD5"
        for frame in decode(stimulus_set.path_of(clip))
    ]

    assert len(set(frames)) == len(frames) == 6 + 7 + 8


def test_workers_change_nothing(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "alone", seed=1, workers=1)
    build_clips(clip_folder, tmp_path / "together", seed=1, workers=2)

    assert contents(tmp_path / "alone") == contents(tmp_path / "together")


def test_the_recipe_is_kept(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=7)

    description = json.loads((tmp_path / "set" / "stimulus_set.json").read_text())

    assert description["format"] == 1
    assert description["seed"] == 7
    assert (description["source"], description["flow"]) == ("clips", "dis")
    assert (description["method"], description["fill"], description["noise"]) == ("advect", "fresh", "rgb")
    assert set(description["software"]) >= {"python", "numpy", "opencv", "pyav"}


@pytest.mark.parametrize(
    "generator",
    [Generator("recursive", "initial", "gray"), Generator("first-frame", "initial", "binary")],
    ids=str,
)
def test_the_noise_is_made_as_told(clip_folder: Path, tmp_path: Path, generator: Generator) -> None:
    outcome = build_clips(clip_folder, tmp_path / "set", seed=7, generator=generator)

    assert read_description(tmp_path / "set").recipe.generator == generator
    assert build_clips(clip_folder, tmp_path / "set", seed=7, generator=generator).existed
    source = decode(outcome.stimulus_set.path_of(outcome.stimulus_set.by_id("UCF5/v_Swing_g01_c01")))
    flow = np.stack(list(flow_of_video(source, DisFlow())))
    expected = appearance_free_video(flow, noise_seed(7, "AFD5/v_Swing_g01_c01"), generator)
    noise = outcome.stimulus_set.path_of(outcome.stimulus_set.by_id("AFD5/v_Swing_g01_c01"))
    assert np.array_equal(read_video(noise), expected)


def test_a_finished_set_is_left_as_it_is(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=1)
    manifest = tmp_path / "set" / "manifest.tsv"
    before = manifest.stat().st_mtime_ns

    again = build_clips(clip_folder, tmp_path / "set", seed=1, on_estimate=lambda _: pytest.fail("builds"))

    assert again.existed
    assert manifest.stat().st_mtime_ns == before


def test_another_set_is_never_overwritten(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    out = tmp_path / "set"
    build_clips(clip_folder, out, seed=1)
    before = contents(out)

    with pytest.raises(StimulusError, match=r"holds another stimulus set .*seed 1 instead of 2"):
        build_clips(clip_folder, out, seed=2)
    with pytest.raises(StimulusError, match=r"method advect instead of recursive, noise rgb instead of gray"):
        build_clips(clip_folder, out, seed=1, generator=Generator("recursive", noise="gray"))
    with pytest.raises(StimulusError, match="source clips instead of synthetic"):
        build_synthetic(out, per_class=2, seed=1)
    write_clip(clip_folder / "Swing" / "v_Swing_g09_c01.mkv", seed=9)
    with pytest.raises(StimulusError, match="built from other clips"):
        build_clips(clip_folder, out, seed=1)

    assert contents(out) == before


def test_a_folder_with_something_else_in_it_is_left_alone(clip_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match="exists and is no stimulus set"):
        build_clips(tmp_path / "clips", tmp_path, seed=0)
    with pytest.raises(StimulusError, match="lies inside the folder of clips"):
        build_clips(clip_folder, clip_folder / "set", seed=0)

    (tmp_path / "prepared").mkdir()
    assert not build_clips(clip_folder, tmp_path / "prepared", seed=0).existed


@pytest.mark.parametrize("workers", [1, 2])
def test_a_clip_that_does_not_decode_is_named_before_anything_is_written(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path], workers: int
) -> None:
    broken = clip_folder / "Swing" / "v_Swing_g02_c01.mp4"
    broken.write_bytes(b"not a video")
    with pytest.raises(StimulusError, match=r"v_Swing_g02_c01\.mp4 cannot be read as video"):
        build_clips(clip_folder, tmp_path / "set", seed=0, workers=workers)
    broken.unlink()

    write_clip(clip_folder / "Swing" / "v_Swing_g02_c01.mkv", count=1)
    with pytest.raises(StimulusError, match=r"v_Swing_g02_c01\.mkv holds a single frame"):
        build_clips(clip_folder, tmp_path / "set", seed=0, workers=workers)

    write_clip(clip_folder / "Swing" / "v_Swing_g02_c01.mkv", height=8, width=8)
    with pytest.raises(StimulusError, match=r"v_Swing_g02_c01\.mkv .* 8x8 pixels are too small"):
        build_clips(clip_folder, tmp_path / "set", seed=0, workers=workers)

    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_a_build_that_fails_half_way_leaves_nothing(clip_folder: Path, tmp_path: Path) -> None:
    # Given a clip that is taken away after all have been checked
    last = clip_folder / "Swing" / "v_Swing_g08_c01.mkv"

    with pytest.raises(StimulusError, match=r"v_Swing_g08_c01\.mkv cannot be copied"):
        build_clips(clip_folder, tmp_path / "set", seed=0, on_estimate=lambda _: last.unlink())

    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_the_size_is_told_before_and_is_about_right(tmp_path: Path, write_clip: Callable[..., Path]) -> None:
    # Given clips longer than the second that is looked at
    for seed in range(3):
        path = tmp_path / "clips" / "Swing" / f"v_Swing_g01_c{seed:02d}.mkv"
        write_clip(path, seed=seed, count=40, height=120, width=160, step=1 + seed)
    told: list[SizeEstimate] = []

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0, on_estimate=told.append)

    assert told[0].clips == 6
    assert told[0].expected_bytes == pytest.approx(outcome.size_bytes, rel=0.25)
    assert told[0].needed_bytes > told[0].expected_bytes


def test_a_disk_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match=r"set has [\d,.]+ MB free and 1,250,000,000 MB are needed"):
        check_disk(tmp_path / "nowhere" / "set", clips=2, expected_bytes=10**15)

    assert not (tmp_path / "nowhere").exists()


def test_drawn_clips_make_a_set_too(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []

    outcome = build_synthetic(
        tmp_path / "set", per_class=2, seed=5, workers=2, on_progress=lambda *at: seen.append(at)
    )

    stimulus_set = outcome.stimulus_set
    assert verify_stimulus_set(stimulus_set) == ()
    assert len(stimulus_set.clips) == 2 * 2 * 5
    assert seen[-1] == ("build", 10, 10)
    for clip in stimulus_set.clips:
        assert (clip.width, clip.height, clip.fps) == (320, 240, 25.0)
        assert 2.0 <= clip.duration_s <= 6.0
    noise = stimulus_set.by_id("AFD5/v_Lunges_g08_c01")
    first = next(decode(stimulus_set.path_of(noise)))
    assert first.std() == pytest.approx(73.9, abs=0.5)
    assert probe(stimulus_set.path_of(noise)).frames == noise.frames


def test_real_clips_make_a_set(tmp_path: Path, real_data: Path) -> None:
    clips = real_data / "clips"
    for name in ("v_JumpingJack_g14_c03.mp4", "v_JumpingJack_g17_c03.mp4", "v_Swing_g11_c02.gif"):
        folder = tmp_path / "clips" / name.split("_")[1]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(clips / name)
    (tmp_path / "clips" / "test" / "Biking").mkdir(parents=True)
    (tmp_path / "clips" / "test" / "Biking" / "biking.avi").symlink_to(clips / "v_Biking_g05_c02.avi")
    told: list[SizeEstimate] = []

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0, workers=2, on_estimate=told.append)

    assert verify_stimulus_set(outcome.stimulus_set) == ()
    assert told[0].needed_bytes > outcome.size_bytes
    by_id = {clip.clip_id: clip for clip in read_stimulus_set(tmp_path / "set").clips}
    assert by_id["UCF5/v_Swing_g11_c02"].path == "ucf5/Swing/v_Swing_g11_c02.gif"
    assert by_id["AFD5/v_Swing_g11_c02"].frames == 126
    assert (by_id["AFD5/biking"].split, by_id["AFD5/biking"].group) == ("test", 101)
    assert by_id["AFD5/biking"].fps == by_id["UCF5/biking"].fps == 30000 / 1001
    for clip in by_id.values():
        info = probe(outcome.stimulus_set.path_of(clip))
        assert (info.frames, info.fps, info.width, info.height) == (
            clip.frames,
            clip.fps,
            clip.width,
            clip.height,
        )
    noise = read_video(outcome.stimulus_set.path_of(by_id["AFD5/v_JumpingJack_g14_c03"]))
    assert all(abs(frame.std() - 73.9) < 0.5 for frame in noise)
    assert np.mean(noise[0] == noise[-1]) < 0.9
