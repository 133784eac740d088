"""A session folder -> its trials, and what else only the folder knows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from analysis.errors import AnalysisError
from analysis.questionnaire import ItemAnswer, item_answers
from analysis.tables import TrialRow, tables_of
from experiment.journal import JOURNAL_NAME, Entry, JournalReading, read_journal
from experiment.records import (
    FORMAT,
    SESSIONS,
    HeldUp,
    InputChanged,
    PlannedTrial,
    Resumed,
    SessionFinished,
    SessionRecord,
    TrialFinished,
    TrialsPhase,
)

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
    ``damage`` says what could not be read in the journal. ``gaps_s`` are the times from the last record
    before each interruption to the resumption, ``held_up_s`` is how long the session waited for room on the
    disk. ``early_presses`` were made before the clip and are no answers. ``input_changes`` says from which to
    which source of the presses' time stamps the session went over, and why. ``answers`` are those to the
    questionnaire, free texts left out.
    """

    folder: Path
    record: SessionRecord
    record_sha256: str
    intact_records: int
    damage: tuple[str, ...]
    gaps_s: tuple[float, ...]
    held_up_s: float
    early_presses: int
    input_changes: tuple[str, ...] = ()
    answers: tuple[ItemAnswer, ...] = ()

    @property
    def resumed(self) -> int:
        """How often the session was resumed."""
        return len(self.gaps_s)


@dataclass(frozen=True)
class SessionTrials:
    """The finished trials of one session, in the order in which they were planned.

    ``observer_kind`` is ``human``, ``simulated`` or ``model``. ``details`` is None where the session was read
    from another form than its folder.
    """

    observer: str
    session: int
    observer_kind: str
    pilot: bool
    finished: bool
    table: pd.DataFrame
    origin: str
    details: FolderDetails | None = None

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
        )
        for each, table in zip(read, tables, strict=True)
    )


@dataclass(frozen=True)
class _Read:
    """What a folder holds, its rows not checked yet."""

    details: FolderDetails
    finished: bool
    rows: list[TrialRow]
    places: list[str]


def _read_session(folder: Path) -> _Read:
    path = folder / RECORD_NAME
    record, record_sha256 = _read_record(path)
    journal = _read_journal(folder / JOURNAL_NAME)
    events = [entry.event for entry in journal.entries]
    finished = any(isinstance(event, SessionFinished) for event in events)
    answered, repeated = _first_answers(journal)
    rows, places = [], []
    for entry, event in answered:
        place = f"{folder / JOURNAL_NAME}, record {entry.seq}"
        rows.append(_row(record, event, finished=finished, place=place))
        places.append(place)
    return _Read(
        details=FolderDetails(
            folder=folder,
            record=record,
            record_sha256=record_sha256,
            intact_records=len(journal.entries),
            damage=journal.remarks + repeated,
            gaps_s=tuple(event.gap_s for event in events if isinstance(event, Resumed)),
            held_up_s=sum(event.duration_s for event in events if isinstance(event, HeldUp)),
            early_presses=sum(event.early_presses for _, event in answered),
            input_changes=tuple(
                f"{event.before} to {event.after} ({event.reason})"
                for event in events
                if isinstance(event, InputChanged)
            ),
            answers=item_answers(record, events),
        ),
        finished=finished,
        rows=rows,
        places=places,
    )


def _read_record(path: Path) -> tuple[SessionRecord, str]:
    try:
        text = path.read_bytes()
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
            f"{path} cannot be read ({error.strerror}); without it the trials have no plan"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        where = f", field {field}" if field else ""
        raise AnalysisError(
            f"{path}{where}: this is no session record ({first['msg']}); mend it or move its folder away"
        ) from error


def _read_journal(path: Path) -> JournalReading:
    try:
        return read_journal(path)
    except FileNotFoundError:
        # Killed between session.json and the first record: a session that was never begun, not a fault.
        return JournalReading((), (), 0)
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({error.strerror})") from error


def _first_answers(journal: JournalReading) -> tuple[list[tuple[Entry, TrialFinished]], tuple[str, ...]]:
    """The finished trials in the order of the plan, each once, and sentences on those answered twice.

    A trial that was cut off has no answer, and its second showing counts. Where a trial was answered twice,
    the first answer counts: the second was given by someone who had seen the clip to its end.
    """
    answers: dict[tuple[int, int], tuple[Entry, TrialFinished]] = {}
    repeated: list[str] = []
    for entry in journal.entries:
        if not isinstance(entry.event, TrialFinished):
            continue
        key = (entry.event.phase, entry.event.trial)
        if key in answers:
            repeated.append(
                f"record {entry.seq}: trial {key[1]} of phase {key[0]} was answered before, "
                f"and the first answer counts"
            )
        else:
            answers[key] = (entry, entry.event)
    return [answers[key] for key in sorted(answers)], tuple(repeated)


def _row(record: SessionRecord, event: TrialFinished, *, finished: bool, place: str) -> TrialRow:
    phase, planned = _planned(record, event, place)
    return TrialRow(
        observer=record.participant,
        observer_kind="simulated" if record.simulated else "human",
        session=record.session,
        condition=phase.condition,
        phase=phase.kind,
        trial=event.trial,
        clip_id=event.clip_id,
        group=planned.group,
        action=event.action,
        response=event.response,
        correct=int(event.correct),
        time_to_choose=event.time_to_choose_s,
        loops=event.loops,
        onset=event.onset_s,
        dropped_frames=event.dropped_frames,
        menu_order="|".join(planned.menu_order),
        input=event.input,
        source_clip_id=planned.source_clip_id,
        split=planned.split,
        attempt=event.attempt,
        confirmed_at=event.confirmed_at_s,
        pilot=int(record.pilot),
        finished=int(finished),
        attention_check=int(planned.attention_check),
        round=planned.round,
        interval_ms=event.interval_ms,
        interval_sd_ms=event.interval_sd_ms,
        flips=event.flips,
        early_presses=event.early_presses,
    )


def _planned(record: SessionRecord, event: TrialFinished, place: str) -> tuple[TrialsPhase, PlannedTrial]:
    phases = record.plan.phases
    phase = phases[event.phase] if 0 <= event.phase < len(phases) else None
    planned = (
        phase.trials[event.trial - 1]
        if isinstance(phase, TrialsPhase) and 0 < event.trial <= len(phase.trials)
        else None
    )
    if not isinstance(phase, TrialsPhase) or planned is None or planned.clip_id != event.clip_id:
        expected = f"the plan has {planned.clip_id} there" if planned else "the plan has no such trial"
        raise AnalysisError(
            f"{place}: trial {event.trial} of phase {event.phase} showed {event.clip_id}, but {expected}; "
            f"journal and {RECORD_NAME} do not belong together"
        )
    if event.action != planned.action or event.response not in (None, *record.plan.actions):
        raise AnalysisError(
            f"{place}: action {event.action} and response {event.response} do not fit the plan, which has "
            f"{planned.action} and the menu {', '.join(record.plan.actions)}"
        )
    return phase, planned
