"""The clips that were shown, as a table: what they are and their checksums, not the footage."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.export.columns import STIMULUS_COLUMNS
from analysis.export.json_text import json_bytes
from analysis.export.labelled_session import LabelledSession
from analysis.tables import table_bytes
from experiment.records import TrialsPhase
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet

FOLDER = "stimuli"
TABLE = "stimuli.tsv"
SIDECAR = "stimuli.json"


def stimulus_files(
    sessions: Sequence[LabelledSession], stimuli: StimulusSet | None, folder: str = FOLDER
) -> dict[str, bytes]:
    """The table of all clips that the trials of the protocols show, ordered by name, and its sidecar.

    What only the ``stimuli`` themselves know is empty without them.
    """
    clips: dict[str, dict[str, object]] = {}
    for session in sessions:
        for phase in session.details.record.plan.phases:
            if not isinstance(phase, TrialsPhase):
                continue
            for trial in phase.trials:
                if trial.clip_id not in clips:
                    clips[trial.clip_id] = {
                        "clip_id": trial.clip_id,
                        "condition": phase.condition,
                        "action": trial.action,
                        "group": trial.group,
                        "split": trial.split,
                        "source_clip_id": trial.source_clip_id,
                        **_of_the_file(trial.clip_id, stimuli),
                    }
    names = [column.name for column in STIMULUS_COLUMNS]
    table = pd.DataFrame([clips[name] for name in sorted(clips)], columns=names)
    table = table.astype(dict.fromkeys(("group", "frames", "width", "height"), "Int64"))
    sidecar = {column.name: column.sidecar for column in STIMULUS_COLUMNS}
    return {f"{folder}/{TABLE}": table_bytes(table), f"{folder}/{SIDECAR}": json_bytes(sidecar)}


def _of_the_file(clip_id: str, stimuli: StimulusSet | None) -> dict[str, object]:
    try:
        clip = stimuli.by_id(clip_id) if stimuli else None
    except StimulusError:
        clip = None
    if clip is None:
        return {"sha256": None, "frames": None, "fps": None, "width": None, "height": None}
    return {
        "sha256": clip.sha256,
        "frames": clip.frames,
        "fps": clip.fps,
        "width": clip.width,
        "height": clip.height,
    }
