"""From a job to what answers batches of clips: a network with its inputs, or the user's function."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.models.devices import DeviceName, Precision, chosen_device, device_title, require_torch
from analysis.models.entry_points import answer_of, load_entry_point
from analysis.models.reading_ahead import read_ahead
from stimuli.clip import Clip
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet, read_stimulus_set
from stimuli.video import read_video

if TYPE_CHECKING:
    import torch

Answers: TypeAlias = NDArray[np.float32]
Batch: TypeAlias = tuple[Clip, ...]
UNKNOWN = "not known"


@dataclass(frozen=True)
class Job:
    """What answers depend on and how they are computed, the same on every machine that takes part.

    Either ``model`` is given, with its ``weights``, or ``entry_point``. ``actions`` are the outputs in their
    order. ``batch`` counts looks: a clip seen in two views is two. ``threads`` decode.
    """

    stimuli: Path
    actions: tuple[str, ...]
    model: str | None = None
    weights: Path | None = None
    weights_sha256: str | None = None
    entry_point: str | None = None
    flow: str | None = None
    flow_weights: Path | None = None
    views: int = 1
    batch: int = 8
    device: DeviceName = "auto"
    precision: Precision = "fp32"
    compiled: bool = False
    threads: int = 1

    @property
    def clips_per_batch(self) -> int:
        """So many that their views make about ``batch`` looks; 1 or more."""
        return max(1, self.batch // self.views)


@dataclass
class Timing:
    """``seconds`` of all work on so many ``clips``, and those spent waiting for a decoded batch."""

    seconds: float = 0.0
    waiting_s: float = 0.0
    clips: int = 0

    def add(self, other: Timing) -> None:
        self.seconds += other.seconds
        self.waiting_s += other.waiting_s
        self.clips += other.clips


@dataclass(frozen=True)
class Answering:
    """``read`` gets a clip ready, ``gather`` a batch of such, both in any thread; ``answer`` gives the
    answers, (clips, actions), to what was gathered. The texts are for the record.
    """

    job: Job
    read: Callable[[Clip], Any]
    gather: Callable[[list[Any]], Any]
    answer: Callable[[Batch, Any], Answers]
    device: str = UNKNOWN
    memory_format: str = UNKNOWN

    def answers(self, batches: Sequence[Batch], timing: Timing) -> Iterator[Answers]:
        """The answers to each batch, in order. Later clips are decoded, and the next batch is gathered,
        meanwhile.
        """
        clips: Iterable[Clip] = (clip for batch in batches for clip in batch)
        # Clips of a batch, and one for each thread: more would only fill the memory.
        ahead = self.job.clips_per_batch + self.job.threads
        read = read_ahead(self.read, clips, self.job.threads, ahead)
        gathered = read_ahead(lambda batch: self.gather([next(read) for _ in batch]), batches, 1, 1)
        for batch in batches:
            begun_s = time.perf_counter()
            given = next(gathered)
            waited_s = time.perf_counter() - begun_s
            answers = self.answer(batch, given)
            timing.add(Timing(time.perf_counter() - begun_s, waited_s, len(batch)))
            yield answers


def answering(job: Job) -> Answering:
    """Load what the job names.

    Raises
    ------
    AnalysisError
        Where the weights do not fit, there is no such device, or the entry point cannot be loaded.
    """
    stimuli = read_stimulus_set(job.stimuli)
    return _by_function(job, stimuli) if job.entry_point else _by_network(job, stimuli)


def _by_function(job: Job, stimuli: StimulusSet) -> Answering:
    name = str(job.entry_point)
    function = load_entry_point(name)

    def read(clip: Clip) -> tuple[NDArray[np.uint8], float]:
        try:
            return read_video(stimuli.path_of(clip)), clip.fps
        except StimulusError as error:
            raise AnalysisError(str(error)) from error

    def answer(batch: Batch, read_clips: list[Any]) -> Answers:
        given = [
            answer_of(function, name, clip.clip_id, read_clip, job.actions)
            for clip, read_clip in zip(batch, read_clips, strict=True)
        ]
        return np.stack(given)

    return Answering(job, read, list, answer)


def _by_network(job: Job, stimuli: StimulusSet) -> Answering:
    require_torch(f"predicting with {job.model}")
    from analysis.models.flow_sources import DEFAULT_FLOW, FlowSource
    from analysis.models.inputs import ClipReader
    from analysis.models.network_runner import network_runner
    from analysis.models.network_weights import load_weights
    from analysis.models.zoo import model_spec

    spec = model_spec(str(job.model))
    device = chosen_device(job.device)
    network = spec.build(len(job.actions))
    if job.weights is not None:
        loaded = load_weights(network, job.weights, classes=len(job.actions))
        if job.weights_sha256 not in (None, loaded.sha256):
            raise AnalysisError(f"{job.weights} is another file here than where the run was started")
    runner = network_runner(
        network, device, job.precision, job.batch, fold=spec.origin == "ours", compiled=job.compiled
    )
    source = FlowSource(job.flow or DEFAULT_FLOW, job.flow_weights)
    of_thread = local()

    def read(clip: Clip) -> list[tuple[NDArray[np.float32], ...]]:
        if not hasattr(of_thread, "reader"):
            of_thread.reader = ClipReader(stimuli, spec.streams, source)
        views: list[tuple[NDArray[np.float32], ...]] = of_thread.reader.views(clip, job.views)
        return views

    def gather(read_clips: list[Any]) -> list[torch.Tensor]:
        return runner.gathered([view for views in read_clips for view in views])

    def answer(batch: Batch, streams: list[torch.Tensor]) -> Answers:
        of_looks = runner.probabilities(streams)
        answers: Answers = of_looks.reshape(len(batch), job.views, -1).mean(axis=1)
        return answers

    return Answering(job, read, gather, answer, device_title(device), runner.memory_format)
