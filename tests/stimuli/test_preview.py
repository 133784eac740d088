"""Previews: what stands where in them, whole files or none, and which clips of a set they show."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stimuli.appearance_free import DEFAULT, appearance_free_frames
from stimuli.build import build_clips
from stimuli.errors import StimulusError
from stimuli.flow import FlowRecipe
from stimuli.flow_colours import flow_colours
from stimuli.preview import (
    Flow,
    Frame,
    Material,
    contact_sheet,
    material_of_file,
    material_of_set,
    noise_clip_of,
    pictures,
    recorded,
)
from stimuli.preview_command import preview
from stimuli.preview_files import gif_durations_ms, write_gif, write_mp4
from stimuli.strip import CAPTION_PX, GAP_PX
from stimuli.video import decode, probe, read_video


def moving(speeds_px: list[float], dots: int = 1) -> Material:
    """20x30 frames, frame i of grey value i, its flow to the right at `speeds_px[i]`."""

    def flow() -> Iterator[Flow]:
        return (np.full((20, 30, 2), (speed, 0), dtype=np.float32) for speed in speeds_px)

    def frames(height: int, width: int) -> Iterator[Frame]:
        return (np.full((height, width, 3), index, np.uint8) for index in range(len(speeds_px) + 1))

    return Material(25.0, lambda: frames(20, 30), flow, lambda _: frames(20 * dots, 30 * dots), "dis", "test")


def test_rgb_flow_and_noise_of_a_moment_stand_side_by_side() -> None:
    with recorded(moving([2.0, 4.0]), 10, lambda: None) as recording:
        shown = list(pictures(recording))
    assert len(shown) == 2
    assert shown[1].shape == (CAPTION_PX + 20, 3 * 30 + 2 * GAP_PX, 3)
    below = shown[1][CAPTION_PX:]
    assert (below[:, :30] == 1).all()
    assert (below[:, 30 + GAP_PX : 60 + GAP_PX] == (255, 0, 0)).all()
    assert (below[:, 60 + 2 * GAP_PX :] == 1).all()


def test_the_colours_of_all_moments_are_on_one_scale_which_is_written_on_them() -> None:
    with recorded(moving([2.0, 4.0]), 10, lambda: None) as recording:
        slow, fast = (moment.flow for moment in recording.moments())
    assert slow[0, 0].tolist() == flow_colours(np.array([[[2.0, 0.0]]]), 4.0)[0, 0].tolist()
    assert fast[0, 0].tolist() == [255, 0, 0]
    assert recording.captions[1] == "flow (dis), full colour at 4.0 px/frame"


def test_what_hardly_moves_is_not_blown_up() -> None:
    with recorded(moving([0.01, 0.02]), 10, lambda: None) as recording:
        assert recording.largest_px == 1.0


def test_no_more_is_asked_for_than_the_seconds_wanted() -> None:
    heard = []
    with recorded(moving([1.0] * 50), 0.4, lambda: heard.append(1)) as recording:
        assert len(recording) == len(heard) == len(list(recording.moments())) == 10


def test_noise_of_several_dots_a_pixel_is_shown_at_its_own_scale() -> None:
    with recorded(moving([1.0], dots=2), 10, lambda: None) as recording:
        (shown,) = pictures(recording)
    assert shown.shape == (CAPTION_PX + 40, 3 * 60 + 2 * GAP_PX, 3)


def test_a_contact_sheet_has_eight_moments_or_as_many_as_there_are() -> None:
    for frames, columns in ((30, 8), (3, 3)):
        with recorded(moving([1.0] * frames), 10, lambda: None) as recording:
            assert contact_sheet(recording).shape[1] == columns * 30 + (columns - 1) * GAP_PX


def test_the_noise_is_what_a_set_of_that_seed_holds(tmp_path: Path, clip_folder: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=4)
    clip = clip_folder / "Swing/v_Swing_g01_c01.mkv"
    material = material_of_file(clip, FlowRecipe(), DEFAULT, seed=4)
    with recorded(material, 10, lambda: None) as recording:
        noise = [moment.noise for moment in recording.moments()]
    kept = read_video(tmp_path / "set/afd5/Swing/v_Swing_g01_c01.mkv")
    assert (np.stack(noise) == kept[:-1]).all()


def test_of_a_set_its_own_noise_is_shown_for_either_clip(tmp_path: Path, clip_folder: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=4)
    for kind in ("ucf5", "afd5"):
        found = noise_clip_of(tmp_path / "set" / kind / "Swing/../Swing/v_Swing_g08_c01.mkv")
        assert found is not None
        assert found[1].clip_id == "AFD5/v_Swing_g08_c01"
        stimulus_set, clip = found
    with recorded(material_of_set(stimulus_set, clip), 10, lambda: None) as recording:
        moments = list(recording.moments())
    assert (moments[3].noise == read_video(tmp_path / "set/afd5/Swing/v_Swing_g08_c01.mkv")[3]).all()
    assert (moments[3].rgb == read_video(tmp_path / "set/ucf5/Swing/v_Swing_g08_c01.mkv")[3]).all()
    assert noise_clip_of(clip_folder / "Swing/v_Swing_g08_c01.mkv") is None
    assert noise_clip_of(tmp_path / "set/notes.mp4") is None


def test_mp4_plays_everywhere_also_where_a_side_is_odd(tmp_path: Path) -> None:
    import av

    grey = [np.full((21, 31, 3), value, np.uint8) for value in (0, 100, 200)]
    write_mp4(tmp_path / "out.mp4", grey, 29.97)
    info = probe(tmp_path / "out.mp4")
    assert (info.frames, info.width, info.height) == (3, 32, 22)
    assert info.fps == pytest.approx(29.97, abs=0.01)
    with av.open(os.fspath(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
    for frame, value in zip(decode(tmp_path / "out.mp4"), (0, 100, 200), strict=True):
        assert np.abs(frame[:20, :30].astype(int) - value).max() <= 6


def test_a_gif_has_every_frame_its_colours_and_the_length_of_the_clip(tmp_path: Path) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)] * 20
    shown = [np.full((20, 30, 3), colour, np.uint8) for colour in colours]
    write_gif(tmp_path / "out.gif", lambda: iter(shown), len(shown), 30.0)
    with Image.open(tmp_path / "out.gif") as gif:
        assert getattr(gif, "n_frames", 1) == 60
        assert gif.info["loop"] == 0
        total_ms = 0
        for index, colour in enumerate(colours):
            gif.seek(index)
            total_ms += gif.info["duration"]
            assert np.abs(np.asarray(gif.convert("RGB"))[5, 5].astype(int) - colour).max() <= 8
    assert total_ms == 2000


def test_gif_times_are_whole_hundredths_that_add_up() -> None:
    assert gif_durations_ms(3, 25.0) == [40, 40, 40]
    assert sorted(set(gif_durations_ms(30, 29.97))) == [30, 40]
    assert sum(gif_durations_ms(30, 29.97)) == 1000
    assert min(gif_durations_ms(10, 120.0)) == 20


def test_a_clip_that_ends_badly_leaves_the_former_preview_and_no_other_file(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"the former one")

    def damaged() -> Iterator[Frame]:
        yield np.zeros((20, 30, 3), np.uint8)
        raise StimulusError("The clip is damaged.")

    with pytest.raises(StimulusError, match="damaged"):
        write_mp4(out, damaged(), 25.0)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert out.read_bytes() == b"the former one"


def test_a_full_disk_is_a_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with pytest.raises(StimulusError, match=r"/dev/full/out.mp4 cannot be written"):
        write_mp4(Path("/dev/full/out.mp4"), [np.zeros((20, 30, 3), np.uint8)], 25.0)


def test_one_frame_is_refused(tmp_path: Path, write_clip: Callable[..., Path]) -> None:
    clip = write_clip(tmp_path / "one.mkv", count=1)
    material = material_of_file(clip, FlowRecipe(), DEFAULT, seed=0)
    with (
        pytest.raises(StimulusError, match="single frame"),
        recorded(material, 10, lambda: None),
    ):
        pass


def test_the_command_writes_a_video_and_a_contact_sheet(
    tmp_path: Path, write_clip: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    clip = write_clip(tmp_path / "clip.mkv")
    preview(clip, tmp_path / "new" / "out.gif", contact_sheet=True)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["out.gif", "out.png"]
    said = capsys.readouterr().out
    assert "out.gif: 5 frames at 25.00/s" in said
    assert "noise (advect)" in said


def test_a_clip_is_never_overwritten(tmp_path: Path, clip_folder: Path) -> None:
    clip = clip_folder / "Swing/v_Swing_g01_c01.mkv"
    gif = clip.rename(clip.with_suffix(".mp4"))
    before = gif.read_bytes()
    with pytest.raises(StimulusError, match="would overwrite the clip"):
        preview(gif, gif)
    build_clips(clip_folder, tmp_path / "set", seed=0)
    with pytest.raises(StimulusError, match="a clip of a stimulus set"):
        preview(gif, tmp_path / "set/ucf5/Swing/v_Swing_g01_c01.mp4")
    assert gif.read_bytes() == before


@pytest.mark.parametrize(("name", "said"), [("out.webm", "must end in"), ("out", "must end in")])
def test_an_unknown_kind_of_file_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(StimulusError, match=said):
        preview(tmp_path / "clip.mkv", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_options_that_do_not_go_together_are_refused(tmp_path: Path, write_clip: Callable[..., Path]) -> None:
    clip = write_clip(tmp_path / "clip.mkv")
    with pytest.raises(StimulusError, match="advect fills holes with fresh"):
        preview(clip, tmp_path / "out.mp4", fill="initial")
    with pytest.raises(StimulusError, match="drawn clips only"):
        preview(clip, tmp_path / "out.mp4", flow="exact")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mkv"]


@pytest.mark.parametrize("name", ["v_Swing_g11_c02.gif", "v_Biking_g05_c02.avi", "PullUps_pull_up.mp4"])
def test_real_clips(tmp_path: Path, real_data: Path, name: str) -> None:
    preview(real_data / "clips" / name, tmp_path / "out.mp4", seconds=0.5)
    assert probe(tmp_path / "out.mp4").frames in (12, 15)


def test_moments_can_be_asked_for_twice_and_are_the_same() -> None:
    flows = np.full((3, 20, 30, 2), (1.4, 0), np.float32)
    material = moving([1.4] * 3)
    material = Material(
        25.0,
        material.rgb,
        lambda: iter(flows),
        lambda given: appearance_free_frames(given, np.random.default_rng(0)),
        "dis",
        "advect",
    )
    with recorded(material, 10, lambda: None) as recording:
        first, second = ([moment.noise for moment in recording.moments()] for _ in range(2))
    assert (np.stack(first) == np.stack(second)).all()


def test_dots_and_matched_noise_are_shown_too(tmp_path: Path, write_clip: Callable[..., Path]) -> None:
    clip = write_clip(tmp_path / "clip.mkv")
    preview(clip, tmp_path / "out.png", dots=2, noise="matched")
    with Image.open(tmp_path / "out.png") as sheet:
        assert sheet.size[0] == 5 * 128 + 4 * GAP_PX
        noise = np.asarray(sheet)[-96:, :128]
    clip_values = read_video(clip)[..., 0]
    assert abs(noise[..., 0].mean() - clip_values.mean()) < 5
    assert noise[..., 0].max() <= np.ceil(clip_values.mean() + clip_values.std())
