"""How much moves in a clip: everything, the camera, and what is left when the camera is taken out.

Read from the flow of the ordinary clip, which is what an appearance-free clip was made from: of drawn clips
the exact flow, of all others that of DIS between neighbouring frames. Some ``FIELDS_A_SECOND`` fields are
looked at. Speeds are in shorter sides of the picture per second, as what networks are shown.

What the camera does to a picture is close to one affine flow, ``u = A x + b``. It is fitted so that what
moves otherwise, such as a person, does not count (RANSAC: Fischler & Bolles 1981, Communications of the ACM
24, 381, as OpenCV's ``estimateAffine2D`` has it); such fits to the flow are an old way to tell the dominant
motion (Odobez & Bouthemy 1995, Journal of Visual Communication and Image Representation 6, 348). It fails
where a person fills most of the picture, or where nothing around has texture.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError
from stimuli.clip import Clip
from stimuli.description import read_description
from stimuli.durable import write_durably
from stimuli.errors import StimulusError
from stimuli.flow import Flow
from stimuli.manifest import StimulusSet
from stimuli.user_cache import cache_folder, cache_key

FIELDS_A_SECOND = 6
CACHE_VERSION = 1
_GRID_PX, _NEAR_PX = 10, 0.5
_MEASURES = ("motion", "camera_motion", "body_motion")

Speeds = tuple[float, float, float]
"""``motion``, ``camera_motion`` and ``body_motion``."""


@dataclass(frozen=True)
class ClipMotion:
    """``duration_s`` of a clip, and means over the picture and time, in shorter sides per second.

    ``motion`` is the length of the flow, ``camera_motion`` that of the affine flow fitted to it, and
    ``body_motion`` that of their difference. ``flow`` names what it was read with.
    """

    clip_id: str
    duration_s: float
    motion: float
    camera_motion: float
    body_motion: float
    flow: str


def clip_motions(
    stimuli: StimulusSet,
    clip_ids: Sequence[str],
    folder: Path | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> tuple[ClipMotion, ...]:
    """The motion of these clips of a set; of an appearance-free clip that of its source.

    What was measured once is kept in ``folder`` (None: the user's cache).

    Raises
    ------
    AnalysisError
        For a clip that the set has not, or that cannot be read or has a single frame.
    """
    flow = flow_of(stimuli)
    place = folder or cache_folder("motion")
    found: dict[str, Speeds] = {}
    motions = []
    for done, clip_id in enumerate(clip_ids):
        try:
            clip = stimuli.by_id(clip_id)
            source = clip if clip.source_clip_id is None else stimuli.by_id(clip.source_clip_id)
            if source.clip_id not in found:
                found[source.clip_id] = _kept(place, stimuli, source, flow)
        except StimulusError as error:
            raise AnalysisError(str(error)) from error
        motions.append(ClipMotion(clip_id, clip.duration_s, *found[source.clip_id], flow))
        if on_progress is not None:
            on_progress("motion of the clips", done + 1, len(clip_ids))
    return tuple(motions)


def flow_of(stimuli: StimulusSet) -> str:
    """``exact`` for a set of clips drawn by this version, whose flow is known, else ``dis``."""
    from stimuli.synthetic import RENDERER_VERSION

    with suppress(StimulusError):
        description = read_description(stimuli.root)
        if description.flow == "exact" and description.renderer_version == RENDERER_VERSION:
            return "exact"
    return "dis"


def global_motion(flow: Flow) -> Flow:
    """The affine flow (H, W, 2; pixels per frame) that the most of ``flow`` obeys within half a pixel.

    Where no part does, it is the median translation.
    """
    import cv2

    height, width = flow.shape[:2]
    rows, columns = np.mgrid[_GRID_PX // 2 : height : _GRID_PX, _GRID_PX // 2 : width : _GRID_PX]
    points = np.stack([columns.ravel(), rows.ravel()], axis=-1).astype(np.float64)
    moved = points + flow[rows.ravel(), columns.ravel()]
    fitted, _ = cv2.estimateAffine2D(points, moved, method=cv2.RANSAC, ransacReprojThreshold=_NEAR_PX)
    if np.shape(fitted) != (2, 3):  # there is none
        constant: Flow = np.broadcast_to(np.median(flow, axis=(0, 1)), flow.shape).astype(np.float32)
        return constant
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    parts = [row[0] * x + row[1] * y + row[2] - at for row, at in zip(fitted, (x, y), strict=True)]
    whole: Flow = np.stack(parts, axis=-1).astype(np.float32)
    return whole


def speeds(flow: Flow, fps: float) -> Speeds:
    """``motion``, ``camera_motion`` and ``body_motion`` of one field (H, W, 2; pixels per frame)."""
    camera = global_motion(flow)
    scale = fps / min(flow.shape[:2])
    lengths = [float(np.linalg.norm(part, axis=-1).mean()) * scale for part in (flow, camera, flow - camera)]
    return lengths[0], lengths[1], lengths[2]


def _kept(folder: Path, stimuli: StimulusSet, source: Clip, flow: str) -> Speeds:
    parts = {"version": CACHE_VERSION, "clip": source.sha256, "flow": flow, "fields": FIELDS_A_SECOND}
    path = folder / f"{cache_key(parts)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_bytes())
        return _three([float(kept[name]) for name in _MEASURES])
    measured = _measured(stimuli, source, flow)
    # What cannot be kept is measured again next time.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(path, json.dumps(dict(zip(_MEASURES, measured, strict=True))).encode())
    return measured


def _measured(stimuli: StimulusSet, source: Clip, flow: str) -> Speeds:
    every = max(1, round(source.fps / FIELDS_A_SECOND))
    fields = _exact(stimuli, source, every) if flow == "exact" else _estimated(stimuli, source, every)
    try:
        found = [speeds(each, source.fps) for each in fields]
    except ValueError as error:
        raise StimulusError(f"The motion of {source.clip_id} cannot be measured: {error}") from error
    if not found:
        raise StimulusError(f"The clip {source.clip_id} has a single frame, and nothing moves in it.")
    return _three(np.mean(found, axis=0).tolist())


def _three(values: Sequence[float]) -> Speeds:
    motion, camera, body = values
    return motion, camera, body


def _exact(stimuli: StimulusSet, source: Clip, every: int) -> Iterator[Flow]:
    from stimuli.source_flow import source_flow

    for place, field in enumerate(source_flow(stimuli, source)):
        if place % every == 0:
            yield field


def _estimated(stimuli: StimulusSet, source: Clip, every: int) -> Iterator[Flow]:
    from stimuli.flow import DisFlow
    from stimuli.video import decode

    estimator = DisFlow()
    for place, (first, second) in enumerate(pairwise(decode(stimuli.path_of(source)))):
        if place % every == 0:
            yield estimator.estimate(first, second)
