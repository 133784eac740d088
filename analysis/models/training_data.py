"""Batches of training clips, varied, as tensors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from analysis.models.augmentation import (
    AS_TESTED,
    Variation,
    drawn_variation,
    shown_fields,
    shown_pictures,
    strength_at,
)
from analysis.models.clip_cache import ClipCache
from analysis.models.inputs import Array
from analysis.models.sampling import indices_at
from analysis.models.spec import StreamSpec
from analysis.models.training_plan import TrainingPlan
from stimuli.clip import Clip


@dataclass(frozen=True)
class Batch:
    """One float32 tensor (B, C, T, H, W) per stream, and the places (B,) of the right actions."""

    streams: tuple[torch.Tensor, ...]
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def pinned(self) -> Batch:
        """The same in memory from which a GPU reads by itself, while the program goes on."""
        return Batch(tuple(stream.pin_memory() for stream in self.streams), self.labels.pin_memory())

    def part(self, start: int, stop: int) -> Batch:
        return Batch(tuple(stream[start:stop] for stream in self.streams), self.labels[start:stop])


class TrainingClips:
    """Clips with their labels, read through caches of which each thread has its own."""

    def __init__(
        self,
        clips: Sequence[Clip],
        actions: Sequence[str],
        streams: Sequence[StreamSpec],
        new_cache: Callable[[], ClipCache],
    ) -> None:
        self._clips = tuple(clips)
        self._labels = [list(actions).index(clip.action) for clip in clips]
        self._streams = tuple(streams)
        self._new_cache = new_cache
        self._of_thread = threading.local()

    def __len__(self) -> int:
        return len(self._clips)

    def varied(self, plan: TrainingPlan, epoch: int, places: Sequence[int]) -> Batch:
        """The clips at those places as this epoch varies them."""
        strength = strength_at(epoch, plan.stage_epochs)
        return self._batch(
            places, [drawn_variation(plan.generator_of_clip(epoch, place), strength) for place in places]
        )

    def as_tested(self, places: Sequence[int]) -> Batch:
        """The same clips without variation: their middle, in time as in space."""
        return self._batch(places, [AS_TESTED] * len(places))

    def make_ready(self, place: int) -> None:
        """Decode a clip now and keep it, so that no epoch has to."""
        self._cache.kept(self._clips[place])

    @property
    def _cache(self) -> ClipCache:
        if not hasattr(self._of_thread, "cache"):
            self._of_thread.cache = self._new_cache()
        cache: ClipCache = self._of_thread.cache
        return cache

    def _batch(self, places: Sequence[int], variations: Sequence[Variation]) -> Batch:
        shown = [self._shown(place, each) for place, each in zip(places, variations, strict=True)]
        streams = tuple(torch.from_numpy(np.stack(parts)) for parts in zip(*shown, strict=True))
        return Batch(streams, torch.tensor([self._labels[place] for place in places]))

    def _shown(self, place: int, variation: Variation) -> list[Array]:
        clip = self._clips[place]
        shown = []
        for stream, kept in zip(self._streams, self._cache.kept(clip), strict=True):
            values = kept.at(indices_at(clip.frames, clip.fps, stream, variation.position))
            show = shown_pictures if stream.content == "rgb" else shown_fields
            shown.append(show(values, stream, variation))
        return shown
