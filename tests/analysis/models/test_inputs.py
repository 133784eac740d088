from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.models.flow_sources import FlowSource, observer_name
from analysis.models.inputs import FASTEST, Array, ClipReader, sides_per_second
from analysis.models.spec import StreamSpec
from stimuli.clip import Clip
from stimuli.description import Recipe, write_description
from stimuli.flow import FlowName
from stimuli.flow_cache import FlowCache
from stimuli.making import noise_of_drawn
from stimuli.manifest import StimulusSet, file_sha256, read_stimulus_set, write_manifest
from stimuli.source_flow import source_flow
from stimuli.synthetic import RENDERER_VERSION, RenderedClip, render_clip
from stimuli.video import decode, encode_lossless, encode_rgb

PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
RGB = StreamSpec("rgb", 4, 12, 96, 112, *PLAIN)
FLOW = StreamSpec("flow", 4, 12, 96, 112, (0.0, 0.0), (1.0, 1.0))
COLOURS = StreamSpec("flow-colours", 4, 12, 96, 112, *PLAIN)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    """The first 40 frames of one drawn clip and of its noise, as a set with exact flow."""
    root = tmp_path_factory.mktemp("drawn")
    recipe = recipe_of("exact")
    clip = render_clip("Swing", 1, 1, recipe.seed)
    short = RenderedClip(clip.frames[:40], clip.flow[:39], clip.depth[:39])
    rgb, noise = root / "ucf5/Swing/v_Swing_g01_c01.mkv", root / "afd5/Swing/v_Swing_g01_c01.mkv"
    for path in (rgb, noise):
        path.parent.mkdir(parents=True)
    encode_rgb(rgb, short.frames, 25.0)
    encode_lossless(noise, noise_of_drawn(recipe, "v_Swing_g01_c01", short), 25.0)
    of_rgb = row(root, rgb, 40, 25.0, (240, 320))
    of_noise = replace(
        row(root, noise, 40, 25.0, (240, 320)),
        clip_id="AFD5/v_Swing_g01_c01",
        condition="AFD5",
        source_clip_id="UCF5/v_Swing_g01_c01",
    )
    write_manifest(root, [of_rgb, of_noise])
    write_description(root, recipe)
    return read_stimulus_set(root)


def recipe_of(flow: FlowName) -> Recipe:
    return Recipe(
        source="synthetic" if flow == "exact" else "clips",
        seed=0,
        flow=flow,
        method="advect",
        fill="fresh",
        noise="rgb",
        renderer_version=RENDERER_VERSION if flow == "exact" else None,
    )


def row(root: Path, path: Path, frames: int, fps: float, size: tuple[int, int]) -> Clip:
    group = int(path.stem[-6:-4])
    return Clip(
        clip_id=f"UCF5/{path.stem}",
        condition="UCF5",
        action="Swing",
        group=group,
        split="test" if group < 8 else "train",
        path=path.relative_to(root).as_posix(),
        sha256=file_sha256(path),
        frames=frames,
        fps=fps,
        width=size[1],
        height=size[0],
        source_clip_id=None,
    )


def sliding_set(
    root: Path, *, height: int = 96, fps: float = 25.0, step: int = 2, frames: int = 50
) -> tuple[StimulusSet, Clip]:
    """One clip of a texture that slides to the right by `step` pixels a frame."""
    rng = np.random.default_rng(0)
    width = height * 4 // 3
    coarse = rng.integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    texture = np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)
    path = root / "ucf5/Swing/v_Swing_g08_c01.mkv"
    path.parent.mkdir(parents=True)
    encode_lossless(
        path, (np.ascontiguousarray(np.roll(texture, step * i, axis=1)) for i in range(frames)), fps
    )
    clip = row(root, path, frames, fps, texture.shape[:2])
    return StimulusSet(root, (clip,), "0" * 64), clip


def clip_streams(
    stimuli: StimulusSet,
    clip: Clip,
    streams: Sequence[StreamSpec],
    flow: FlowSource | None = None,
    views: int = 1,
) -> list[tuple[Array, ...]]:
    return ClipReader(stimuli, streams, flow).views(clip, views)


