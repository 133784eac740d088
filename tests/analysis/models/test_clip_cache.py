from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.models import clip_cache
from analysis.models.augmentation import AS_TESTED, shown_pictures
from analysis.models.clip_cache import ClipCache, KeptClip, kept_every
from analysis.models.flow_sources import FlowSource
from analysis.models.inputs import ClipReader, resized_to, sides_per_second
from analysis.models.sampling import frame_indices, indices_at
from analysis.models.spec import StreamSpec
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet
from stimuli.video import decode
from tests.analysis.models.small_set import small_set

RGB = StreamSpec("rgb", 2, 8, 24, 28, (0.0,) * 3, (1.0,) * 3)
FLOW = StreamSpec("flow", 2, 8, 24, 28, (0.0,) * 2, (1.0,) * 2)
SIDE = 34  # 24 * 320 / 224


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    return small_set(tmp_path_factory.mktemp("set"), groups={8: "train"})


@pytest.fixture
def clip(stimuli: StimulusSet) -> Clip:
    return stimuli.by_id("UCF5/v_Swing_g08_c01")


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_cache, "SPARED_BYTES", 0)


def cache_in(folder: Path, stimuli: StimulusSet, **options: int) -> ClipCache:
    return ClipCache(stimuli, (RGB, FLOW), FlowSource("dis"), folder, **options)


@pytest.mark.parametrize(("fps", "every"), [(30.0, 4), (25.0, 2), (60.0, 8)])
def test_frames_lie_as_far_apart_as_the_network_wants(clip: Clip, fps: float, every: int) -> None:
    stream = StreamSpec("rgb", 4, 12, 24, 28, (0.0,) * 3, (1.0,) * 3)
    at = replace(clip, fps=fps, frames=200)
    assert kept_every(at, stream) == every
    numbers = np.arange(0, 200, every).reshape(-1, 1, 1, 1)
    for start in (0.0, 0.3, 1.0):
        shown = KeptClip(numbers, every).at(indices_at(200, fps, stream, start)).ravel()
        assert np.diff(shown).tolist() == [0.4 * fps] * 3


def test_what_is_kept_is_what_was_decoded_made_small(
    tmp_path: Path, stimuli: StimulusSet, clip: Clip
) -> None:
    rgb, flow = cache_in(tmp_path, stimuli).kept(clip)
    # Frames of the stream are 0.27 s apart; at 25 fps, a third of that is two frames.
    assert kept_every(clip, RGB) == rgb.every == 2
    frames = list(decode(stimuli.path_of(clip)))
    np.testing.assert_array_equal(rgb.values, [resized_to(frames[i], SIDE) for i in range(0, 14, 2)])
    _, flows = ClipReader(stimuli, (FLOW,), FlowSource("dis")).read(clip, set(), {0, 4})
    expected = resized_to(sides_per_second(flows[4], 25.0), SIDE)
    np.testing.assert_allclose(flow.values[2], expected, atol=1e-3)
    assert flow.values.dtype == np.float16
    np.testing.assert_array_equal(rgb.at(np.array([4, 5, 13])), rgb.values[[2, 2, 6]])


def test_a_clip_that_is_kept_is_not_decoded_again(
    tmp_path: Path, stimuli: StimulusSet, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cache_in(tmp_path, stimuli).kept(clip)

    def refuse(*_: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(ClipReader, "read", refuse)
    second = cache_in(tmp_path, stimuli).kept(clip)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
    other_flow = ClipCache(stimuli, (RGB, FLOW), FlowSource("dis-blurred"), tmp_path)
    with pytest.raises(AssertionError, match="decoded again"):
        other_flow.kept(clip)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_file_that_is_cut_short_is_made_anew(
    tmp_path: Path, stimuli: StimulusSet, clip: Clip, share: float
) -> None:
    whole = [each.values.copy() for each in cache_in(tmp_path, stimuli).kept(clip)]
    for file in tmp_path.iterdir():
        data = file.read_bytes()
        file.write_bytes(data[: int(share * len(data))])
    for again, before in zip(cache_in(tmp_path, stimuli).kept(clip), whole, strict=True):
        np.testing.assert_array_equal(again.values, before)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x05\x06" + bytes(18),
        b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '|u1', 'shape': (4, 8, 6, 3), ".ljust(118) + bytes(600),
        b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '|u1', 'shape': '".ljust(118) + bytes(600),
    ],
)
def test_a_file_of_something_else_is_made_anew(
    tmp_path: Path, stimuli: StimulusSet, clip: Clip, content: bytes
) -> None:
    whole = [each.values.copy() for each in cache_in(tmp_path, stimuli).kept(clip)]
    for file in tmp_path.iterdir():
        file.write_bytes(content)
    for again, before in zip(cache_in(tmp_path, stimuli).kept(clip), whole, strict=True):
        np.testing.assert_array_equal(again.values, before)


def test_the_folder_stays_within_its_bound(tmp_path: Path, stimuli: StimulusSet) -> None:
    one = sum(each.values.nbytes for each in cache_in(tmp_path / "one", stimuli).kept(stimuli.clips[0]))
    cache = cache_in(tmp_path / "all", stimuli, largest_bytes=2 * one)
    for clip in stimuli.clips:
        assert len(cache.kept(clip)) == 2
    files = list((tmp_path / "all").iterdir())
    assert 0 < sum(file.stat().st_size for file in files) <= 2 * one + 128 * len(files)
    said = cache.check_room(stimuli.clips)
    assert said is not None
    assert "some are decoded in every epoch" in said
    assert cache_in(tmp_path / "all", stimuli).check_room(stimuli.clips) is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, stimuli: StimulusSet) -> None:
    import os

    cache = cache_in(tmp_path, stimuli)
    for age, clip in enumerate(stimuli.clips):
        before = set(tmp_path.iterdir())
        cache.kept(clip)
        for file in set(tmp_path.iterdir()) - before:
            os.utime(file, (1e9 + age, 1e9 + age))
    newest = {file for file in tmp_path.iterdir() if file.stat().st_mtime >= 1e9 + len(stimuli.clips) - 1}
    ClipCache(
        stimuli, (RGB, FLOW), FlowSource("dis"), tmp_path, sum(file.stat().st_size for file in newest)
    ).make_room()
    assert set(tmp_path.iterdir()) == newest


def test_training_without_variation_shows_what_the_tests_show(tmp_path: Path, stimuli: StimulusSet) -> None:
    # Of noise, each way of making it small leaves something else: both must go the same way.
    wide = StreamSpec("rgb", 2, 3, 24, 28, (0.0,) * 3, (1.0,) * 3)
    noise = stimuli.by_id("AFD5/v_Swing_g08_c01")
    ((tested,),) = ClipReader(stimuli, (wide,)).views(noise)
    (kept,) = ClipCache(stimuli, (wide,), FlowSource("dis"), tmp_path).kept(noise)
    assert kept.every == 1
    learnt = shown_pictures(kept.at(frame_indices(noise.frames, noise.fps, wide)), wide, AS_TESTED)
    np.testing.assert_array_equal(learnt, tested)
