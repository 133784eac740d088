"""Clips become a set that is whole or not there."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from stimuli.appearance_free import appearance_free_video, noise_seed
from stimuli.build import Making, Work, build_clips, build_synthetic
from stimuli.description import read_description
from stimuli.errors import DiskFull, StimulusError
from stimuli.flow import FlowRecipe, flow_estimator
from stimuli.making import Job, make_clip
from stimuli.manifest import read_stimulus_set, verify_stimulus_set
from stimuli.size_estimate import SizeEstimate, check_disk
from stimuli.sources import Source
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
    build_clips(clip_folder, tmp_path / "alone", seed=1, work=Work(workers=1))
    build_clips(clip_folder, tmp_path / "together", seed=1, work=Work(workers=2))

    assert contents(tmp_path / "alone") == contents(tmp_path / "together")


def test_the_recipe_is_kept(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=7)

    description = json.loads((tmp_path / "set" / "stimulus_set.json").read_text())

    assert description["format"] == 2
    assert description["seed"] == 7
    assert (description["source"], description["flow"]) == ("clips", "dis")
    assert (description["method"], description["fill"], description["noise"]) == ("advect", "fresh", "rgb")
    assert set(description["software"]) >= {"python", "numpy", "opencv", "pyav"}


@pytest.mark.parametrize(
    "making",
    [
        Making(method="recursive", fill="initial", noise="gray"),
        Making(method="first-frame", noise="binary"),
        Making(flow=FlowRecipe("farneback"), dots=2),
    ],
    ids=str,
)
def test_the_noise_is_made_as_told(clip_folder: Path, tmp_path: Path, making: Making) -> None:
    outcome = build_clips(clip_folder, tmp_path / "set", seed=7, making=making)

    generator = read_description(tmp_path / "set").recipe.generator
    assert (generator.method, generator.noise, generator.dots) == (making.method, making.noise, making.dots)
    assert build_clips(clip_folder, tmp_path / "set", seed=7, making=making).existed
    source = decode(outcome.stimulus_set.path_of(outcome.stimulus_set.by_id("UCF5/v_Swing_g01_c01")))
    flow = np.stack(list(flow_estimator(making.flow or FlowRecipe()).flows(source)))
    expected = appearance_free_video(flow, noise_seed(7, "AFD5/v_Swing_g01_c01"), generator)
    noise = outcome.stimulus_set.path_of(outcome.stimulus_set.by_id("AFD5/v_Swing_g01_c01"))
    assert np.array_equal(read_video(noise), expected)


def test_a_finished_set_is_left_as_it_is(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=1)
    manifest = tmp_path / "set" / "manifest.tsv"
    before = manifest.stat().st_mtime_ns

    again = build_clips(
        clip_folder, tmp_path / "set", seed=1, work=Work(on_estimate=lambda _: pytest.fail("builds"))
    )

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
        build_clips(clip_folder, out, seed=1, making=Making(method="recursive", noise="gray"))
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
def test_clips_that_fail_are_named_and_the_rest_is_built(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path], workers: int
) -> None:
    # Given a file that is no video, a clip of one frame and one too small for flow
    (clip_folder / "Swing" / "v_Swing_g02_c01.mp4").write_bytes(b"not a video")
    write_clip(clip_folder / "Swing" / "v_Swing_g03_c01.mkv", count=1)
    write_clip(clip_folder / "Swing" / "v_Swing_g04_c01.mkv", height=8, width=8)

    outcome = build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(workers))

    # then each is named with a reason, and both conditions of the others are there
    assert [failed.name for failed in outcome.failed] == [
        f"v_Swing_g{group}_c01" for group in ("02", "03", "04")
    ]
    for failed, reason in zip(
        outcome.failed,
        (r"v_Swing_g02_c01.mp4 cannot be read as video", "holds a single frame", "8x8 pixels are too small"),
        strict=True,
    ):
        assert reason in failed.reason
    assert verify_stimulus_set(outcome.stimulus_set) == ()
    assert len(outcome.stimulus_set.clips) == 6
    assert read_description(tmp_path / "set").failed == outcome.failed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clips", "set"]


def test_failed_clips_are_tried_again_by_the_next_build(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    # Given a set without a clip that could not be read
    broken = clip_folder / "Swing" / "v_Swing_g02_c01.mkv"
    broken.write_bytes(b"not a video")
    first = build_clips(clip_folder, tmp_path / "set", seed=0)
    kept = {
        clip.path: first.stimulus_set.path_of(clip).stat().st_mtime_ns for clip in first.stimulus_set.clips
    }

    # when it still cannot, nothing is lost
    assert [each.name for each in build_clips(clip_folder, tmp_path / "set", seed=0).failed] == [broken.stem]
    # and when it can, it joins the others, which are left as they are
    write_clip(broken, seed=8)
    second = build_clips(clip_folder, tmp_path / "set", seed=0)

    assert (second.failed, second.existed) == ((), False)
    assert all((tmp_path / "set" / path).stat().st_mtime_ns == time for path, time in kept.items())
    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(tmp_path / "set") == contents(tmp_path / "at once")
    assert build_clips(clip_folder, tmp_path / "set", seed=0).existed


def test_a_set_of_no_clip_is_none(clip_folder: Path, tmp_path: Path) -> None:
    for clip in clip_folder.rglob("*.mkv"):
        clip.write_bytes(b"")

    with pytest.raises(StimulusError, match=r"None of the 3 clips could be made; .*cannot be read"):
        build_clips(clip_folder, tmp_path / "new" / "set", seed=0)

    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_an_interrupted_build_goes_on_where_it_was(clip_folder: Path, tmp_path: Path) -> None:
    # Given a build that was interrupted after its first clip
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(on_progress=interrupt))
    assert not (tmp_path / "set").exists()
    (first,) = (tmp_path / ".set.unfinished").rglob("afd5/*/*.mkv")
    made_ns = first.stat().st_mtime_ns

    # then another recipe is told so
    with pytest.raises(StimulusError, match=r"has 1 clips of another recipe \(seed 0 instead of 1\)"):
        build_clips(clip_folder, tmp_path / "set", seed=1)
    # and the same one keeps the clip
    told: list[SizeEstimate] = []
    build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(on_estimate=told.append))

    assert told[0].clips == 4
    kept = tmp_path / "set" / first.relative_to(tmp_path / ".set.unfinished" / "set")
    assert kept.stat().st_mtime_ns == made_ns
    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(tmp_path / "set") == contents(tmp_path / "at once")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("needs root on Linux, to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_ends_the_build_and_keeps_what_is_finished(
    clip_folder: Path, tmp_path: Path, small_disk: Path
) -> None:
    # Given a disk that somebody else fills after the first clip
    filler = small_disk / "filler"

    def fill(*_: object) -> None:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    with pytest.raises(DiskFull, match="The disk is full"):
        build_clips(clip_folder, small_disk / "set", seed=0, work=Work(on_progress=fill))
    assert not (small_disk / "set").exists()

    # when there is room again, the build goes on
    filler.unlink()
    told: list[SizeEstimate] = []
    build_clips(clip_folder, small_disk / "set", seed=0, work=Work(on_estimate=told.append))

    assert told[0].clips == 4
    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(small_disk / "set") == contents(tmp_path / "at once")


def test_a_clip_that_changed_since_is_made_again(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    # Given an interrupted build whose first source has become another, and whose second clip was damaged
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(on_progress=interrupt))
    write_clip(clip_folder / "Lunges" / "v_Lunges_g02_c01.mkv", seed=77, count=9)
    damaged = tmp_path / ".set.unfinished" / "set" / "afd5" / "Swing" / "v_Swing_g01_c01.mkv"
    damaged.write_bytes(damaged.read_bytes()[:-100])

    build_clips(clip_folder, tmp_path / "set", seed=0)

    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(tmp_path / "set") == contents(tmp_path / "at once")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills")
def test_a_clip_that_kills_its_process_is_named_and_the_rest_is_built(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a clip whose decoder takes the whole process along
    monkeypatch.setattr("stimuli.assembly.make_clip", kill_over_the_first_swing)

    outcome = build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(2))

    assert [failed.name for failed in outcome.failed] == ["v_Swing_g01_c01"]
    assert "was killed" in outcome.failed[0].reason
    assert len(outcome.stimulus_set.clips) == 4
    assert verify_stimulus_set(outcome.stimulus_set) == ()


def kill_over_the_first_swing(job: Job, source: Source) -> object:
    if source.stem == "v_Swing_g01_c01":
        os.kill(os.getpid(), signal.SIGKILL)
    return make_clip(job, source)


def test_matched_noise_is_as_bright_and_varied_as_the_clips(clip_folder: Path, tmp_path: Path) -> None:
    making = Making(noise="matched")
    outcome = build_clips(clip_folder, tmp_path / "set", seed=0, making=making)

    levels = read_description(tmp_path / "set").levels
    assert levels is not None
    of_condition = {
        condition: np.concatenate(
            [
                read_video(outcome.stimulus_set.path_of(clip)).reshape(-1, 3)
                for clip in outcome.stimulus_set.clips
                if clip.condition == condition
            ]
        )
        for condition in ("UCF5", "AFD5")
    }
    assert of_condition["UCF5"].mean(0) == pytest.approx(levels.mean, abs=1e-6)
    assert of_condition["UCF5"].std(0) == pytest.approx(levels.std, abs=1e-6)
    assert of_condition["AFD5"].mean(0) == pytest.approx(levels.mean, abs=2)
    assert (of_condition["AFD5"].max(0) <= np.add(levels.mean, levels.std) + 0.5).all()
    assert build_clips(clip_folder, tmp_path / "set", seed=0, making=making).existed
    build_clips(clip_folder, tmp_path / "two", seed=0, making=making, work=Work(2))
    assert contents(tmp_path / "set") == contents(tmp_path / "two")


@pytest.mark.campaign
def test_drawn_clips_can_have_estimated_flow_and_matched_noise(tmp_path: Path) -> None:
    making = Making(FlowRecipe("dis"), noise="matched")

    outcome = build_synthetic(tmp_path / "set", per_class=2, seed=5, making=making, work=Work(2))

    description = read_description(tmp_path / "set")
    assert (description.flow, description.noise) == ("dis", "matched")
    assert len(outcome.stimulus_set.clips) == 20


def test_exact_flow_of_found_clips_is_refused(clip_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match="Exact flow is known for drawn clips only"):
        build_clips(clip_folder, tmp_path / "set", seed=0, making=Making(FlowRecipe("exact")))

    assert not (tmp_path / "set").exists()


def test_a_set_of_an_earlier_generator_is_refused_by_building_alone(
    clip_folder: Path, tmp_path: Path
) -> None:
    # Given a set from before versions were kept
    build_clips(clip_folder, tmp_path / "set", seed=0)
    path = tmp_path / "set" / "stimulus_set.json"
    kept = json.loads(path.read_text())
    first_format = ("source", "per_class", "seed", "flow", "method", "fill", "noise", "software")
    path.write_text(json.dumps({"format": 1} | {key: kept[key] for key in first_format}))

    with pytest.raises(StimulusError, match=r"generator_version 1 instead of \d"):
        build_clips(clip_folder, tmp_path / "set", seed=0)

    assert read_description(tmp_path / "set").generator_version == 1
    assert verify_stimulus_set(read_stimulus_set(tmp_path / "set")) == ()


def test_the_size_is_told_before_and_is_about_right(tmp_path: Path, write_clip: Callable[..., Path]) -> None:
    # Given clips longer than what is looked at
    for seed in range(3):
        path = tmp_path / "clips" / "Swing" / f"v_Swing_g01_c{seed:02d}.mkv"
        write_clip(path, seed=seed, count=40, height=120, width=160, step=1 + seed)
    told: list[SizeEstimate] = []

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0, work=Work(on_estimate=told.append))

    assert told[0].clips == 6
    assert told[0].expected_bytes == pytest.approx(outcome.size_bytes, rel=0.25)
    assert told[0].needed_bytes > told[0].expected_bytes


def test_a_disk_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match=r"set has [\d,.]+ MB free and 1,400,000,000 MB are needed"):
        check_disk(tmp_path / "nowhere" / "set", clips=2, expected_bytes=10**15)

    assert not (tmp_path / "nowhere").exists()


def test_drawn_clips_make_a_set_too(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []

    outcome = build_synthetic(
        tmp_path / "set", per_class=2, seed=5, work=Work(2, on_progress=lambda *at: seen.append(at))
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

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0, work=Work(2, on_estimate=told.append))

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
