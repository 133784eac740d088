"""The flow behind an appearance-free clip is found again, the same as when the clip was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from stimuli.clip import Clip
from stimuli.description import Recipe, write_description
from stimuli.errors import StimulusError
from stimuli.flow import FlowName, FlowRecipe, flow_estimator, flow_recipe
from stimuli.flow_cache import FlowCache
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


def test_a_recipe_of_exact_flow_is_no_estimate() -> None:
    with pytest.raises(StimulusError, match="known for drawn clips only"):
        flow_estimator(FlowRecipe("exact"))
