"""Every column of an exported data set, defined once: sidecars and docs/data-dictionary.md are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.trial_row import SCHEMA

_COUNTS = ("sessions", "frames", "fps")
YES_NO = {"1": "yes", "0": "no"}
_OUTCOME = {"1": "response is the action that the clip shows", "0": "it is not, or there was no response"}


@dataclass(frozen=True)
class ColumnDefinition:
    """A column: its ``name`` in the data set, and what it means.

    ``source`` is the column of the trial table that it carries, empty where there is none. ``levels`` maps
    every value to its meaning where there are few; ``units`` are SI units, empty where there are none.
    """

    name: str
    long_name: str
    description: str
    source: str = ""
    units: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether it counts or measures: a 7 there says nothing of who has the code 7."""
        if self.source in SCHEMA.columns:
            return not str(SCHEMA.columns[self.source].dtype).startswith("string")
        return bool(self.units) or self.name in _COUNTS

    @property
    def sidecar(self) -> dict[str, object]:
        """The entry of a BIDS sidecar."""
        entry: dict[str, object] = {"LongName": self.long_name, "Description": self.description}
        if self.units:
            entry["Units"] = self.units
        if self.levels:
            entry["Levels"] = dict(self.levels)
        return entry


PARTICIPANT_ID = ColumnDefinition(
    "participant_id", "Participant", "Random label; it says nothing of who, when or in which order."
)
_SOURCE_CLIP = ColumnDefinition(
    "source_clip_id",
    "Source clip",
    "The clip that this one was made from; n/a for ordinary video.",
    source="source_clip_id",
)
_GROUP = ColumnDefinition("group", "Clip group", "Clips of one group share actor and scene.", source="group")
_SPLIT = ColumnDefinition(
    "split",
    "Part of the stimulus set",
    "Which part of the stimulus set the clip is of.",
    source="split",
    levels={
        "train": "part for training",
        "test": "part for testing",
        "demo": "part for demonstrations",
    },
)

TRIAL_COLUMNS = (
    ColumnDefinition(
        "trial",
        "Trial number",
        "Number of the trial in its phase of its session, in the order shown, from 1.",
        source="trial",
    ),
    ColumnDefinition(
        "onset",
        "Onset of the clip",
        "The flip that showed the first frame of the clip, counted from that of the first trial of the "
        "session. Interruptions, after which the session was taken up again, are cut out.",
        source="onset",
        units="s",
    ),
    ColumnDefinition(
        "trial_type",
        "Action shown",
        "The action that the clip shows, as the protocol names it.",
        source="action",
    ),
    ColumnDefinition(
        "clip_id",
        "Clip",
        "Condition and name of the clip; described in stimuli/stimuli.tsv. The footage is not part of the "
        "data set.",
        source="clip_id",
    ),
    _SOURCE_CLIP,
    _GROUP,
    _SPLIT,
    ColumnDefinition(
        "response",
        "Response",
        "The action that was chosen; n/a where a time limit ended the trial.",
        source="response",
    ),
    ColumnDefinition(
        "correct", "Right answer", "Whether the answer was right.", source="correct", levels=_OUTCOME
    ),
    ColumnDefinition(
        "response_time",
        "Time to choose",
        "From the flip that showed the first frame to the press that chose the response; n/a without one.",
        source="time_to_choose",
        units="s",
    ),
    ColumnDefinition(
        "loops",
        "Showings of the clip",
        "How often the clip was seen until then, a fraction; the time limit in clip lengths where that ended "
        "the trial.",
        source="loops",
    ),
    ColumnDefinition(
        "confirmed_at",
        "Time of confirmation",
        "From the first frame to the confirmation of the response; n/a where none was asked for.",
        source="confirmed_at",
        units="s",
    ),
    ColumnDefinition(
        "input",
        "Input",
        "What the response was given with.",
        source="input",
        levels={"mouse": "mouse", "key": "keyboard", "touch": "touch screen"},
    ),
    ColumnDefinition(
        "menu_order",
        "Order of the menu",
        "The actions of the menu from top to bottom, joined by a vertical bar.",
        source="menu_order",
    ),
    ColumnDefinition(
        "attention_check",
        "Attention check",
        "Whether the label stood beside the clip; such a trial counts in no accuracy.",
        source="attention_check",
        levels=YES_NO,
    ),
    ColumnDefinition("round", "Round of training", "Above 1 where a training was repeated.", source="round"),
    ColumnDefinition(
        "attempt",
        "Attempt",
        "Above 1 where the trial was shown again after it had been cut off.",
        source="attempt",
    ),
    ColumnDefinition(
        "dropped_frames",
        "Late flips",
        "Flips that came more than 1.5 frame periods after the one before; a stall of any length counts "
        "once.",
        source="dropped_frames",
    ),
    ColumnDefinition(
        "interval_ms",
        "Mean time between flips",
        "Mean time between the flips of the trial.",
        source="interval_ms",
        units="ms",
    ),
    ColumnDefinition(
        "interval_sd_ms",
        "Spread of the time between flips",
        "Standard deviation of the time between the flips of the trial.",
        source="interval_sd_ms",
        units="ms",
    ),
    ColumnDefinition("flips", "Flips", "Number of flips of the trial.", source="flips"),
    ColumnDefinition(
        "early_presses",
        "Early presses",
        "Presses between the fixation mark and the first frame; they are no answers.",
        source="early_presses",
    ),
)
"""The columns of a ``_beh.tsv``. What the trial table has beside them stands elsewhere, see ``ELSEWHERE``."""

