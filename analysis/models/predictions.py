"""Answers of a model as the trial table that people have, and beside it a record of how they came about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import AnalysisError
from analysis.probabilities import with_probabilities
from analysis.tables import TrialRow, read_table, table_bytes, table_of, write_file
from stimuli.clip import Clip
from stimuli.installed import installed_version
from stimuli.whole_file import read_whole

SUFFIX = ".json"
PACKAGES = ("torch", "torchvision", "pytorchvideo", "numpy", "av", "opencv-python")
"""The packages whose versions a record tells, where they are installed."""
DECIMALS = 6
"""Of the probabilities in a table."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Learnt(_Record):
    """What the weights were trained on, as their card says: a comparison must not use these clips again.

    ``clip_ids`` are also those of the weights that were fine-tuned; ``unknown_start`` names weights among
    these of which nobody knows what they learnt from. ``flow`` is the name of the flow that they learnt from;
    None where they saw none, or nobody knows.
    """

    conditions: tuple[str, ...]
    split: str
    manifest_sha256: str
    clip_ids: tuple[str, ...]
    flow: str | None = None
    unknown_start: str | None = None


class Computing(_Record):
    """How the answers were computed, and how fast: ``clips`` in ``seconds``, of which ``waiting_s`` were
    spent waiting for decoded clips. Of a run that was resumed, only what its last part did.
    """

    device: str
    precision: str
    memory_format: str
    compiled: bool
    batch: int
    clips: int
    seconds: float
    waiting_s: float
    # Records once lacked it.
    clips_per_s: float = Field(
        default_factory=lambda done: round(done["clips"] / done["seconds"], 2) if done["seconds"] > 0 else 0.0
    )


class PredictionRecord(_Record):
    """The file beside a table of predictions.

    ``model`` is the name in the zoo, or the entry point. ``frames`` is the largest number of frames that one
    look of the model takes in: 1 for a single-frame network, 0 where nobody knows (an entry point).
    """

    format: Literal[1] = 1
    predictions_sha256: str
    observer: str
    model: str
    frames: int
    views: int
    flow: str | None
    weights_file: str | None
    weights_sha256: str | None
    learnt: Learnt | None
    conditions: tuple[str, ...]
    split: str
    clips: int
    manifest_sha256: str
    computing: Computing
    software: dict[str, str]


def prediction_table(
    observer: str,
    session: int,
    clips: Sequence[Clip],
    actions: Sequence[str],
    probabilities: NDArray[np.floating],
) -> pd.DataFrame:
    """The trial table of one run of a model, with a column ``p_<Action>`` for every action.

    ``probabilities`` is (clips, actions), each row adding up to 1; the response is the largest, the first of
    several alike. Trials are numbered from 1 in each condition, in the order of ``clips``.

    Raises
    ------
    AnalysisError
        Where the probabilities do not fit the clips and actions, or are none.
    """
    shape = (len(clips), len(actions))
    if probabilities.shape != shape:
        raise AnalysisError(
            f"{observer} gave an array of probabilities of shape {probabilities.shape}; {shape} is needed, a "
            f"row for each clip and a column for each of {', '.join(actions)}"
        )
    given = pd.DataFrame(np.round(probabilities.astype(np.float64), DECIMALS), columns=list(actions))
    if not np.isfinite(given.to_numpy()).all():
        row = int(np.argmin(np.isfinite(given.to_numpy()).all(axis=1)))
        raise AnalysisError(f"{observer} gave a probability that is no number for {clips[row].clip_id}")
    numbers: dict[str, int] = {}
    rows = []
    for clip, best in zip(clips, probabilities.argmax(axis=1), strict=True):
        numbers[clip.condition] = numbers.get(clip.condition, 0) + 1
        rows.append(_row(observer, session, numbers[clip.condition], clip, actions, actions[int(best)]))
    places = [clip.clip_id for clip in clips]
    return with_probabilities(table_of(rows, places), given, places)


def _row(
    observer: str, session: int, trial: int, clip: Clip, actions: Sequence[str], response: str
) -> TrialRow:
    return TrialRow(
        observer=observer,
        observer_kind="model",
        session=session,
        condition=clip.condition,
        phase="test",
        trial=trial,
        clip_id=clip.clip_id,
        group=clip.group,
        action=clip.action,
        response=response,
        correct=int(response == clip.action),
        time_to_choose=None,
        loops=None,
        onset=None,
        dropped_frames=None,
        menu_order="|".join(actions),
        input=None,
        source_clip_id=clip.source_clip_id,
        split=clip.split,
        attempt=1,
        confirmed_at=None,
        pilot=0,
        finished=1,
    )


