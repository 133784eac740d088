"""The control experiments of the study: which networks are trained and tested on which clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pandas as pd

from analysis.comparison.model_accuracy import model_accuracy
from analysis.errors import AnalysisError
from analysis.models.devices import DeviceName, Precision, require_torch
from analysis.models.flow_sources import DEFAULT_FLOW, FlowSource
from analysis.models.model_card import Card, card_path, read_card
from analysis.models.prediction_run import Means, Question, Source, predict
from analysis.models.predictions import read_record
from analysis.models.zoo import model_spec
from analysis.tables import read_table, write_table
from stimuli.manifest import file_sha256, read_stimulus_set
from stimuli.progress import OnProgress

RESULT = "control.tsv"


@dataclass(frozen=True)
class ControlRun:
    """A network that learns from the training clips of a condition and answers its test clips."""

    model: str
    condition: str

    @property
    def stem(self) -> str:
        """Of its files."""
        return f"{self.model}_{self.condition}"


@dataclass(frozen=True)
class Control:
    """What it asks, in a sentence, and its runs."""

    question: str
    runs: tuple[ControlRun, ...]


_BOTH = ("UCF5", "AFD5")


def _each(models: Sequence[str]) -> tuple[ControlRun, ...]:
    return tuple(ControlRun(model, condition) for model, condition in product(models, _BOTH))


CONTROLS: Mapping[str, Control] = {
    "single-frame": Control(
        "What does a single frame tell: a picture, the flow at one moment, a frame of noise?",
        (
            ControlRun("resnet50", "UCF5"),
            ControlRun("resnet50-flow", "UCF5"),
            ControlRun("resnet50", "AFD5"),
        ),
    ),
    "rgb-twice": Control(
        "Is it the flow that helps E2S-X3D, or only the second network?",
        _each(("e2s-x3d", "e2s-x3d-rgb")),
    ),
    "x3d-ablation": Control(
        "What does each stream reach alone (table 4.2)?",
        _each(
            ("x3d-xs", "x3d-xs-flow", "x3d-s", "x3d-s-flow", "x3d-m", "x3d-m-flow", "e2s-x3d"),
        ),
    ),
    "x3d-ablation-small": Control(
        "The same with networks that a CPU can train.",
        _each(("x3d-xs-112", "x3d-xs-112-flow", "e2s-x3d-small")),
    ),
}


@dataclass(frozen=True)
class ControlRequest:
    """``numbers`` are fields of ``TrainingPlan``; ``readers`` threads read clips, None: as suits."""

    name: str
    stimuli: Path
    folder: Path
    flow: str = DEFAULT_FLOW
    device: DeviceName = "auto"
    precision: Precision = "fp32"
    readers: int | None = None
    numbers: Mapping[str, int | float | str] = field(default_factory=dict)


def run_control(request: ControlRequest, on_progress: OnProgress, say: Callable[[str], None]) -> pd.DataFrame:
    """Train and test every network of a control and write ``control.tsv`` into the folder.

    What an earlier call has finished with this stimulus set and these numbers is kept; a training that was
    interrupted goes on.

    Returns
    -------
    DataFrame
        ``model, title, trained_on, input, observer, condition, trials, correct, accuracy, low, high,
        method``, a row per run.

    Raises
    ------
    AnalysisError
        For another name, a folder with results of other options, and as training and predicting do.
    """
    require_torch(f"The control {request.name}")
    try:
        control = CONTROLS[request.name]
    except KeyError:
        raise AnalysisError(
            f"there is no control {request.name!r}; there are: {', '.join(CONTROLS)}"
        ) from None
    rows = []
    for number, run in enumerate(control.runs, start=1):
        say(f"{run.model} on {run.condition}, {number} of {len(control.runs)}")
        weights = _trained(request, run, on_progress, say)
        rows.append(_tested(request, run, weights, on_progress))
    table = pd.concat(rows, ignore_index=True)
    write_table(table, request.folder / RESULT)
    return table


def _trained(
    request: ControlRequest, run: ControlRun, on_progress: OnProgress, say: Callable[[str], None]
) -> Path:
    from analysis.models.training_run import TrainingRequest, run_training

    weights = request.folder / f"{run.stem}.safetensors"
    if weights.is_file() and card_path(weights).is_file():
        card = read_card(weights, file_sha256(weights))
        if card is not None:
            _refuse_another_training(request, run, weights, card)
        return weights
    wanted = TrainingRequest(
        model=run.model,
        stimuli=request.stimuli,
        out=weights,
        conditions=(run.condition,),
        flow=FlowSource(request.flow),
        device=request.device,
        readers=request.readers,
        numbers={**request.numbers, "precision": request.precision},
    )
    return run_training(wanted, on_progress, say).weights


def _refuse_another_training(request: ControlRequest, run: ControlRun, weights: Path, card: Card) -> None:
    """What an earlier call has finished counts only for a call that asks for the same."""
    if card.manifest_sha256 != read_stimulus_set(request.stimuli).sha256:
        raise AnalysisError(
            f"{weights} learnt from another stimulus set than {request.stimuli}; choose another folder"
        )
    wanted = {**request.numbers, "precision": request.precision}
    if model_spec(run.model).sees_flow:
        wanted["flow_name"] = request.flow
    for name, value in wanted.items():
        if card.configuration.get(name) != value:
            option = name.removesuffix("_name").replace("_", "-")
            raise AnalysisError(
                f"{weights} was trained with --{option} {card.configuration.get(name)}, not {value}; give "
                f"the same options to go on, or choose another folder"
            )


def _tested(request: ControlRequest, run: ControlRun, weights: Path, on_progress: OnProgress) -> pd.DataFrame:
    spec = model_spec(run.model)
    path = request.folder / f"{run.stem}.tsv"
    record = read_record(path) if path.is_file() else None
    if record is None or record.weights_sha256 != file_sha256(weights):
        predict(
            Source(run.model, weights, flow=request.flow if spec.sees_flow else None),
            Question(request.stimuli, run.condition),
            Means(request.device, request.precision, threads=request.readers),
            path,
            on_progress,
        )
    accuracy = model_accuracy(read_table(path))
    accuracy.insert(0, "model", run.model)
    accuracy.insert(1, "trained_on", run.condition)
    accuracy.insert(2, "input", " + ".join(stream.shown_as for stream in spec.streams))
    return accuracy
