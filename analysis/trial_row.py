"""One row of the trial table: its columns, what each may hold, and the words for that."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from operator import attrgetter

import pandas as pd
import pandera.pandas as pa


@dataclass(frozen=True)
class TrialRow:
    """One finished trial; the fields are the columns of the table, in their order.

    ``trial`` counts from 1 in its phase; ``time_to_choose`` and ``loops`` run from the flip that showed the
    first frame to the first press; ``dropped_frames`` counts late flips, those more than 1.5 frame periods
    after the one before, so that one long stall counts once; ``menu_order`` is the actions joined by ``|``;
    ``attempt`` is above 1 where the trial was shown again after a kill or a pause; ``confirmed_at`` is the
    time from the first frame to the confirmation, where one was asked for, and ``time_to_choose`` then the
    time of the last selection before it; ``correct``, ``pilot`` and ``finished`` (of the session) are 0 or 1.

    Where a time limit ended the trial, ``response``, ``time_to_choose`` and ``input`` are empty, ``correct``
    is 0 and ``loops`` is the time limit in clip lengths.

    ``attention_check`` is 1 where the label was shown beside the clip: such a trial counts in no accuracy.
    ``round`` is above 1 where a training was repeated. ``interval_ms`` and ``interval_sd_ms`` are mean and
    standard deviation of the time between flips, ``flips`` is their number. ``early_presses`` were made
    between the fixation mark and the first frame and are no answers.
    """

    observer: str
    observer_kind: str
    session: int
    condition: str
    phase: str
    trial: int
    clip_id: str
    group: int | None
    action: str
    response: str | None
    correct: int
    time_to_choose: float | None
    loops: float | None
    onset: float | None
    dropped_frames: int | None
    menu_order: str | None
    input: str | None
    source_clip_id: str | None
    split: str | None
    attempt: int
    confirmed_at: float | None
    pilot: int
    finished: int
    attention_check: int = 0
    round: int = 1
    interval_ms: float | None = None
    interval_sd_ms: float | None = None
    flips: int | None = None
    early_presses: int | None = None


COLUMNS = tuple(field.name for field in fields(TrialRow))
FIELDS_OF = attrgetter(*COLUMNS)
TRIAL_KEY = ["observer", "session", "condition", "phase", "trial", "clip_id"]
"""What tells one trial from every other; a trial shown again keeps its key."""
ADDED_LATER = {field.name: field.default for field in fields(TrialRow) if field.default is not MISSING}
"""Columns that tables written before they existed lack, and what they then are."""


def _text(pattern: str = r"[^\x00-\x1f\x7f]+", *, nullable: bool = False) -> pa.Column:
    return pa.Column(pd.StringDtype(), pa.Check.str_matches(f"^(?:{pattern})$"), nullable=nullable)


def _count(smallest: int, *, nullable: bool = False) -> pa.Column:
    return pa.Column(pd.Int64Dtype(), pa.Check.ge(smallest), nullable=nullable)


def _flag() -> pa.Column:
    return pa.Column(pd.Int64Dtype(), pa.Check.isin([0, 1]))


def _number(check: pa.Check) -> pa.Column:
    return pa.Column("float64", [check, pa.Check.lt(float("inf"))], nullable=True)


SCHEMA = pa.DataFrameSchema(
    {
        "observer": _text(),
        "observer_kind": _text("human|simulated|model"),
        "session": _count(1),
        "condition": _text(),
        "phase": _text("training|test"),
        "trial": _count(1),
        "clip_id": _text(),
        "group": _count(0, nullable=True),
        "action": _text(),
        "response": _text(nullable=True),
        "correct": _flag(),
        "time_to_choose": _number(pa.Check.gt(0)),
        "loops": _number(pa.Check.ge(0)),
        "onset": _number(pa.Check.ge(0)),
        "dropped_frames": _count(0, nullable=True),
        "menu_order": _text(nullable=True),
        "input": _text("mouse|key|touch", nullable=True),
        "source_clip_id": _text(nullable=True),
        "split": _text("train|test|demo", nullable=True),
        "attempt": _count(1),
        "confirmed_at": _number(pa.Check.gt(0)),
        "pilot": _flag(),
        "finished": _flag(),
        "attention_check": _flag(),
        "round": _count(1),
        "interval_ms": _number(pa.Check.gt(0)),
        "interval_sd_ms": _number(pa.Check.ge(0)),
        "flips": _count(1, nullable=True),
        "early_presses": _count(0, nullable=True),
    },
    coerce=True,
    strict=True,
)

ALLOWED = {
    "observer_kind": "human, simulated or model",
    "session": "a whole number from 1",
    "phase": "training or test",
    "trial": "a whole number from 1",
    "group": "a whole number from 0, or n/a",
    "correct": "0 or 1",
    "time_to_choose": "a number of seconds above 0, or n/a",
    "loops": "a number from 0, or n/a",
    "onset": "a number of seconds from 0, or n/a",
    "dropped_frames": "a whole number from 0, or n/a",
    "input": "mouse, key, touch or n/a",
    "split": "train, test, demo or n/a",
    "attempt": "a whole number from 1",
    "confirmed_at": "a number of seconds above 0, or n/a",
    "pilot": "0 or 1",
    "finished": "0 or 1",
    "attention_check": "0 or 1",
    "round": "a whole number from 1",
    "interval_ms": "a number of milliseconds above 0, or n/a",
    "interval_sd_ms": "a number of milliseconds from 0, or n/a",
    "flips": "a whole number from 1, or n/a",
    "early_presses": "a whole number from 0, or n/a",
}
