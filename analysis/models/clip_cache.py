"""Training clips at the size that networks want, on disk, so that an epoch decodes nothing.

A clip is decoded once, its pictures and its flow made small, and every few frames of them kept: a third of
the spacing of a stream's frames apart, since training begins at random moments anyway. The folder is the
user's cache; removing it costs nothing but time.
"""

from __future__ import annotations

import os
import tempfile
import tokenize
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError
from analysis.models.flow_sources import FlowSource
from analysis.models.inputs import (
    ClipReader,
    Picture,
    flow_index,
    largest_short_side,
    made_small,
    sides_per_second,
)
from analysis.models.sampling import Indices, spacing_s
from analysis.models.spec import StreamSpec
from stimuli.clip import Clip
from stimuli.disk import free_bytes
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet
from stimuli.user_cache import LARGEST_BYTES, SPARED_BYTES, cache_folder, cache_key, make_room

CACHE_VERSION = 1
SUFFIX = ".clip.npy"
TIDIED_EVERY_BYTES = 1_000_000_000
KEPT_PER_SPACING = 3
BYTES_PER_PIXEL = {"rgb": 3, "flow": 4}


def kept_every(clip: Clip, stream: StreamSpec) -> int:
    """Of a clip, every so many frames are kept: a third of the spacing, or a little less where the spacing is
    whole frames, so that what is shown lies exactly so far apart.
    """
    spacing = clip.fps * spacing_s(stream)
    most = max(1, int(spacing / KEPT_PER_SPACING))
    if abs(spacing - round(spacing)) > 1e-6:
        return most
    return next(every for every in range(most, 0, -1) if round(spacing) % every == 0)