ELSEWHERE = {
    "observer": "`participant_id` in the name of the file; the code itself is not exported",
    "observer_kind": "`participants.tsv`",
    "session": "`ses-` in the name of the file, where somebody has several sessions",
    "condition": "`task-` in the name of the file, `Condition` in its sidecar",
    "phase": "`task-` in the name of the file, `Phase` in its sidecar",
    "pilot": "`Pilot` in the sidecar of the session",
    "finished": "`Finished` in the sidecar of the session",
}
"""Columns of the trial table that are no columns of a ``_beh.tsv``, and where they stand."""

PARTICIPANT_COLUMNS = (
    PARTICIPANT_ID,
    ColumnDefinition(
        "observer_kind",
        "Kind of participant",
        "Whether a person or a program answered.",
        source="observer_kind",
        levels={"human": "a person", "simulated": "a simulated participant"},
    ),
    ColumnDefinition("sessions", "Sessions", "Number of sessions of this participant in the data set."),
)

STIMULUS_COLUMNS = (
    ColumnDefinition("clip_id", "Clip", "Condition and name of the clip.", source="clip_id"),
    ColumnDefinition(
        "condition", "Condition", "The condition in which the clip was shown.", source="condition"
    ),
    ColumnDefinition("action", "Action", "The action that the clip shows.", source="action"),
    _GROUP,
    _SPLIT,
    _SOURCE_CLIP,
    ColumnDefinition("sha256", "Checksum", "SHA-256 of the video file; n/a where the set was out of reach."),
    ColumnDefinition("frames", "Frames", "Number of frames of the clip."),
    ColumnDefinition("fps", "Frame rate", "Frames per second of the clip.", units="Hz"),
    ColumnDefinition("width", "Width", "Width of the clip.", units="px"),
    ColumnDefinition("height", "Height", "Height of the clip.", units="px"),
)

REMARK_COLUMNS = (
    PARTICIPANT_ID,
    ColumnDefinition("remark", "Remark", "What was typed in, passed by a person before the export."),
)
ALL_COLUMNS = (*TRIAL_COLUMNS, *PARTICIPANT_COLUMNS, *STIMULUS_COLUMNS, *REMARK_COLUMNS)
NUMERIC_COLUMNS = frozenset(column.name for column in ALL_COLUMNS if column.is_number)
