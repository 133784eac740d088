"""Sources become a stimulus set: each clip as it is (UCF5) and as appearance-free video (AFD5), and a
manifest.

A set is built in a hidden folder beside its place and moved there when it is whole: what stands under its
name is finished. The same recipe gives the same bytes on the same software, with any number of workers.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from stimuli.appearance_free import DEFAULT, Flow, Generator, appearance_free_frames, noise_seed
from stimuli.clip import Clip
from stimuli.description import Recipe, read_description, write_description
from stimuli.errors import StimulusError
from stimuli.flow import DisFlow, flow_of_video
from stimuli.manifest import MANIFEST_NAME, StimulusSet, file_sha256, read_stimulus_set, write_manifest
from stimuli.size_estimate import SizeEstimate, bytes_of_drawn, bytes_of_found, check_disk
from stimuli.sources import DrawnClip, FoundClip, Source, drawn_clips, found_clips
from stimuli.synthetic import ACTIONS, FPS, render_clip
from stimuli.unfinished import unfinished_folder
from stimuli.video import VideoInfo, decode, encode_lossless, encode_rgb, probe
from stimuli.workers import run_each

OnEstimate = Callable[[SizeEstimate], None]
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class BuiltSet:
    """The outcome: the set, the size of its clips, and whether it was built now or had been before."""

    stimulus_set: StimulusSet
    size_bytes: int
    existed: bool


def build_synthetic(
    out: Path,
    per_class: int,
    seed: int,
    *,
    generator: Generator = DEFAULT,
    workers: int = 1,
    on_estimate: OnEstimate = lambda _: None,
    on_progress: OnProgress = lambda *_: None,
) -> BuiltSet:
    """Draw `per_class` clips of each of the five actions and write the set to the folder `out`.

    A finished set of the same recipe is left as it is. `on_estimate` hears the expected size before
    anything is written, `on_progress` (stage, done, total) after each clip. Raises StimulusError, and
    leaves nothing behind, when `out` holds anything else, the disk is too small, or `per_class` is below 2.
    """
    sources = drawn_clips(ACTIONS, per_class)
    recipe = _recipe("synthetic", per_class, seed, "exact", generator)
    existing = _existing_set(out, recipe)
    if existing is not None:
        return existing
    on_estimate(check_disk(out, 2 * len(sources), bytes_of_drawn(len(sources), generator)))
    return _build(out, recipe, sources, workers, on_progress)


def build_clips(
    folder: Path,
    out: Path,
    seed: int,
    *,
    generator: Generator = DEFAULT,
    workers: int = 1,
    on_estimate: OnEstimate = lambda _: None,
    on_progress: OnProgress = lambda *_: None,
) -> BuiltSet:
    """Make a set of the videos in `folder`, laid out as `stimuli.sources.found_clips` says, flow by DIS.

    The videos themselves are copied byte by byte. All are decoded once before anything is written.
    Otherwise as `build_synthetic`; raises StimulusError also for what `found_clips` refuses and for a clip
    that does not decode.
    """
    if out.resolve().is_relative_to(folder.resolve()):
        raise StimulusError(f"{out} lies inside the folder of clips {folder}; name a folder outside it.")
    sources = found_clips(folder)
    recipe = _recipe("clips", None, seed, "dis", generator)
    existing = _existing_set(out, recipe)
    if existing is not None:
        _check_same_clips(existing.stimulus_set, sources)
        return existing
    infos = run_each(_probe_found, sources, workers, partial(on_progress, "check"))
    on_estimate(check_disk(out, 2 * len(sources), bytes_of_found(sources, infos, generator)))
    return _build(out, recipe, sources, workers, on_progress)


def _recipe(
    source: Literal["synthetic", "clips"],
    per_class: int | None,
    seed: int,
    flow: Literal["exact", "dis"],
    generator: Generator,
) -> Recipe:
    return Recipe(
        source=source,
        per_class=per_class,
        seed=seed,
        flow=flow,
        method=generator.method,
        fill=generator.fill,
        noise=generator.noise,
    )


def _existing_set(out: Path, recipe: Recipe) -> BuiltSet | None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    if not (out / MANIFEST_NAME).is_file():
        raise StimulusError(f"{out} exists and is no stimulus set; name another folder or remove it.")
    found = read_description(out).recipe
    if found != recipe:
        raise StimulusError(
            f"{out} holds another stimulus set ({recipe.difference_of(found)}); name another folder or remove"
            " that one."
        )
    stimulus_set = read_stimulus_set(out)
    return BuiltSet(stimulus_set, _size_bytes(stimulus_set), existed=True)


def _check_same_clips(existing: StimulusSet, sources: tuple[FoundClip, ...]) -> None:
    of_set = {
        (clip.action, clip.group, clip.split, Path(clip.path).stem, clip.sha256)
        for clip in existing.clips
        if clip.condition == "UCF5"
    }
    of_folder = {
        (source.action, source.group, source.split, source.stem, file_sha256(source.file))
        for source in sources
    }
    if of_set != of_folder:
        raise StimulusError(
            f"{existing.root} was built from other clips than these; name another folder or remove that one."
        )


def _build(
    out: Path, recipe: Recipe, sources: tuple[Source, ...], workers: int, on_progress: OnProgress
) -> BuiltSet:
    with unfinished_folder(out) as root:
        pairs = run_each(partial(_make, root, recipe), sources, workers, partial(on_progress, "build"))
        write_description(root, recipe)
        write_manifest(root, [pair[condition] for condition in (0, 1) for pair in pairs])
    stimulus_set = read_stimulus_set(out)
    return BuiltSet(stimulus_set, _size_bytes(stimulus_set), existed=False)


def _make(root: Path, recipe: Recipe, source: Source) -> tuple[Clip, Clip]:
    """Write both clips of a source below `root` and return their rows, UCF5 first."""
    if isinstance(source, DrawnClip):
        return _make_drawn(root, recipe, source)
    return _make_found(root, recipe, source)


def _make_drawn(root: Path, recipe: Recipe, source: DrawnClip) -> tuple[Clip, Clip]:
    rendered = render_clip(source.action, source.group, source.number, recipe.seed)
    path = _place(root, "UCF5", source, ".mkv")
    encode_rgb(path, rendered.frames, FPS)
    count, height, width = rendered.frames.shape[:3]
    info = VideoInfo(count, FPS, width, height)
    return _row(root, path, "UCF5", source, info), _make_noise(
        root, recipe, source, iter(rendered.flow), info
    )


def _make_found(root: Path, recipe: Recipe, source: FoundClip) -> tuple[Clip, Clip]:
    path = _place(root, "UCF5", source, source.file.suffix.lower())
    try:
        shutil.copyfile(source.file, path)
    except OSError as error:
        raise StimulusError(
            f"{source.file} cannot be copied to {path}: {error.strerror or error}."
        ) from error
    info = probe(path)
    flows = flow_of_video(decode(path), DisFlow())
    return _row(root, path, "UCF5", source, info), _make_noise(root, recipe, source, flows, info)


def _make_noise(root: Path, recipe: Recipe, source: Source, flows: Iterator[Flow], info: VideoInfo) -> Clip:
    path = _place(root, "AFD5", source, ".mkv")
    rng = np.random.default_rng(noise_seed(recipe.seed, f"AFD5/{source.stem}"))
    try:
        encode_lossless(path, appearance_free_frames(flows, rng, recipe.generator), info.fps)
    except ValueError as error:
        raise StimulusError(f"No appearance-free video of {source.stem}: {error}") from error
    return _row(root, path, "AFD5", source, info)


def _place(root: Path, condition: str, source: Source, suffix: str) -> Path:
    path = root / condition.lower() / source.action / f"{source.stem}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _row(root: Path, path: Path, condition: str, source: Source, info: VideoInfo) -> Clip:
    return Clip(
        clip_id=f"{condition}/{source.stem}",
        condition=condition,
        action=source.action,
        group=source.group,
        split=source.split,
        path=path.relative_to(root).as_posix(),
        sha256=file_sha256(path),
        frames=info.frames,
        fps=info.fps,
        width=info.width,
        height=info.height,
        source_clip_id=None if condition == "UCF5" else f"UCF5/{source.stem}",
    )


def _probe_found(source: FoundClip) -> VideoInfo:
    info = probe(source.file)
    if info.frames < 2:
        raise StimulusError(f"The clip {source.file} holds a single frame; there is no motion in it.")
    try:
        next(flow_of_video(decode(source.file), DisFlow()))
    except ValueError as error:
        raise StimulusError(f"The clip {source.file} gives no optical flow. {error}") from error
    return info


def _size_bytes(stimulus_set: StimulusSet) -> int:
    paths = (stimulus_set.path_of(clip) for clip in stimulus_set.clips)
    return sum(os.path.getsize(path) for path in paths if path.is_file())  # noqa: PTH202
