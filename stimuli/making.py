"""One source becomes two clips of a set: as it is (UCF5) and as appearance-free video (AFD5)."""

from __future__ import annotations

import functools
import io
import itertools
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.appearance_free import Flow, Frame, appearance_free_frames, noise_seed
from stimuli.clip import Clip
from stimuli.description import FailedClip, Recipe, installed_software
from stimuli.durable import write_durably
from stimuli.errors import DiskFull, StimulusError, reason_of
from stimuli.flow import FlowEstimator, FlowRecipe, flow_estimator
from stimuli.frame_times import same_rate
from stimuli.manifest import file_sha256
from stimuli.placing import place_file
from stimuli.sources import DrawnClip, FoundClip, Source
from stimuli.synthetic import FPS, RenderedClip, render_clip
from stimuli.unfinished import Made, Workspace
from stimuli.video import VideoInfo, encode_lossless, encode_rgb, is_disk_full, open_video, probe

Depth = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Job:
    """What the clips of one build have in common. `refer`: videos are linked to, not copied."""

    space: Workspace
    recipe: Recipe
    refer: bool = False


def make_clip(job: Job, source: Source) -> Made | FailedClip:
    """Write both clips of a source into the workspace, then the record that they are whole.

    A clip that cannot be made is a result like any other. Raises DiskFull, after which no other clip could
    be made either.
    """
    # Each process works on a clip of its own; OpenCV's threads would only take turns with one another.
    cv2.setNumThreads(1)
    try:
        identity = identity_of(source)
        clips, remarks = (
            _make_drawn(job, source) if isinstance(source, DrawnClip) else _make_found(job, source)
        )
        made = Made(clips=clips, identity=identity, software=installed_software(), remarks=remarks)
        job.space.record(source.stem, made)
    except DiskFull:
        raise
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(f"The disk is full: {job.space.root} cannot be written.") from error
        return FailedClip(name=source.stem, reason=f"{_about(source)}: {reason_of(error)}.")
    except StimulusError as error:
        return FailedClip(name=source.stem, reason=str(error))
    except (ValueError, cv2.error, np.linalg.LinAlgError) as error:
        return FailedClip(name=source.stem, reason=f"No appearance-free video of {_about(source)}: {error}")
    except MemoryError:
        return FailedClip(name=source.stem, reason=f"The memory does not suffice for {_about(source)}.")
    return made


def identity_of(source: Source) -> str:
    """What tells whether a source is still the one a clip was made of. Raises OSError."""
    if isinstance(source, DrawnClip):
        return "drawn"
    files = [source.file] if source.published is None else [source.file, source.published]
    stats = [(file.resolve(), file.stat()) for file in files]
    return "; ".join(f"{path}, {stat.st_size} bytes, {stat.st_mtime_ns} ns" for path, stat in stats)


def _about(source: Source) -> str:
    return source.stem if isinstance(source, DrawnClip) else f"the clip {source.file}"


def _make_drawn(job: Job, source: DrawnClip) -> tuple[tuple[Clip, Clip], tuple[str, ...]]:
    drawn = render_clip(source.action, source.group, source.number, job.recipe.seed)
    noise_row = _write_noise(job, source, noise_of_drawn(job.recipe, source.stem, drawn), FPS)
    rgb = io.BytesIO()
    encode_rgb(rgb, drawn.frames, FPS)
    path = _place(job, "UCF5", source, ".mkv")
    write_durably(path, rgb.getvalue())
    count, height, width = drawn.frames.shape[:3]
    return (_row(job, path, "UCF5", source, VideoInfo(count, FPS, width, height)), noise_row), ()


def _make_found(job: Job, source: FoundClip) -> tuple[tuple[Clip, Clip], tuple[str, ...]]:
    if source.published is None:
        with open_video(source.file) as video:
            flows = _estimator(job.recipe.flow_recipe).flows(video.frames())
            noise_row = _write_noise(
                job, source, noise_frames(job.recipe, source.stem, flows), video.info.fps
            )
        info = video.info
        remarks: list[str] = []
    else:
        info = probe(source.file)
        noise_row, remarks = _take_published(job, source, source.published, info)
    path = _place(job, "UCF5", source, source.file.suffix.lower())
    placed = place_file(source.file, path, copy=not job.refer)
    if job.refer and placed != "linked":
        remarks.append(f"{placed} instead of linked, since the system makes no link here")
    return (_row(job, path, "UCF5", source, info), noise_row), tuple(remarks)