@dataclass(frozen=True)
class KeptClip:
    """One clip for one stream: uint8 pictures (N, H, W, 3), or float16 flow (N, H, W, 2) in shorter sides per
    second, every `every`-th frame of `frames`.
    """

    values: Picture
    every: int

    def at(self, indices: Indices) -> Picture:
        """What is kept nearest before or at these frames."""
        return np.asarray(self.values[np.minimum(indices // self.every, len(self.values) - 1)])


class ClipCache:
    """Clips of one set for the streams of one network. What is damaged or missing is made again.

    `largest_bytes` bounds the folder: what was not used for longest goes. It keeps state: make one in each
    thread.
    """

    def __init__(
        self,
        stimulus_set: StimulusSet,
        streams: Sequence[StreamSpec],
        flow: FlowSource,
        folder: Path | None = None,
        largest_bytes: int = LARGEST_BYTES,
    ) -> None:
        self._streams = tuple(streams)
        self._flow = flow
        self._set = stimulus_set
        self._reader = ClipReader(stimulus_set, streams, flow)
        self._folder = folder or cache_folder("clips")
        self._largest_bytes = largest_bytes
        self._written = self._written_since_tidied = 0

    def check_room(self, clips: Sequence[Clip]) -> str | None:
        """A sentence where clips cannot all be kept, and will be decoded in every epoch; None where they can.

        Raises AnalysisError where the disk is not there.
        """
        try:
            free = free_bytes(self._folder)
        except StimulusError as error:
            raise AnalysisError(str(error)) from error
        new = sum(
            _expected_bytes(clip, stream)
            for clip in clips
            for stream in self._streams
            if not self._path(clip, stream).exists()
        )
        all_bytes = sum(_expected_bytes(clip, stream) for clip in clips for stream in self._streams)
        if all_bytes > self._largest_bytes:
            return (
                f"the clips would take {all_bytes / 1e9:.1f} GB in {self._folder}, more than the "
                f"{self._largest_bytes / 1e9:.1f} GB that are kept; some are decoded in every epoch"
            )
        if new > free - SPARED_BYTES:
            return (
                f"the clips would take {new / 1e9:.1f} GB in {self._folder}, and {free / 1e9:.1f} GB are "
                f"free; some are decoded in every epoch"
            )
        return None

    def kept(self, clip: Clip) -> tuple[KeptClip, ...]:
        """The clip for every stream, read from the disk as it is used.

        Raises AnalysisError, naming the clip, as `ClipReader.read`.
        """
        loaded = [self._load(clip, stream) for stream in self._streams]
        if any(each is None for each in loaded):
            made = self._make(clip)
            for stream, values in zip(self._streams, made, strict=True):
                self._keep(self._path(clip, stream), values)
            loaded = list(made)
        return tuple(
            KeptClip(values, kept_every(clip, stream))
            for values, stream in zip(loaded, self._streams, strict=True)
            if values is not None
        )

    def make_room(self) -> None:
        """Remove what was not used for longest, until the folder is small enough."""
        make_room(self._folder, SUFFIX, self._largest_bytes)

    def _make(self, clip: Clip) -> list[Picture]:
        chosen = [range(0, clip.frames, kept_every(clip, stream)) for stream in self._streams]
        pairs = list(zip(self._streams, chosen, strict=True))
        pictures, flows = self._reader.read(
            clip,
            {i for stream, indices in pairs if stream.content == "rgb" for i in indices},
            {
                flow_index(i, clip.frames)
                for stream, indices in pairs
                if stream.content != "rgb"
                for i in indices
            },
        )
        made = []
        for stream, indices in pairs:
            if stream.content == "rgb":
                made.append(np.stack([made_small(pictures[i], stream) for i in indices]))
            else:
                fields = (sides_per_second(flows[flow_index(i, clip.frames)], clip.fps) for i in indices)
                made.append(np.stack([made_small(each, stream) for each in fields]).astype(np.float16))
        return made

    def _load(self, clip: Clip, stream: StreamSpec) -> Picture | None:
        path = self._path(clip, stream)
        try:
            # Not np.load, which takes an archive of arrays, too.
            values: Picture = np.lib.format.open_memmap(path, mode="r")  # type: ignore[no-untyped-call]  # of numpy
            os.utime(path)
        except (OSError, ValueError, EOFError, OverflowError, SyntaxError, tokenize.TokenError):
            return None  # the head of such a file is text in Python's own form
        expected = len(range(0, clip.frames, kept_every(clip, stream)))
        return values if values.ndim == 4 and len(values) == expected else None

    def _keep(self, path: Path, values: Picture) -> None:
        """Written under another name until it is whole; that it cannot be written is of no consequence."""
        part = None
        if self._written + values.nbytes > self._largest_bytes:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if free_bytes(path.parent) < SPARED_BYTES:
                return
            handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
            part = Path(name)
            with os.fdopen(handle, "wb") as file:
                np.save(file, values, allow_pickle=False)
            part.replace(path)
            self._written += values.nbytes
            self._written_since_tidied += values.nbytes
            if self._written_since_tidied > TIDIED_EVERY_BYTES:
                self._written_since_tidied = 0
                self.make_room()
        except (OSError, StimulusError):
            if part is not None:
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    def _path(self, clip: Clip, stream: StreamSpec) -> Path:
        # The same clip serves every network that wants it at this size and spacing.
        parts = {
            "cache": CACHE_VERSION,
            "clip": clip.sha256,
            "kind": "rgb" if stream.content == "rgb" else "flow",
            "flow": None if stream.content == "rgb" else self._flow.identity,
            # Flow that is not read from the frames depends on the rest of the set, too.
            "set": None if stream.content == "rgb" else self._set.sha256,
            "side": largest_short_side(stream),
            "every": kept_every(clip, stream),
        }
        return self._folder / f"{cache_key(parts)}{SUFFIX}"


def _expected_bytes(clip: Clip, stream: StreamSpec) -> int:
    side = min(largest_short_side(stream), clip.width, clip.height)
    area = side * round(side * max(clip.width, clip.height) / min(clip.width, clip.height))
    kind = "rgb" if stream.content == "rgb" else "flow"
    return len(range(0, clip.frames, kept_every(clip, stream))) * area * BYTES_PER_PIXEL[kind]
