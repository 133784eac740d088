"""A session folder -> its trials, and what else only the folder knows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from analysis.answered_trials import first_answers, trial_row
from analysis.errors import AnalysisError
from analysis.questionnaire import item_answers
from analysis.session_facts import SessionFacts, facts_of
from analysis.tables import TrialRow, tables_of
from experiment.journal import JOURNAL_NAME, JournalReading, read_journal
from experiment.records import (
    FORMAT,
    SESSIONS,
    SessionFinished,
    SessionRecord,
)
from stimuli.errors import reason_of
from stimuli.validation import first_problem
from stimuli.whole_file import read_whole

RECORD_NAME = "session.json"
SESSIONS_FOLDER = "sessions"


@dataclass(frozen=True)
class _Version:
    """The one field of ``session.json`` that every version of it has."""

    format: int


_VERSIONS = TypeAdapter(_Version)


@dataclass(frozen=True)
class FolderDetails:
    """What a session folder knows beyond its trials.

    ``record_sha256`` is that of ``session.json`` and tells whether two folders are the same session;
    ``damage`` says what could not be read in the journal.
    """

    folder: Path
    record: SessionRecord
    record_sha256: str
    intact_records: int
    damage: tuple[str, ...]


@dataclass(frozen=True)
class SessionTrials:
    """The finished trials of one session, in the order in which they were planned.

    ``observer_kind`` is ``human``, ``simulated`` or ``model``. ``facts`` is None where the session was read
    from a table, ``details`` where it was read from anything but its folder.
    """

    observer: str
    session: int
    observer_kind: str
    pilot: bool
    finished: bool
    table: pd.DataFrame
    origin: str
    details: FolderDetails | None = None
    facts: SessionFacts | None = None

    @property
    def name(self) -> str:
        return f"{self.observer}_{self.session:02d}"


def session_folders(data: Path) -> tuple[Path, ...]:
    """The session folders of ``data``: itself, or those in its ``sessions`` folder, by name.

    Names that begin with a dot are passed over: a session is written under such a name before it gets its
    own, and one that was killed in between was never begun.

    Raises
    ------
    AnalysisError
        Where there are none.
    """
    if (data / RECORD_NAME).exists() or (data / JOURNAL_NAME).exists():
        return (data,)
    parent = data / SESSIONS_FOLDER if (data / SESSIONS_FOLDER).is_dir() else data
    found = tuple(
        folder
        for folder in sorted(parent.iterdir())
        if not folder.name.startswith(".")
        and ((folder / RECORD_NAME).exists() or (folder / JOURNAL_NAME).exists())
    )
    if not found:
        raise AnalysisError(
            f"{data}: no session was found here; run_session.py writes a data folder, with "
            f"{SESSIONS_FOLDER}/<participant>_<NN>/{RECORD_NAME} in it"
        )
    return found


def read_sessions(folders: Sequence[Path]) -> tuple[SessionTrials, ...]:
    """Read session folders; of a damaged journal, the records that are intact.

    Raises
    ------
    AnalysisError
        Where ``session.json`` cannot be used, a journal cannot be read, or the two do not belong together.
    """
    read = [_read_session(folder) for folder in folders]
    tables = tables_of([(each.rows, each.places) for each in read])
    return tuple(
        SessionTrials(
            observer=each.details.record.participant,
            session=each.details.record.session,
            observer_kind="simulated" if each.details.record.simulated else "human",
            pilot=each.details.record.pilot,
            finished=each.finished,
            table=table,
            origin=str(each.details.folder),
            details=each.details,
            facts=each.facts,
        )
        for each, table in zip(read, tables, strict=True)
    )


@dataclass(frozen=True)
class _Read:
    """What a folder holds, its rows not checked yet."""

    details: FolderDetails
    facts: SessionFacts
    finished: bool
    rows: list[TrialRow]
    places: list[str]


def _read_session(folder: Path) -> _Read:
    path = folder / RECORD_NAME
    record, record_sha256 = _read_record(path)
    journal = _read_journal(folder / JOURNAL_NAME)
    events = [entry.event for entry in journal.entries]
    finished = any(isinstance(event, SessionFinished) for event in events)
    answered, repeated = first_answers(journal)
    rows, places = [], []
    for entry, event in answered:
        place = f"{folder / JOURNAL_NAME}, record {entry.seq}"
        rows.append(trial_row(record, event, finished=finished, place=place))
        places.append(place)
    return _Read(
        details=FolderDetails(
            folder=folder,
            record=record,
            record_sha256=record_sha256,
            intact_records=len(journal.entries),
            damage=journal.remarks + repeated,
        ),
        facts=facts_of(record, events, [event for _, event in answered], item_answers(record, events)),
        finished=finished,
        rows=rows,
        places=places,
    )


def _read_record(path: Path) -> tuple[SessionRecord, str]:
    try:
        text = read_whole(path)
        # First of all: what another version calls its fields, and which it has, is not for this one to judge.
        found = _VERSIONS.validate_json(text).format
        if found != FORMAT:
            raise AnalysisError(
                f"{path}, field format: found {found}, and this version of the program reads {FORMAT}; "
                f"analyse the session with the version that recorded it"
            )
        return SESSIONS.validate_json(text), hashlib.sha256(text).hexdigest()
    except OSError as error:
        raise AnalysisError(
            f"{path} cannot be read ({reason_of(error)}); without it the trials have no plan"
        ) from error
    except ValidationError as error:
        raise AnalysisError(
            f"{path}: this is no session record ({first_problem(error)}); mend it or move its folder away"
        ) from error


def _read_journal(path: Path) -> JournalReading:
    try:
        return read_journal(path)
    except FileNotFoundError:
        # Killed between session.json and the first record: a session that was never begun, not a fault.
        return JournalReading((), (), 0)
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({reason_of(error)})") from error
