"""A frame of some clips, where the stimulus set that the sessions used can still be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.session_facts import SessionFacts
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet, read_stimulus_set

_HEIGHT_PX, _WIDTH_PX = 180, 240


@dataclass(frozen=True)
class Thumbnails:
    """``pictures`` maps clips to a frame, (180, 240, 3); where there are none, ``why_not`` says why."""

    pictures: Mapping[str, NDArray[np.uint8]]
    why_not: str = ""


def reachable_set(known: Sequence[SessionFacts]) -> StimulusSet | str:
    """The stimulus set that all sessions used, found where they found it; else a sentence why not."""
    if not any(facts.source for facts in known):
        return "the data came as tables or as an export, which do not say where the clips are."
    if len({facts.manifest_sha256 for facts in known}) > 1:
        return "the sessions used different stimulus sets."
    for place in sorted({facts.source.stimuli for facts in known if facts.source}):
        try:
            stimuli = read_stimulus_set(Path(place))
        except StimulusError:
            continue
        if stimuli.sha256 == known[0].manifest_sha256:
            return stimuli
    return "the stimulus set is no longer where the sessions found it, or has been changed since."


def thumbnails(stimuli: StimulusSet | str, clip_ids: Iterable[str]) -> Thumbnails:
    """The middle frame of each clip, or of the ordinary video it was made from: noise would show nothing."""
    if isinstance(stimuli, str):
        return Thumbnails({}, stimuli)
    frames = {clip_id: _picture(stimuli, clip_id) for clip_id in clip_ids}
    pictures = {clip_id: frame for clip_id, frame in frames.items() if frame is not None}
    return Thumbnails(pictures, "" if pictures else "the videos of the stimulus set cannot be read.")


def _picture(stimuli: StimulusSet, clip_id: str) -> NDArray[np.uint8] | None:
    try:
        clip = stimuli.by_id(clip_id)
        if clip.source_clip_id:
            clip = stimuli.by_id(clip.source_clip_id)
        return _middle_frame(stimuli.path_of(clip), clip.frames)
    except (StimulusError, OSError):
        # A picture is a pleasantry: without it the clip is only named.
        return None


def _middle_frame(path: Path, frames: int) -> NDArray[np.uint8]:
    import cv2

    from stimuli.video import decode

    for place, frame in enumerate(decode(path)):
        if place >= frames // 2:
            small = cv2.resize(frame, (_WIDTH_PX, _HEIGHT_PX), interpolation=cv2.INTER_AREA)
            return np.asarray(small, dtype=np.uint8)
    raise StimulusError(f"{path} holds fewer frames than the manifest says.")
