"""A model answers the clips of a set: here or on many machines, and on from where a kill ended it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError
from analysis.models.answering import Answering, Answers, Batch, Job, Timing, answering
from analysis.models.unfinished_predictions import UnfinishedPredictions, unfinished_predictions
from stimuli.clip import Clip
from stimuli.errors import StimulusError

BATCHES_PER_TASK = 4
"""Of a cluster: within a task the next batch is decoded while the network looks at the one before."""


@dataclass(frozen=True)
class Predicted:
    """Answers, (clips, actions), in the order of the clips that were asked about. ``timing`` is of what was
    computed now; ``kept`` clips were answered by an earlier run.
    """

    answers: Answers
    timing: Timing
    kept: int
    device: str
    memory_format: str


def predict_clips(
    job: Job,
    clips: Sequence[Clip],
    table: Path,
    manifest_sha256: str,
    *,
    dask: str | None = None,
    on_progress: Callable[[int, int], None],
    finish: Callable[[Predicted], None],
) -> None:
    """Answer all ``clips``; ``finish`` gets the whole, and only when it returns are the kept answers removed.

    Batches are the same in every run, and each is kept as a whole, so that a run that was killed and gone on
    with gives the same answers, bit for bit, as one that was not. ``on_progress(done, total)`` counts clips.

    Raises
    ------
    AnalysisError
        As ``answering`` and ``unfinished_predictions``; where a clip cannot be read; where workers die.
    """
    size = job.clips_per_batch
    batches = [tuple(clips[start : start + size]) for start in range(0, len(clips), size)]
    with unfinished_predictions(table, wanted_of(job, clips, manifest_sha256)) as unfinished:
        waiting = [
            batch for batch in batches if any(clip.clip_id not in unfinished.answers for clip in batch)
        ]
        kept = len(clips) - sum(map(len, waiting))
        on_progress(kept, len(clips))
        timing, place = Timing(), _Place()
        for batch, answers in _computed(job, waiting, dask, timing, place):
            unfinished.add([clip.clip_id for clip in batch], answers)
            on_progress(len(unfinished.answers), len(clips))
        finish(Predicted(_in_order(clips, unfinished), timing, kept, place.device, place.memory_format))


@dataclass
class _Place:
    device: str = "nothing left to compute"
    memory_format: str = "contiguous"

    def note(self, device: str, memory_format: str) -> None:
        self.device, self.memory_format = device, memory_format


@dataclass(frozen=True)
class _Task:
    """What a worker of a cluster is sent."""

    job: Job
    batches: tuple[Batch, ...]


@dataclass(frozen=True)
class _Done:
    answers: tuple[Answers, ...]
    timing: Timing
    device: str
    memory_format: str


def _computed(
    job: Job, waiting: Sequence[Batch], dask: str | None, timing: Timing, place: _Place
) -> Iterator[tuple[Batch, Answers]]:
    if not waiting:
        return
    if dask is not None:
        yield from _on_cluster(job, waiting, dask, timing, place)
        return
    ready = answering(job)
    place.note(ready.device, ready.memory_format)
    yield from zip(waiting, ready.answers(waiting, timing), strict=True)


def _on_cluster(
    job: Job, waiting: Sequence[Batch], address: str, timing: Timing, place: _Place
) -> Iterator[tuple[Batch, Answers]]:
    from stimuli.dask_workers import outcomes_on_dask
    from stimuli.workers import Killed

    tasks = [
        _Task(job, tuple(waiting[start : start + BATCHES_PER_TASK]))
        for start in range(0, len(waiting), BATCHES_PER_TASK)
    ]
    try:
        for index, done in outcomes_on_dask(_done, tasks, address, job.stimuli):
            if isinstance(done, Killed):
                first = tasks[index].batches[0][0].clip_id
                raise AnalysisError(
                    f"workers of {address} died over the clips from {first} on; give them more memory, or "
                    f"use a smaller --batch. What is finished is kept: the same command goes on with it"
                )
            timing.add(done.timing)
            place.note(f"Dask, {done.device}", done.memory_format)
            yield from zip(tasks[index].batches, done.answers, strict=True)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error


def _done(task: _Task) -> _Done:
    timing, ready = Timing(), _kept_answering(task.job)
    answers = tuple(ready.answers(task.batches, timing))
    return _Done(answers, timing, ready.device, ready.memory_format)


@lru_cache(maxsize=1)
def _kept_answering(job: Job) -> Answering:
    """A worker loads a network once, not for every task."""
    return answering(job)


def wanted_of(job: Job, clips: Sequence[Clip], manifest_sha256: str) -> dict[str, str]:
    """All that the answers to ``clips`` depend on, name -> value: what an unfinished run must share."""
    from analysis.models.flow_sources import FlowSource

    flow = FlowSource(job.flow, job.flow_weights).identity if job.flow else None
    names = "\n".join(clip.clip_id for clip in clips)
    return {
        "model": str(job.model or job.entry_point),
        "weights": str(job.weights_sha256),
        "stimuli": manifest_sha256,
        "clips": hashlib.sha256(names.encode()).hexdigest(),
        "actions": "|".join(job.actions),
        "flow": str(flow),
        "views": str(job.views),
        "batch": str(job.batch),
        "device": job.device,
        "precision": job.precision,
        "compile": str(job.compiled),
    }


def _in_order(clips: Sequence[Clip], unfinished: UnfinishedPredictions) -> Answers:
    answers: Answers = np.stack([unfinished.answers[clip.clip_id] for clip in clips])
    return answers
