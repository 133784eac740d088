"""What happened: the records of ``journal.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from experiment.records.session import DisplayRecord

InputKind = Literal["mouse", "key", "touch"]


@dataclass(frozen=True)
class SessionStarted:
    """``simulated`` is the observer's name, or empty where a person answers."""

    simulated: str = ""
    kind: Literal["session_started"] = "session_started"


@dataclass(frozen=True)
class PhaseStarted:
    """``phase`` is the index of the phase in the plan, from 0."""

    phase: int
    name: str
    condition: str | None
    kind: Literal["phase_started"] = "phase_started"


@dataclass(frozen=True)
class TrialStarted:
    """Written before the clip is shown, so that a trial cut off by a kill is known to have been seen."""

    phase: int
    trial: int
    attempt: int
    clip_id: str
    kind: Literal["trial_started"] = "trial_started"


@dataclass(frozen=True)
class Press:
    """One choice made in the menu, ``at_s`` after the first frame."""

    action: str
    at_s: float
    input: InputKind


@dataclass(frozen=True)
class TrialFinished:
    """A finished trial.

    ``trial_seq`` is the ``seq`` of its ``trial_started`` record and the key of its flips in
    ``frames.tsv.gz``. ``onset_s`` is the flip that showed the first frame, ``time_to_choose_s`` runs from
    there to the time stamp of the first press; ``loops`` is that time in clip lengths. ``presses`` holds
    every press (in training the trial goes on until the right answer). ``early_presses`` counts presses
    between the fixation mark and the onset, ``too_soon_presses`` those within the minimum viewing time, of
    all showings; both are no answers. ``interval_ms`` and ``interval_sd_ms`` are mean and standard deviation
    of the time between flips.

    Where the answer is selected and then confirmed, ``response`` is the confirmed action,
    ``time_to_choose_s`` the time of the last selection before it was confirmed, and ``confirmed_at_s`` the
    time of the confirmation, both from the onset; ``presses`` holds every selection.

    Where the time limit ended the trial, ``response``, ``time_to_choose_s`` and ``input`` are null, the
    answer counts as wrong, and ``loops`` is the time limit in clip lengths.
    """

    phase: int
    trial: int
    attempt: int
    trial_seq: int
    clip_id: str
    action: str
    response: str | None
    correct: bool
    time_to_choose_s: float | None
    loops: float
    onset_s: float
    presses: tuple[Press, ...]
    early_presses: int
    flips: int
    dropped_frames: int
    interval_ms: float
    interval_sd_ms: float
    input: InputKind | None
    confirmed_at_s: float | None = None
    too_soon_presses: int = 0
    kind: Literal["trial"] = "trial"


@dataclass(frozen=True)
class BreakTaken:
    """A break after ``trial``, ended by the participant ``duration_s`` after it began."""

    phase: int
    trial: int
    duration_s: float
    kind: Literal["break"] = "break"


@dataclass(frozen=True)
class RoundFinished:
    """A round of a training with a criterion: ``correct`` of its last ``of`` answers were right.

    ``reached`` says whether that met the criterion; if not, the next round follows where one is planned.
    """

    phase: int
    round: int
    correct: int
    of: int
    reached: bool
    kind: Literal["round"] = "round"


@dataclass(frozen=True)
class RestTaken:
    """``ended_by`` is ``time`` or ``experimenter``."""

    phase: int
    duration_s: float
    ended_by: Literal["time", "experimenter"]
    kind: Literal["rest"] = "rest"


@dataclass(frozen=True)
class Answers:
    """The answers of one questionnaire page: item name -> stored option or text (empty where left open)."""

    phase: int
    page: str
    answers: Mapping[str, str]
    kind: Literal["answers"] = "answers"


@dataclass(frozen=True)
class Paused:
    """``decision`` is what was chosen on the pause screen; ``trial`` is the one cut off, if any.

    ``presses`` are the choices made in that trial before it was cut off; they stand first in the record of
    the showing that ends it. ``confirmed_at_s`` is when the last selection before it was confirmed, where
    that did not end the trial; it remains the response. ``early_presses`` and ``too_soon_presses`` count
    those that were no answers in the showing that was cut off; sessions of earlier versions lack them.
    """

    phase: int
    trial: int | None
    duration_s: float
    decision: Literal["continue", "stop"]
    presses: tuple[Press, ...] = ()
    confirmed_at_s: float | None = None
    early_presses: int = 0
    too_soon_presses: int = 0
    kind: Literal["paused"] = "paused"


@dataclass(frozen=True)
class HeldUp:
    """The session waited ``duration_s`` on a screen because a file could not be written, for this
    ``reason``.

    It stands after the record that had to wait, whose ``t_s`` is when it happened.
    """

    duration_s: float
    reason: str
    kind: Literal["held_up"] = "held_up"


@dataclass(frozen=True)
class InputChanged:
    """The source of the presses' time stamps was lost, for this ``reason``, and another took its place.

    It stands before the first record after that; the session went on meanwhile.
    """

    before: str
    after: str
    reason: str
    kind: Literal["input_changed"] = "input_changed"


@dataclass(frozen=True)
class Resumed:
    """The session was taken up again ``gap_s`` after its last record; ``damage`` lists what was wrong with
    the journal, ``warnings`` what the checks before it warned of.
    """

    gap_s: float
    damage: tuple[str, ...]
    display: DisplayRecord
    simulated: str = ""
    warnings: tuple[str, ...] = ()
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True)
class PhaseFinished:
    """All of a phase is over; ``phase`` as in ``PhaseStarted``."""

    phase: int
    kind: Literal["phase_finished"] = "phase_finished"


@dataclass(frozen=True)
class SessionFinished:
    """All of a session is over."""

    kind: Literal["session_finished"] = "session_finished"


Event = Annotated[
    SessionStarted
    | PhaseStarted
    | TrialStarted
    | TrialFinished
    | BreakTaken
    | RoundFinished
    | RestTaken
    | Answers
    | Paused
    | HeldUp
    | InputChanged
    | Resumed
    | PhaseFinished
    | SessionFinished,
    Field(discriminator="kind"),
]

EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
"""Checks and converts a journal payload; ``validate_python`` raises pydantic's ``ValidationError``."""
