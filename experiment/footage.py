"""Clips from the disk into memory: the next one is decoded in the background while the present one runs."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from experiment.errors import SessionBroken
from experiment.scene import Footage
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet
from stimuli.video import read_video


class DecodedFootage:
    """Decodes clips of a stimulus set with one background thread; holds only what was asked for and not
    released.
    """

    def __init__(self, stimuli: StimulusSet) -> None:
        self._stimuli = stimuli
        self._decoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decode")
        self._loading: dict[str, Future[Footage]] = {}

    def prefetch(self, clip_id: str) -> None:
        """Begin to decode a clip."""
        if clip_id not in self._loading:
            self._loading[clip_id] = self._decoder.submit(self._decode, clip_id)

    def get(self, clip_id: str) -> Footage:
        """The decoded clip. Raises ``SessionBroken`` where it does not decode to what the manifest says."""
        self.prefetch(clip_id)
        try:
            return self._loading[clip_id].result()
        except StimulusError as error:
            raise SessionBroken(
                f"{clip_id} cannot be shown: {error}; repair the stimulus set and --resume"
            ) from error

    def release(self, clip_id: str) -> None:
        """Forget a clip."""
        self._loading.pop(clip_id, None)

    def close(self) -> None:
        """Stop the background thread."""
        self._decoder.shutdown(wait=True, cancel_futures=True)

    def _decode(self, clip_id: str) -> Footage:
        clip = self._stimuli.by_id(clip_id)
        pixels = read_video(self._stimuli.path_of(clip))
        if pixels.shape[:3] != (clip.frames, clip.height, clip.width):
            raise StimulusError(
                f"{clip.path}: found {pixels.shape[0]} frames of {pixels.shape[2]}x{pixels.shape[1]}, "
                f"the manifest says {clip.frames} of {clip.width}x{clip.height}"
            )
        return Footage(clip_id, pixels, clip.fps)


class UndecodedFootage:
    """Clips of the right length and size without their pixels, for sessions that show nothing."""

    def __init__(self, stimuli: StimulusSet) -> None:
        self._stimuli = stimuli

    def prefetch(self, clip_id: str) -> None:
        """Nothing is loaded."""

    def get(self, clip_id: str) -> Footage:
        """A black clip that takes no memory."""
        clip = self._stimuli.by_id(clip_id)
        pixels = np.broadcast_to(np.uint8(0), (clip.frames, clip.height, clip.width, 3))
        return Footage(clip_id, pixels, clip.fps)

    def release(self, clip_id: str) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing runs."""


def largest_size(stimuli: StimulusSet, clip_ids: Iterable[str]) -> tuple[int, int]:
    """Width and height in px that hold every one of these clips."""
    clips = [stimuli.by_id(clip_id) for clip_id in clip_ids]
    return max(clip.width for clip in clips), max(clip.height for clip in clips)