def _take_published(
    job: Job, source: FoundClip, published: Path, of_source: VideoInfo
) -> tuple[Clip, list[str]]:
    """A published file has the size of its source and a frame for each of its frames, or for each step from
    one to the next, one less: the published generator makes a frame of each flow field and shows none
    before the first.
    """
    info = probe(published)
    if (info.width, info.height) != (of_source.width, of_source.height):
        raise StimulusError(
            f"The published {published} has {info.width}x{info.height} pixels and its source {source.file}"
            f" has {of_source.width}x{of_source.height}; they must be of one size."
        )
    if of_source.frames - info.frames not in (0, 1):
        raise StimulusError(
            f"The published {published} has {info.frames} frames and its source {source.file} has"
            f" {of_source.frames}; it must have as many or one fewer."
        )
    remarks = []
    if info.frames < of_source.frames:
        remarks.append("the published file has one frame fewer than its source")
    if not same_rate(info.fps, of_source.fps):
        remarks.append(
            f"the published file runs at {info.fps:.4g} frames/s, its source at {of_source.fps:.4g}"
        )
    path = _place(job, "AFD5", source, published.suffix.lower())
    place_file(published, path, copy=not job.refer)
    return _row(job, path, "AFD5", source, info), remarks


def noise_of_drawn(recipe: Recipe, stem: str, drawn: RenderedClip) -> Iterator[Frame]:
    """The noise frames of a drawn clip of that name; of estimated flow, that of the frames as drawn."""
    if recipe.flow == "exact":
        return noise_frames(recipe, stem, drawn.flow, drawn.depth)
    return noise_frames(recipe, stem, _estimator(recipe.flow_recipe).flows(drawn.frames))


def noise_frames(
    recipe: Recipe, stem: str, flows: Iterable[Flow], depths: Iterable[Depth] | None = None
) -> Iterator[Frame]:
    """The noise frames that a recipe gives of a clip's flow; `stem` is the name of its file."""
    rng = np.random.default_rng(noise_seed(recipe.seed, f"AFD5/{stem}"))
    return appearance_free_frames(flows, rng, recipe.generator, depths)


def _write_noise(job: Job, source: Source, frames: Iterator[Frame], fps: float) -> Clip:
    head = next(frames, None)
    if head is None:
        raise StimulusError(f"There is no motion in {_about(source)}: it holds a single frame; leave it out.")
    height, width = head.shape[:2]
    # In memory: a disk that fills up while FFmpeg closes a file would go unnoticed.
    file = io.BytesIO()
    count = encode_lossless(file, itertools.chain([head], frames), fps)
    path = _place(job, "AFD5", source, ".mkv")
    write_durably(path, file.getvalue())
    return _row(job, path, "AFD5", source, VideoInfo(count, fps, width, height))


def _estimator(recipe: FlowRecipe) -> FlowEstimator:
    return _estimator_of_thread(recipe, threading.get_ident())


@functools.lru_cache(maxsize=16)
def _estimator_of_thread(recipe: FlowRecipe, _thread: int) -> FlowEstimator:
    # Kept from clip to clip: reading RAFT's weights takes longer than a clip's first pictures.
    return flow_estimator(recipe)


def _place(job: Job, condition: str, source: Source, suffix: str) -> Path:
    path = job.space.set_folder / condition.lower() / source.action / f"{source.stem}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _row(job: Job, path: Path, condition: str, source: Source, info: VideoInfo) -> Clip:
    return Clip(
        clip_id=f"{condition}/{source.stem}",
        condition=condition,
        action=source.action,
        group=source.group,
        split=source.split,
        path=path.relative_to(job.space.set_folder).as_posix(),
        sha256=file_sha256(path),
        frames=info.frames,
        fps=info.fps,
        width=info.width,
        height=info.height,
        source_clip_id=None if condition == "UCF5" else f"UCF5/{source.stem}",
    )
