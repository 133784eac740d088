"""From what was asked for on the command line to a table of predictions with its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.models.answering import Job, Timing
from analysis.models.clip_choice import SplitChoice, actions_of, chosen_clips
from analysis.models.devices import DeviceName, Precision, chosen_device, reading_threads, require_torch
from analysis.models.entry_points import load_entry_point
from analysis.models.flow_sources import (
    DEFAULT_FLOW,
    FLOW_NAMES,
    FlowSource,
    observer_name,
    refuse_unseen_flow,
)
from analysis.models.model_card import Card, read_card
from analysis.models.network_weights import WeightsFile, refuse_other_purpose
from analysis.models.predicting import Predicted, predict_clips
from analysis.models.predictions import (
    Computing,
    Learnt,
    PredictionRecord,
    installed_packages,
    prediction_table,
    refuse_other_names,
    refuse_table_of_another_run,
    write_predictions,
)
from analysis.models.published_weights import published_at
from analysis.models.spec import ModelSpec
from analysis.models.unfit_clips import refuse_unfit_clips
from analysis.models.zoo import model_spec
from stimuli.clip import Clip
from stimuli.errors import StimulusError, reason_of
from stimuli.manifest import StimulusSet, file_sha256, read_stimulus_set
from stimuli.progress import OnProgress

BATCH = {"cuda": 32, "cpu": 4}
"""Looks at a time where nothing was said."""


@dataclass(frozen=True)
class Source:
    """What answers: a network of the zoo with weights, or the user's function; ``name`` is that of the zoo,
    or how a function is to be called in tables. ``actions`` are the outputs of weights without a card.
    """

    name: str
    weights: Path | None = None
    entry_point: str | None = None
    actions: tuple[str, ...] = ()
    flow: str | None = None
    flow_weights: Path | None = None


@dataclass(frozen=True)
class Question:
    """What it is asked: the clips, in how many temporal views, and under which number the run goes."""

    stimuli: Path
    condition: str = "both"
    split: SplitChoice = "test"
    views: int = 1
    run: int = 1


@dataclass(frozen=True)
class Means:
    """How it is computed; nothing here changes an answer by more than rounding.

    ``batch`` and ``threads`` are chosen by the device where they are None.
    """

    device: DeviceName = "auto"
    precision: Precision = "fp32"
    batch: int | None = None
    compiled: bool = False
    threads: int | None = None
    dask: str | None = None


@dataclass(frozen=True)
class _Model:
    """Who answers: its name in tables, and what the record says of it."""

    observer: str
    name: str
    actions: tuple[str, ...]
    frames: int
    spec: ModelSpec | None = None
    flow: FlowSource | None = None
    weights_sha256: str | None = None
    card: Card | None = None


def predict(
    source: Source, question: Question, means: Means, table: Path, on_progress: OnProgress
) -> PredictionRecord:
    """Answer, write the table and its record, and return the record.

    Raises
    ------
    AnalysisError
        For all that cannot be used, before anything is computed where that can be known.
    """
    if not question.views >= 1:
        raise AnalysisError(f"--views {question.views}: a clip is seen in at least one view")
    refuse_other_names(table)
    try:
        stimuli = read_stimulus_set(question.stimuli)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error
    clips = chosen_clips(stimuli, question.condition, question.split)
    model = _by_function(source, clips) if source.entry_point else _by_network(source, clips)
    if model.spec is not None:
        refuse_unfit_clips(clips, stimuli, model.spec, model.flow)
    job = _job(source, question, means, model)
    planned = _record(source, question, job, model, clips, stimuli)
    refuse_table_of_another_run(table, question.run, model.actions, planned)

    def finish(predicted: Predicted) -> None:
        answers = prediction_table(model.observer, question.run, clips, model.actions, predicted.answers)
        record = planned.model_copy(update={"computing": _computing(job, predicted)})
        records.append(write_predictions(answers, table, record))

    records: list[PredictionRecord] = []
    predict_clips(
        job,
        clips,
        table,
        stimuli.sha256,
        dask=means.dask,
        on_progress=lambda done, total: on_progress("predict", done, total),
        finish=finish,
    )
    return records[0]


def _by_function(source: Source, clips: Sequence[Clip]) -> _Model:
    if source.weights or source.flow or source.actions:
        raise AnalysisError(
            f"--weights, --flow and --actions are for the networks of the zoo; {source.entry_point} is given "
            f"the clip and the actions, and loads what it needs itself"
        )
    load_entry_point(str(source.entry_point))
    return _Model(source.name, str(source.entry_point), actions_of(clips), frames=0)


def _by_network(source: Source, clips: Sequence[Clip]) -> _Model:
    require_torch(f"predicting with {source.name}")
    spec = model_spec(source.name)
    if source.weights is None:
        raise AnalysisError(
            f"{source.name} needs --weights FILE: those that `train {source.name}` has written, or others of "
            f"this network with --actions; nothing is downloaded{published_at(source.name)}"
        )
    try:
        sha256 = file_sha256(source.weights)
    except OSError as error:
        raise AnalysisError(f"{source.weights} cannot be read: {reason_of(error)}") from error
    card = read_card(source.weights, sha256)
    flow = _flow(source, spec, card)
    actions = _actions(source, card)
    if card is not None:
        refuse_other_purpose(WeightsFile(source.weights, sha256, card), model=spec.name, actions=card.actions)
    if unknown := [action for action in actions_of(clips) if action not in actions]:
        raise AnalysisError(
            f"{source.weights} answers with {', '.join(actions)}; the clips also show {', '.join(unknown)}"
        )
    return _Model(
        observer=spec.title if flow is None else observer_name(spec.title, flow),
        name=spec.name,
        actions=actions,
        frames=spec.most_frames,
        spec=spec,
        flow=flow,
        weights_sha256=sha256,
        card=card,
    )


def _flow(source: Source, spec: ModelSpec, card: Card | None) -> FlowSource | None:
    """The flow that was asked for, else the one that the weights learnt from, else what reads noise best."""
    refuse_unseen_flow(spec, source.flow, source.flow_weights)
    if not spec.sees_flow:
        return None
    return FlowSource(source.flow or _learnt_flow(card) or DEFAULT_FLOW, source.flow_weights)


def _learnt_flow(card: Card | None) -> str | None:
    name = card.configuration.get("flow_name") if card is not None else None
    return name if isinstance(name, str) and name in FLOW_NAMES else None


def _actions(source: Source, card: Card | None) -> tuple[str, ...]:
    if card is not None:
        if source.actions and source.actions != card.actions:
            raise AnalysisError(
                f"--actions {','.join(source.actions)}: by their card, {source.weights} answer with "
                f"{','.join(card.actions)}, in this order; leave --actions out"
            )
        return card.actions
    if len(source.actions) < 2:
        raise AnalysisError(
            f"{source.weights} has no card that says what its outputs mean; name the actions in the order of "
            f"the outputs with --actions A,B,..."
        )
    return source.actions


def _job(source: Source, question: Question, means: Means, model: _Model) -> Job:
    kind = "cpu"
    if not source.entry_point and means.dask is None:
        kind = chosen_device(means.device).type
    elif means.device == "cuda":
        kind = "cuda"
    batch = means.batch or BATCH[kind]
    threads = means.threads or reading_threads(kind)
    return Job(
        stimuli=question.stimuli.resolve(),
        actions=model.actions,
        model=None if source.entry_point else model.name,
        weights=source.weights.resolve() if source.weights else None,
        weights_sha256=model.weights_sha256,
        entry_point=source.entry_point,
        flow=model.flow.name if model.flow else None,
        flow_weights=source.flow_weights.resolve() if source.flow_weights else None,
        views=question.views,
        batch=batch,
        device=means.device,
        precision=means.precision,
        compiled=means.compiled,
        threads=threads,
    )


def _record(
    source: Source,
    question: Question,
    job: Job,
    model: _Model,
    clips: Sequence[Clip],
    stimuli: StimulusSet,
) -> PredictionRecord:
    """The record of a run that has computed nothing yet."""
    card = model.card
    return PredictionRecord(
        predictions_sha256="",
        observer=model.observer,
        model=model.name,
        frames=model.frames,
        views=job.views,
        flow=model.flow.identity if model.flow else None,
        weights_file=source.weights.name if source.weights else None,
        weights_sha256=model.weights_sha256,
        learnt=None
        if card is None
        else Learnt(
            conditions=card.conditions,
            split=card.split,
            manifest_sha256=card.manifest_sha256,
            flow=_learnt_flow(card),
            clip_ids=card.learnt_clip_ids,
            unknown_start=card.unknown_start,
        ),
        conditions=tuple(dict.fromkeys(clip.condition for clip in clips)),
        split=question.split,
        clips=len(clips),
        manifest_sha256=stimuli.sha256,
        computing=_computing(job, None),
        software=installed_packages(),
    )


def _computing(job: Job, predicted: Predicted | None) -> Computing:
    timing = predicted.timing if predicted else Timing()
    return Computing(
        device=predicted.device if predicted else job.device,
        precision=job.precision,
        memory_format=predicted.memory_format if predicted else "contiguous",
        compiled=job.compiled,
        batch=job.batch,
        clips=timing.clips,
        seconds=round(timing.seconds, 3),
        waiting_s=round(timing.waiting_s, 3),
    )
