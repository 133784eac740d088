"""Clips from the disk into memory: the next one is decoded in the background while the present one runs."""

from __future__ import annotations

import mmap
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from experiment.errors import SessionBroken
from experiment.scene import Footage
from experiment.shown_size import standing_sizes
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet
from stimuli.video import decode


class DecodedFootage:
    """Decodes clips of a stimulus set with one background thread; holds only what was asked for and not
    released.
    """

    def __init__(self, stimuli: StimulusSet) -> None:
        self._stimuli = stimuli
        self._standing_px = standing_sizes(stimuli.clips)
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
            raise _cannot_be_shown(clip_id, error) from error

    def beginning(self, clip_id: str, duration_s: float) -> Footage:
        """The clip cut off after ``duration_s``. Raises ``SessionBroken`` where it does not decode."""
        clip = self._stimuli.by_id(clip_id)
        try:
            frames = min(clip.frames, max(1, round(duration_s * clip.fps)))
            # By the same thread as all others: each thread keeps the memory that its decoders once needed.
            return self._decoder.submit(self._decode, clip_id, frames).result()
        except StimulusError as error:
            raise _cannot_be_shown(clip_id, error) from error

    def release(self, clip_id: str) -> None:
        """Forget a clip."""
        self._loading.pop(clip_id, None)

    def close(self) -> None:
        """Stop the background thread."""
        self._decoder.shutdown(wait=True, cancel_futures=True)

    def _decode(self, clip_id: str, frames: int | None = None) -> Footage:
        """The first ``frames`` of a clip, or all of it.

        They are filled in place: 10 s of 320x240 are 58 MB once, not twice.
        """
        clip = self._stimuli.by_id(clip_id)
        path = self._stimuli.path_of(clip)
        wanted = clip.frames if frames is None else frames
        pixels = _pixels_of_its_own((wanted, clip.height, clip.width, 3))
        found = 0
        for frame in islice(decode(path), frames):
            if found == wanted or frame.shape != pixels.shape[1:]:
                found = -1
                break
            pixels[found] = frame
            found += 1
        if found != wanted:
            raise StimulusError(
                f"{clip.path} does not hold what its manifest says: "
                f"{clip.frames} frames of {clip.width}x{clip.height}"
            )
        return Footage(clip_id, pixels, clip.fps, self._standing_px[clip_id])


def _pixels_of_its_own(shape: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Black pixels in pages that go back to the system when nobody needs them any more.

    The C library keeps blocks of less than 32 MB for itself once it has seen some of them: hundreds of clips
    of different lengths, one after the other, would then leave a memory full of holes.
    """
    return np.frombuffer(mmap.mmap(-1, int(np.prod(shape))), np.uint8).reshape(shape)


def _cannot_be_shown(clip_id: str, error: StimulusError) -> SessionBroken:
    return SessionBroken(f"{clip_id} cannot be shown: {error}; repair the stimulus set and --resume")


class UndecodedFootage:
    """Clips of the right length and size without their pixels, for sessions that show nothing."""

    def __init__(self, stimuli: StimulusSet) -> None:
        self._stimuli = stimuli
        self._standing_px = standing_sizes(stimuli.clips)

    def prefetch(self, clip_id: str) -> None:
        """Nothing is loaded."""

    def get(self, clip_id: str) -> Footage:
        """A black clip that takes no memory."""
        clip = self._stimuli.by_id(clip_id)
        pixels = np.broadcast_to(np.uint8(0), (clip.frames, clip.height, clip.width, 3))
        return Footage(clip_id, pixels, clip.fps, self._standing_px[clip_id])

    def beginning(self, clip_id: str, duration_s: float) -> Footage:
        """A black clip of at most this length."""
        whole = self.get(clip_id)
        return replace(whole, pixels=whole.pixels[: max(1, round(duration_s * whole.fps))])

    def release(self, clip_id: str) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing runs."""
