"""The trial table: one row per finished trial, the same columns for people, simulated ones and models.

As a file it is tab-separated UTF-8 with one header line and ``n/a`` for an empty field; times are in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from analysis.errors import AnalysisError

EMPTY = "n/a"


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
_FIELDS = attrgetter(*COLUMNS)
TRIAL_KEY = ["observer", "session", "condition", "phase", "trial", "clip_id"]
"""What tells one trial from every other; a trial shown again keeps its key."""
_LATER = {field.name: field.default for field in fields(TrialRow) if field.default is not MISSING}
"""Columns that tables written before they existed lack, and what they then are."""


def _text(pattern: str = r"[^\t\r\n]+", *, nullable: bool = False) -> pa.Column:
    return pa.Column(pd.StringDtype(), pa.Check.str_matches(f"^(?:{pattern})$"), nullable=nullable)


def _count(smallest: int, *, nullable: bool = False) -> pa.Column:
    return pa.Column(pd.Int64Dtype(), pa.Check.ge(smallest), nullable=nullable)


def _flag() -> pa.Column:
    return pa.Column(pd.Int64Dtype(), pa.Check.isin([0, 1]))


def _number(check: pa.Check) -> pa.Column:
    return pa.Column("float64", [check, pa.Check.lt(float("inf"))], nullable=True)


_SCHEMA = pa.DataFrameSchema(
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

_ALLOWED = {
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


def table_of(rows: Sequence[TrialRow], places: Sequence[str]) -> pd.DataFrame:
    """The checked table of ``rows``; ``places[i]`` says where row ``i`` came from (file and row).

    Raises
    ------
    AnalysisError
        Naming the place, the column, what was found and what is allowed.
    """
    return tables_of([(rows, places)])[0]


def tables_of(parts: Sequence[tuple[Sequence[TrialRow], Sequence[str]]]) -> tuple[pd.DataFrame, ...]:
    """The checked tables of several rows with their places, as ``table_of`` makes one.

    One check of all of them takes a fifth of the time of one for each. A trial may stand in several tables.
    """
    places = [place for _, of_part in parts for place in of_part]
    ends = np.cumsum([0, *(len(rows) for rows, _ in parts)])
    content = [_FIELDS(row) for rows, _ in parts for row in rows]
    table = _check_columns(pd.DataFrame(content, columns=list(COLUMNS), dtype=object), places)
    tables = tuple(table.iloc[start:end].reset_index(drop=True) for start, end in pairwise(ends))
    _check_rows(table, places)
    for part, (_, of_part) in zip(tables, parts, strict=True):
        _refuse_repetition(part, of_part)
    return tables


def read_table(path: Path) -> pd.DataFrame:
    """Read and check a trial table.

    A table written before a column existed lacks it: it is read as one without attention checks and second
    rounds, and with ``n/a`` for what nobody counted then.

    Raises
    ------
    AnalysisError
        Where the file cannot be read or is no trial table; names file, line and column.
    """
    try:
        table = pd.read_csv(
            path, sep="\t", dtype="string", keep_default_na=False, na_values=[EMPTY], encoding="utf-8"
        )
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise AnalysisError(f"{path}: this is no trial table that can be read ({reason})") from error
    for name in _LATER.keys() - set(table.columns):
        empty = _LATER[name] is None
        table[name] = pd.Series(pd.NA if empty else str(_LATER[name]), index=table.index, dtype="string")
    places = [f"{path}, line {number}" for number in range(2, len(table) + 2)]
    checked = _check_columns(table, places, file=str(path))
    _check_rows(checked, places)
    _refuse_repetition(checked, places)
    return checked


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write any table in the form of this project's files; an existing file is replaced whole or not at all.

    Raises
    ------
    AnalysisError
        Where the file cannot be written.
    """
    write_file(path, table_bytes(table))


def table_bytes(table: pd.DataFrame) -> bytes:
    """A table as tab-separated UTF-8 with ``n/a`` for empty; reading gives every number back exactly."""
    return table.to_csv(sep="\t", index=False, na_rep=EMPTY, lineterminator="\n").encode()


def write_file(path: Path, content: bytes) -> None:
    """Write a file by way of a neighbour, so that a reader never meets half of it.

    Raises
    ------
    AnalysisError
        Where the folder or the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise AnalysisError(f"{path} could not be written ({error.strerror or error})") from error


def _check_columns(table: pd.DataFrame, places: Sequence[str], file: str = "the trial table") -> pd.DataFrame:
    missing = [name for name in COLUMNS if name not in table.columns]
    unknown = [str(name) for name in table.columns if name not in COLUMNS]
    if missing or unknown:
        found = [f"without {', '.join(missing)}"] if missing else []
        found += [f"with the unknown column {', '.join(unknown)}"] if unknown else []
        raise AnalysisError(
            f"{file}: a trial table has the columns {', '.join(COLUMNS)}; this one is {' and '.join(found)}"
        )
    try:
        checked = _SCHEMA.validate(table[list(COLUMNS)].reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise AnalysisError(_sentence(errors.failure_cases, table, places)) from errors
    return checked


def _sentence(failures: pd.DataFrame, table: pd.DataFrame, places: Sequence[str]) -> str:
    # Of a column that could not be converted, every value fails the other checks too: name the culprits.
    of_conversion = failures["check"].astype(str).str.startswith("coerce_dtype")
    unconverted = failures["column"].isin(failures[of_conversion]["column"])
    culprits = failures[of_conversion | ~unconverted]
    cells = culprits.dropna(subset=["index"]).drop_duplicates(["index", "column"])
    first = cells.sort_values("index", kind="stable").iloc[0]
    row, column = int(first["index"]), str(first["column"])
    value = table[column].iloc[row]
    found = EMPTY if pd.isna(value) else repr(value)
    more = f" ({len(cells) - 1} more fields are wrong)" if len(cells) > 1 else ""
    return (
        f"{places[row]}: {column} is {found}; allowed is {_ALLOWED.get(column, 'a text without tabs')}{more}"
    )


def _check_rows(table: pd.DataFrame, places: Sequence[str]) -> None:
    said = table["correct"] == 1
    wrong = said != (table["response"] == table["action"]).fillna(False)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        line = table.iloc[row]
        response = EMPTY if pd.isna(line["response"]) else line["response"]
        raise AnalysisError(
            f"{places[row]}: correct is {line['correct']}, but the action is {line['action']} and the "
            f"response {response}; correct is 1 where the two are the same, else 0"
        )
    untimely = table["response"].isna() & table["time_to_choose"].notna()
    if untimely.any():
        row = int(untimely.to_numpy().argmax())
        raise AnalysisError(
            f"{places[row]}: time_to_choose is {table['time_to_choose'].iloc[row]}, but there is no "
            f"response; both are {EMPTY} where a time limit ended the trial"
        )


def _refuse_repetition(table: pd.DataFrame, places: Sequence[str]) -> None:
    twice = table.duplicated(TRIAL_KEY)
    if twice.any():
        row = int(twice.to_numpy().argmax())
        line = table.iloc[row]
        raise AnalysisError(
            f"{places[row]}: trial {line['trial']} ({line['clip_id']}) of {line['observer']}, session "
            f"{line['session']}, stands in the table twice; each trial has one row"
        )
