"""From a stimulus set to trained weights with their card: what `python -m analysis train` does."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import nn

from analysis.errors import AnalysisError
from analysis.models.clip_cache import ClipCache
from analysis.models.devices import DeviceName, chosen_device, device_title, reading_threads
from analysis.models.distributed import processes_here
from analysis.models.flow_sources import FlowSource
from analysis.models.model_card import Card, card_path
from analysis.models.network_weights import WEIGHTS_SUFFIX, load_weights, save_weights
from analysis.models.predictions import installed_packages
from analysis.models.published_weights import published_at
from analysis.models.reading_ahead import read_ahead
from analysis.models.spec import ModelSpec
from analysis.models.splits import TrainingSplit, training_split
from analysis.models.training import Machine, Training
from analysis.models.training_data import TrainingClips
from analysis.models.training_plan import TrainingPlan
from analysis.models.training_state import Progress, state_path
from analysis.models.unfit_clips import refuse_unfit_clips
from analysis.models.zoo import model_spec
from stimuli.errors import StimulusError, reason_of
from stimuli.manifest import StimulusSet, file_sha256, read_stimulus_set
from stimuli.progress import OnProgress

NO_FLOW = "none"


@dataclass(frozen=True)
class TrainingRequest:
    """What is asked for.

    `start`: weights to be fine-tuned, of any number of classes. `numbers`: the fields of `TrainingPlan` that
    are not to be its defaults. `readers`: threads that make batches; None leaves it to the device.
    """

    model: str
    stimuli: Path
    out: Path
    conditions: tuple[str, ...]
    flow: FlowSource = field(default_factory=FlowSource)
    start: Path | None = None
    device: DeviceName = "auto"
    readers: int | None = None
    cache_folder: Path | None = None
    numbers: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """The weights with their card, and how many epochs were run. `is_first`: of several processes, the one
    that speaks for all.
    """

    weights: Path
    card: Card
    epochs: int
    is_first: bool = True


def run_training(request: TrainingRequest, on_progress: OnProgress, say: Callable[[str], None]) -> Trained:
    """Train, or go on with a training that was interrupted, and write weights, card and log.

    Raises AnalysisError, before anything is written, for a model, set, clip, file or device that does not do.
    """
    spec = model_spec(request.model)
    _check_out(request.out)
    try:
        stimulus_set = read_stimulus_set(request.stimuli)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error
    device = chosen_device(request.device)
    with processes_here(device.type) as processes:
        device = chosen_device(request.device)  # of this process, where there are several
        plan = _plan(request, spec, stimulus_set, processes.count)
        split = training_split(stimulus_set, request.conditions, plan.seed, plan.validation_share)
        _refuse_idle_processes(plan, split)
        refuse_unfit_clips((*split.train, *split.validation), stimulus_set, spec, request.flow)
        torch.manual_seed(plan.seed)
        network = spec.build(len(split.actions))
        start = _started(network, request.start, len(split.actions))
        _make_folder(request.out)
        machine = Machine(
            device=device,
            processes=processes,
            readers=request.readers or reading_threads(device.type, processes.count),
            on_progress=on_progress if processes.is_first else _nothing,
            say=say if processes.is_first else _nothing,
        )
        if start.start_without_card is not None:
            machine.say(
                f"what {start.start_without_card} learnt from is not known; that no test clip was among it "
                f"cannot be checked"
            )
        progress = _trained(request, plan, split, spec, stimulus_set, network, machine)
        flow_name = request.flow.name if spec.sees_flow else NO_FLOW
        card = _card(plan, split, device, progress, flow_name, start)
        if processes.is_first:
            card = save_weights(network, request.out, card)
            state_path(request.out).unlink(missing_ok=True)
        processes.wait()
    return Trained(request.out, card, len(progress.history), processes.is_first)


@dataclass(frozen=True)
class _Start:
    """What is known of the weights that are fine-tuned, by the names that a card has for it."""

    start_clip_ids: tuple[str, ...] = ()
    start_without_card: str | None = None


def _started(network: nn.Module, weights: Path | None, classes: int) -> _Start:
    """Put the weights to be fine-tuned, if any, into the network."""
    if weights is None:
        return _Start()
    card = load_weights(network, weights, classes=classes, new_classifier=True).card
    if card is None:
        return _Start(start_without_card=weights.name)
    return _Start(card.learnt_clip_ids, card.unknown_start)


def _trained(
    request: TrainingRequest,
    plan: TrainingPlan,
    split: TrainingSplit,
    spec: ModelSpec,
    stimulus_set: StimulusSet,
    network: nn.Module,
    machine: Machine,
) -> Progress:
    new_cache = partial(ClipCache, stimulus_set, spec.streams, request.flow, request.cache_folder)
    train, validation = (
        TrainingClips(clips, split.actions, spec.streams, new_cache)
        for clips in (split.train, split.validation)
    )
    every = (*split.train, *split.validation)
    if (warning := new_cache().check_room(every)) is not None:
        machine.say(warning)
    both = TrainingClips(every, split.actions, spec.streams, new_cache)
    places = machine.processes.share(list(range(len(both))))
    made = read_ahead(both.make_ready, places, machine.readers, machine.readers)
    for done, _ in enumerate(made, start=1):
        machine.on_progress("clips made small", done, len(places))
    new_cache().make_room()
    machine.processes.wait()
    return Training(plan, network, train, validation, machine).run(request.out)


def _plan(
    request: TrainingRequest, spec: ModelSpec, stimulus_set: StimulusSet, processes: int
) -> TrainingPlan:
    try:
        start = None if request.start is None else file_sha256(request.start)
    except OSError as error:
        raise AnalysisError(
            f"{request.start} cannot be read: {reason_of(error)}{published_at(request.model)}"
        ) from error
    try:
        return TrainingPlan.model_validate(
            {
                "model": request.model,
                "conditions": request.conditions,
                "manifest_sha256": stimulus_set.sha256,
                "flow": request.flow.identity if spec.sees_flow else NO_FLOW,
                "start_sha256": start,
                "processes": processes,
                **request.numbers,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-")
        raise AnalysisError(f"--{name} is {first['input']}: {first['msg'].lower()}") from error


def _refuse_idle_processes(plan: TrainingPlan, split: TrainingSplit) -> None:
    """Every process has a clip of every step, or nothing would be learnt."""
    clips = min(plan.batch, len(split.train))
    if clips < plan.processes:
        raise AnalysisError(
            f"A step of {clips} clip{'s' * (clips != 1)} cannot be shared by {plan.processes} processes; "
            f"start fewer (--nproc-per-node), or give a larger --batch where there are more clips"
        )


def _check_out(out: Path) -> None:
    if out.suffix != WEIGHTS_SUFFIX:
        raise AnalysisError(f"{out}: weights are saved as {WEIGHTS_SUFFIX}; name such a file")
    for path in (out, card_path(out)):
        if path.exists():
            raise AnalysisError(f"{path} exists; remove it, or name another file")


def _make_folder(out: Path) -> None:
    """Once all is checked, so that what cannot be done leaves nothing."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnalysisError(f"{out.parent} cannot be made: {reason_of(error)}") from error