def test_streams_have_the_shapes_that_the_network_wants(drawn: StimulusSet) -> None:
    clip = drawn.by_id("AFD5/v_Swing_g01_c01")
    views = clip_streams(drawn, clip, (RGB, FLOW, COLOURS), views=2)
    assert [[stream.shape for stream in view] for view in views] == [
        [(3, 4, 96, 96), (2, 4, 96, 96), (3, 4, 96, 96)]
    ] * 2
    assert all(stream.dtype == np.float32 for view in views for stream in view)
    again = clip_streams(drawn, clip, (RGB, FLOW, COLOURS), views=2)
    for view, same in zip(views, again, strict=True):
        for stream, twin in zip(view, same, strict=True):
            np.testing.assert_array_equal(stream, twin)


def test_a_stream_at_the_size_of_the_clip_is_its_own_pixels(tmp_path: Path) -> None:
    stimuli, clip = sliding_set(tmp_path)
    whole = StreamSpec("rgb", 2, 3, 96, 96, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    ((shown,),) = clip_streams(stimuli, clip, (whole,))
    frames = list(decode(stimuli.path_of(clip)))
    # A span of 0.2 s in the middle of 2 s: the frames on the screen at 0.95 and 1.05 s.
    for place, index in enumerate((23, 26)):
        expected = (frames[index][:, 16:112].astype(np.float32) / 255 - 0.5) / 0.25
        np.testing.assert_allclose(shown[:, place], expected.transpose(2, 0, 1), atol=1e-6)


@pytest.mark.parametrize(
    ("height", "fps", "step"),
    [(96, 25.0, 2), (96, 50.0, 1), (192, 25.0, 4)],
    ids=["", "twice fps", "twice size"],
)
def test_flow_is_the_same_for_any_size_and_frame_rate(
    tmp_path: Path, height: int, fps: float, step: int
) -> None:
    stimuli, clip = sliding_set(tmp_path, height=height, fps=fps, step=step, frames=round(2 * fps))
    stream = StreamSpec("flow", 4, 12, 48, 64, (0.0, 0.0), (1.0, 1.0))
    ((flow,),) = clip_streams(stimuli, clip, (stream,), FlowSource("dis"))
    # 2 px of 96 at 25 fps are 0.52 of the shorter side a second; of a crop of 48 in 64 px, 0.69.
    assert float(np.median(flow[0])) == pytest.approx(50 / 96 * 64 / 48, rel=0.05)
    assert float(np.median(flow[1])) == pytest.approx(0, abs=0.01)


def test_flow_beyond_all_bodies_is_cut_off(tmp_path: Path) -> None:
    flow = np.full((48, 64, 2), 40.0, dtype=np.float32)
    assert sides_per_second(flow, 25.0).max() > FASTEST
    stimuli, clip = sliding_set(tmp_path, step=9)
    ((shown,),) = clip_streams(stimuli, clip, (FLOW,), FlowSource("farneback"))
    assert np.abs(shown).max() <= FASTEST


def test_exact_flow_of_a_drawn_clip_is_what_it_was_drawn_with(drawn: StimulusSet) -> None:
    clip = drawn.by_id("UCF5/v_Swing_g01_c01")
    whole = StreamSpec("flow", 1, 30, 240, 240, (0.0, 0.0), (1.0, 1.0))
    ((flow,),) = clip_streams(drawn, clip, (whole,), FlowSource("exact"))
    true = next(itertools.islice(source_flow(drawn, clip), 20, None))[:, 40:280] * (25 / 240)
    np.testing.assert_allclose(flow[:, 0].transpose(1, 2, 0), np.clip(true, -FASTEST, FASTEST), atol=1e-5)


def test_noise_gives_its_flow_away_to_the_oracle_alone(drawn: StimulusSet) -> None:
    noise = drawn.by_id("AFD5/v_Swing_g01_c01")
    with pytest.raises(AnalysisError, match=r"exact flow of AFD5/v_Swing_g01_c01 .* --flow oracle takes it"):
        clip_streams(drawn, noise, (FLOW,), FlowSource("exact"))
    source = drawn.by_id("UCF5/v_Swing_g01_c01")
    ((of_source,),) = clip_streams(drawn, source, (FLOW,), FlowSource("exact"))
    ((of_oracle,),) = clip_streams(drawn, noise, (FLOW,), FlowSource("oracle"))
    np.testing.assert_array_equal(of_source, of_oracle)
    ((read,),) = clip_streams(drawn, noise, (FLOW,))
    assert 0.3 < np.corrcoef(read.ravel(), of_source.ravel())[0, 1] < 0.99
    assert observer_name("E2S-X3D", FlowSource("oracle")) == "E2S-X3D (oracle flow)"
    assert observer_name("E2S-X3D", FlowSource()) == "E2S-X3D"


def test_exact_flow_of_clips_that_were_not_drawn_is_refused(tmp_path: Path) -> None:
    stimuli, clip = sliding_set(tmp_path)
    write_description(tmp_path, recipe_of("dis"))
    with pytest.raises(AnalysisError, match=r"has no exact flow: .* choose one of dis"):
        clip_streams(stimuli, clip, (FLOW,), FlowSource("exact"))


def test_colours_are_those_of_the_flow_and_show_where_it_goes(tmp_path: Path) -> None:
    stimuli, clip = sliding_set(tmp_path)
    ((colours,),) = clip_streams(stimuli, clip, (COLOURS,), FlowSource("dis"))
    red, green, blue = (float(np.median(channel)) for channel in colours)
    # To the right is red in Middlebury's wheel.
    assert red > 0.95
    assert green < 0.5
    assert blue < 0.5


def test_a_clip_of_one_frame_has_pictures_but_no_flow(tmp_path: Path) -> None:
    stimuli, clip = sliding_set(tmp_path, frames=1)
    ((shown,),) = clip_streams(stimuli, clip, (RGB,))
    assert shown.shape == (3, 4, 96, 96)
    with pytest.raises(AnalysisError, match="UCF5/v_Swing_g08_c01 has a single frame and so no flow"):
        clip_streams(stimuli, clip, (RGB, FLOW))


def test_a_clip_shorter_than_the_manifest_says_is_named(tmp_path: Path) -> None:
    stimuli, clip = sliding_set(tmp_path)
    with pytest.raises(AnalysisError, match=r"v_Swing_g08_c01.mkv has no frame \d+; the manifest says 500"):
        clip_streams(stimuli, replace(clip, frames=500), (RGB,))


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    stimuli, clip = sliding_set(tmp_path)
    stimuli.path_of(clip).unlink()
    with pytest.raises(AnalysisError, match=r"v_Swing_g08_c01\.mkv does not exist"):
        clip_streams(stimuli, clip, (RGB,))


def test_an_unknown_flow_is_refused_with_the_names() -> None:
    with pytest.raises(AnalysisError, match=r"no flow 'best'; choose one of dis, .*, exact, oracle"):
        FlowSource("best")
    with pytest.raises(
        AnalysisError, match=r"Weights.* belong to the flow raft-small or raft-large, not to dis"
    ):
        FlowSource("dis", Path("raft.pth"))


def test_flow_of_raft_is_kept_between_runs(tmp_path: Path, real_data: Path) -> None:
    pytest.importorskip("torch")
    stimuli, clip = sliding_set(tmp_path / "set")
    source = FlowSource(
        "raft-small",
        real_data / "weights" / "raft-small.pth",
        FlowCache(tmp_path / "cache", spared_bytes=0),
    )
    short = StreamSpec("flow", 2, 12, 96, 112, (0.0, 0.0), (1.0, 1.0))
    ((first,),) = clip_streams(stimuli, clip, (short,), source)
    assert float(np.median(first[0])) == pytest.approx(50 / 96 * 112 / 96, rel=0.1)
    assert len(list((tmp_path / "cache").iterdir())) == 1
    ((second,),) = clip_streams(stimuli, clip, (short,), source)
    np.testing.assert_array_equal(first, second)
