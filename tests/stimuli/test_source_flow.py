"""The flow behind an appearance-free clip is found again, the same as when the clip was made."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stimuli import flow_cache
from stimuli.clip import Clip
from stimuli.description import Recipe, write_description
from stimuli.errors import StimulusError
from stimuli.flow import Flow, FlowName, FlowRecipe, flow_estimator, flow_recipe
from stimuli.flow_cache import SUFFIX, FlowCache, _Writer
from stimuli.manifest import StimulusSet, file_sha256, read_stimulus_set, write_manifest
from stimuli.source_flow import source_flow
from stimuli.synthetic import RENDERER_VERSION, render_clip
from stimuli.torchvision_import import require_torchvision
from stimuli.video import encode_lossless, encode_rgb, probe


def write_set(root: Path, recipe: Recipe, write_clip: Callable[[Path], int]) -> StimulusSet:
    """A set of one clip as it is and the row of its noise; `write_clip` makes its file of so many frames."""
    path = root / "ucf5" / "Swing" / "v_Swing_g03_c02.mkv"
    path.parent.mkdir(parents=True)
    frames = write_clip(path)
    info = probe(path)
    rgb = Clip(
        clip_id="UCF5/v_Swing_g03_c02",
        condition="UCF5",
        action="Swing",
        group=3,
        split="test",
        path="ucf5/Swing/v_Swing_g03_c02.mkv",
        sha256=file_sha256(path),
        frames=frames,
        fps=info.fps,
        width=info.width,
        height=info.height,
        source_clip_id=None,
    )
    noise = replace(
        rgb,
        clip_id="AFD5/v_Swing_g03_c02",
        condition="AFD5",
        path="afd5/Swing/v_Swing_g03_c02.mkv",
        source_clip_id=rgb.clip_id,
    )
    write_manifest(root, [rgb, noise])
    write_description(root, recipe)
    return read_stimulus_set(root)


def recipe_of(source: Literal["synthetic", "clips"], flow: FlowRecipe) -> Recipe:
    return Recipe(
        source=source,
        per_class=2 if source == "synthetic" else None,
        renderer_version=RENDERER_VERSION if source == "synthetic" else None,
        seed=4,
        flow=flow.name,
        weights=None if flow.weights is None else str(flow.weights),
        weights_sha256=flow.weights_sha256,
        upsample=flow.upsample,
        iterations=flow.iterations,
        method="advect",
        fill="fresh",
        noise="rgb",
    )


def test_of_a_drawn_clip_it_is_drawn_again(tmp_path: Path) -> None:
    drawn = render_clip("Swing", 3, 2, seed=4)
    recipe = recipe_of("synthetic", FlowRecipe("exact"))
    stimulus_set = write_set(tmp_path, recipe, lambda path: encode_rgb(path, drawn.frames, 25.0))

    flows = source_flow(stimulus_set, stimulus_set.by_id("AFD5/v_Swing_g03_c02"))

    assert np.array_equal(np.stack(list(flows)), drawn.flow)


def test_flow_of_other_drawings_is_not_passed_off(tmp_path: Path, drifting_texture: Callable) -> None:
    recipe = recipe_of("synthetic", FlowRecipe("exact")).model_copy(update={"renderer_version": 99})
    stimulus_set = write_set(tmp_path, recipe, lambda path: encode_lossless(path, drifting_texture(), 25.0))

    with pytest.raises(StimulusError, match="drawn by version 99 of the drawings"):
        source_flow(stimulus_set, stimulus_set.by_id("AFD5/v_Swing_g03_c02"))


@pytest.mark.parametrize("name", ["dis", "farneback"])
@pytest.mark.parametrize("of", ["AFD5", "UCF5"])
def test_of_a_found_clip_it_is_estimated_again(
    tmp_path: Path, drifting_texture: Callable[..., np.ndarray], name: FlowName, of: str
) -> None:
    frames = drifting_texture(count=5)
    recipe = recipe_of("clips", FlowRecipe(name))
    stimulus_set = write_set(tmp_path, recipe, lambda path: encode_lossless(path, frames, 25.0))

    flows = source_flow(stimulus_set, stimulus_set.by_id(f"{of}/v_Swing_g03_c02"))

    expected = flow_estimator(FlowRecipe(name)).flows(frames)
    assert np.array_equal(np.stack(list(flows)), np.stack(list(expected)))


# -- RAFT


@pytest.fixture
def raft_set(tmp_path: Path, drifting_texture: Callable[..., np.ndarray]) -> StimulusSet:
    """A set made with RAFT; the network is untrained."""
    torch = pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")
    require_torchvision("this test")
    from torchvision.models.optical_flow import raft_small

    torch.manual_seed(2)
    weights = tmp_path / "weights.pth"
    torch.save(raft_small().state_dict(), weights)
    frames = drifting_texture(count=4)
    recipe = recipe_of("clips", flow_recipe("raft-small", weights, iterations=1))
    return write_set(tmp_path / "set", recipe, lambda path: encode_lossless(path, frames, 25.0))


def of_first_clip(stimulus_set: StimulusSet, cache: FlowCache, weights: Path | None = None) -> np.ndarray:
    clip = next(clip for clip in stimulus_set.clips if clip.condition == "AFD5")
    return np.stack(list(source_flow(stimulus_set, clip, weights=weights, cache=cache)))


def test_flow_by_raft_is_the_same_from_the_cache(raft_set: StimulusSet, tmp_path: Path) -> None:
    # given no cache, when the flow is asked for
    cache = FlowCache(tmp_path / "cache", spared_bytes=0)
    estimated = of_first_clip(raft_set, cache)
    # then it is kept, and read the same, outside the set
    (kept,) = cache.folder.iterdir()
    inode = kept.stat().st_ino
    assert np.array_equal(of_first_clip(raft_set, cache), estimated)
    assert kept.stat().st_ino == inode, "it was estimated again"
    # and a damaged file is made anew
    kept.write_bytes(kept.read_bytes()[:-5])
    assert np.array_equal(of_first_clip(raft_set, cache), estimated)
    assert kept.stat().st_ino != inode, "the damaged file was left"


def test_weights_that_were_moved_can_be_named(raft_set: StimulusSet, tmp_path: Path) -> None:
    cache = FlowCache(tmp_path / "cache", spared_bytes=0)
    before = of_first_clip(raft_set, cache)
    moved = (tmp_path / "weights.pth").rename(tmp_path / "elsewhere.pth")
    with pytest.raises(StimulusError, match=r"weights\.pth .* are not there any more"):
        of_first_clip(raft_set, cache)
    assert np.array_equal(of_first_clip(raft_set, cache, moved), before)


def test_other_weights_are_refused_even_where_the_cache_has_the_flow(
    raft_set: StimulusSet, tmp_path: Path
) -> None:
    cache = FlowCache(tmp_path / "cache", spared_bytes=0)
    of_first_clip(raft_set, cache)
    weights = tmp_path / "weights.pth"
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(StimulusError, match="not those that were used"):
        of_first_clip(raft_set, cache)


# -- the cache


def some_flows(count: int, seed: int = 0) -> list[Flow]:
    return list(np.random.default_rng(seed).normal(0, 3, (count, 9, 7, 2)).astype(np.float32))


class Source:
    """Flows that count how often they were asked for."""

    def __init__(self, flows: list[Flow]) -> None:
        self.kept = flows
        self.calls = 0

    def __call__(self) -> Iterator[Flow]:
        self.calls += 1
        return iter(self.kept)


@given(
    flow=arrays.arrays(
        np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(2)), elements=st.floats(width=32)
    )
)
def test_every_value_is_kept_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, flow: Flow) -> None:
    cache = FlowCache(tmp_path_factory.mktemp("cache"), spared_bytes=0)
    list(cache.flows("key", 1, lambda: iter([flow])))
    never = Source([])
    (read,) = cache.flows("key", 1, never)
    assert never.calls == 0
    assert np.array_equal(read.view(np.uint32), flow.view(np.uint32))


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def claim_method(number: int, path: Path, *, flags: int = 0) -> None:
    """Let the first member say that it was packed by this method of zip files, or is encrypted."""
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    for place in (6, directory + 8):
        content[place : place + 4] = struct.pack("<HH", flags, number)
    path.write_bytes(bytes(content))


def put_in(path: Path, name: str, content: bytes) -> None:
    """Let a flow of this name and content be the first of five."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (name, "1_1_1", "2_1_1", "3_1_1", "4_1_1"):
            archive.writestr(each, content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "encrypted": lambda path: claim_method(8, path, flags=1),
    "packed by LZMA": lambda path: claim_method(14, path),
    "packed by nobody": lambda path: claim_method(77, path),
    "an endless size": lambda path: put_in(path, f"0_{10**30}_1", bytes(8)),
    "a huge size": lambda path: put_in(path, "0_100000_100000", bytes(8)),
    "a size below nothing": lambda path: put_in(path, "0_-1_-1", bytes(8)),
    "another size": lambda path: put_in(path, "0_9_7", bytes(8 * 9 * 8)),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-30]),
    "empty": lambda path: path.write_bytes(b""),
    "a bit flipped": spoil_middle,
    "something else": lambda path: path.write_bytes(b"PK" + bytes(500)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_never_passed_on(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    cache, source = FlowCache(tmp_path, spared_bytes=0), Source(some_flows(5))
    list(cache.flows("key", 5, source))
    damage(tmp_path / f"key{SUFFIX}")
    assert np.array_equal(list(cache.flows("key", 5, source)), source.kept)
    assert source.calls == 2
    assert not list(tmp_path.glob("*.part"))


def test_a_clip_of_another_length_is_estimated_again(tmp_path: Path) -> None:
    cache, source = FlowCache(tmp_path, spared_bytes=0), Source(some_flows(5))
    list(cache.flows("key", 5, source))
    longer = Source(some_flows(6))
    assert np.array_equal(list(cache.flows("key", 6, longer)), longer.kept)


def test_what_was_not_read_to_its_end_is_not_kept(tmp_path: Path) -> None:
    cache = FlowCache(tmp_path, spared_bytes=0)
    reading = cache.flows("key", 5, Source(some_flows(5)))
    next(reading)
    del reading
    assert list(tmp_path.iterdir()) == []


def test_what_was_used_last_stays(tmp_path: Path) -> None:
    # given room for two clips and a half
    roomy = FlowCache(tmp_path, spared_bytes=0)
    list(roomy.flows("first", 5, Source(some_flows(5))))
    size = (tmp_path / f"first{SUFFIX}").stat().st_size
    tight = replace(roomy, largest_bytes=size * 5 // 2)
    list(tight.flows("second", 5, Source(some_flows(5))))
    # when the older one is read and a third comes
    for index, name in enumerate(("first", "second")):
        os.utime(tmp_path / f"{name}{SUFFIX}", (index, index))
    list(tight.flows("first", 5, Source([])))
    list(tight.flows("third", 5, Source(some_flows(5))))
    # then the one that nobody read has gone
    assert {path.name for path in tmp_path.iterdir()} == {f"first{SUFFIX}", f"third{SUFFIX}"}


def test_a_disk_that_fills_up_does_no_harm(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a disk without room")
    source = Source(some_flows(40))

    def full(folder: Path) -> _Writer:
        writer = _Writer(folder)
        os.dup2(os.open("/dev/full", os.O_WRONLY), writer._file.fileno())
        return writer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow_cache, "_Writer", full)
        assert np.array_equal(list(FlowCache(tmp_path, spared_bytes=0).flows("key", 40, source)), source.kept)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spared", [0, 1 << 62])
def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, spared: int) -> None:
    # given a file where the folder should be, or a disk that is too full
    folder = tmp_path / "cache"
    if spared == 0:
        folder.write_text("in the way", encoding="utf-8")
    source = Source(some_flows(3))
    assert np.array_equal(list(FlowCache(folder, spared_bytes=spared).flows("key", 3, source)), source.kept)
    assert not list(tmp_path.glob(f"**/*{SUFFIX}"))


def test_a_recipe_of_exact_flow_is_no_estimate() -> None:
    with pytest.raises(StimulusError, match="known for drawn clips only"):
        flow_estimator(FlowRecipe("exact"))
