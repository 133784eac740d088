"""Clips become a set: what stands in it, and how its noise is made."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from stimuli.appearance_free import appearance_free_video, noise_seed
from stimuli.build import Making, Work, build_clips, build_synthetic
from stimuli.description import read_description
from stimuli.errors import StimulusError
from stimuli.flow import FlowRecipe, flow_estimator
from stimuli.manifest import read_stimulus_set, verify_stimulus_set
from stimuli.size_estimate import SizeEstimate
from stimuli.video import decode, probe, read_video
from tests.stimuli.set_contents import contents


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