def record_path(predictions: Path) -> Path:
    """Where the record of a table lies: ``e2s.tsv`` -> ``e2s.tsv.json``; cards of weights end in .json."""
    return predictions.with_name(f"{predictions.name}{SUFFIX}")


def refuse_other_names(path: Path) -> None:
    """Raises AnalysisError where a table of predictions cannot bear this name."""
    if path.suffix != ".tsv" or path.is_dir():
        raise AnalysisError(f"{path}: a table of predictions is a file with the ending .tsv")


def refuse_table_of_another_run(
    table: Path, session: int, actions: Sequence[str], planned: PredictionRecord
) -> None:
    """Whether a table may be written: an existing one gives way to its own run alone.

    The device, on which answers depend by no more than rounding, may be another; nobody knows whether a
    function is what it was.

    Raises
    ------
    AnalysisError
        Where a table exists whose record says that it was made otherwise, or that has no record.
    """
    if not table.exists():
        return
    record = read_record(table)
    if record is None:
        raise AnalysisError(
            f"{table} exists, and no record beside it says how it was made; remove it, or name another file"
        )
    trials = read_table(table)
    found = {
        "run": ", ".join(map(str, sorted(set(trials["session"])))),
        "actions": ",".join(str(menu).replace("|", ",") for menu in trials["menu_order"].unique()),
        **_made_with(record),
    }
    wanted = {"run": str(session), "actions": ",".join(actions), **_made_with(planned)}
    other = [name for name in wanted if found[name] != wanted[name]]
    if other:
        name = other[0]
        raise AnalysisError(
            f"{table} exists and was made with {name} {found[name]} instead of {wanted[name]}; remove it, or "
            f"name another file"
        )


def _made_with(record: PredictionRecord) -> dict[str, str]:
    """What the answers depend on, name -> value."""
    return {
        "model": record.model,
        "name": record.observer,
        "weights": str(record.weights_sha256),
        "stimuli": record.manifest_sha256,
        "condition": ", ".join(record.conditions),
        "split": record.split,
        "flow": str(record.flow),
        "views": str(record.views),
        "batch": str(record.computing.batch),
        "precision": record.computing.precision,
        "compile": str(record.computing.compiled),
    }


def write_predictions(table: pd.DataFrame, path: Path, record: PredictionRecord) -> PredictionRecord:
    """Write the table and, before it, its record, so that no table stands without one; returns the record
    with the table's sha256.

    Raises
    ------
    AnalysisError
        Where a file cannot be written, or ``path`` is no .tsv.
    """
    refuse_other_names(path)
    content = table_bytes(table)
    complete = record.model_copy(update={"predictions_sha256": hashlib.sha256(content).hexdigest()})
    write_file(record_path(path), (complete.model_dump_json(indent=1) + "\n").encode())
    write_file(path, content)
    return complete


def read_record(predictions: Path) -> PredictionRecord | None:
    """The record beside a table of predictions; None where there is none, as for tables made elsewhere.

    Raises
    ------
    AnalysisError
        Where the record cannot be read, or belongs to another table than this one.
    """
    path = record_path(predictions)
    if not path.is_file():
        return None
    try:
        record = PredictionRecord.model_validate_json(read_whole(path))
        found = hashlib.sha256(read_whole(predictions)).hexdigest()
    except (OSError, ValidationError) as error:
        reason = str(error).strip().splitlines()[0]
        raise AnalysisError(
            f"{path}: this is no record of predictions that can be read ({reason})"
        ) from error
    if found != record.predictions_sha256:
        raise AnalysisError(
            f"{path} is the record of another table than {predictions.name}: remove both and predict again, "
            f"or remove the record alone if the table was changed on purpose"
        )
    return record


def installed_packages() -> dict[str, str]:
    """Name -> version of those ``PACKAGES`` that are installed."""
    versions = {name: installed_version(name, "") for name in PACKAGES}
    return {name: version for name, version in versions.items() if version}