def _card(
    plan: TrainingPlan,
    split: TrainingSplit,
    device: torch.device,
    progress: Progress,
    flow_name: str,
    start: _Start,
) -> Card:
    best = progress.history[progress.best_epoch]
    return Card(
        model=plan.model,
        actions=split.actions,
        conditions=plan.conditions,
        split="train",
        manifest_sha256=plan.manifest_sha256,
        training_groups=_groups(split),
        training_clip_ids=tuple(clip.clip_id for clip in split.train),
        start_clip_ids=start.start_clip_ids,
        start_without_card=start.start_without_card,
        configuration={
            **plan.model_dump(mode="json"),
            "flow_name": flow_name,
            "validation_clip_ids": [clip.clip_id for clip in split.validation],
            "device": device_title(device),
            "python": platform.python_version(),
        },
        versions=installed_packages(),
        metrics={
            "epochs": len(progress.history),
            "best epoch": best.epoch,
            "training loss": best.train_loss,
            "training accuracy": best.train_accuracy,
            "validation loss": best.validation_loss,
            "validation accuracy": best.validation_accuracy,
            "seconds": round(progress.seconds, 1),
        },
    )


def _groups(split: TrainingSplit) -> tuple[str, ...]:
    return tuple(sorted({f"{clip.action} {clip.group}" for clip in split.train}))


def _nothing(*_: object) -> None:
    """Said or shown by the first process alone."""
