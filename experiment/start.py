"""From the choices of the command line to a session that runs: read, check, plan, open the display, write,
play.

Nothing is written before everything has been checked and the display is open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from experiment.backends.lost_display import said_when_display_is_lost
from experiment.choices import (
    DEFAULT_PROTOCOL,
    Choices,
    command_to_go_on,
    consent_for,
    default_stimuli,
    observer_for,
    participant_for,
    refuse_contradictions,
    stimuli_at,
    unfinished_folder,
)
from experiment.errors import InputRefused, SessionStopped
from experiment.footage import DecodedFootage, UndecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Journal
from experiment.live_view import SILENT, View
from experiment.machine import commit, machine_record, software_versions
from experiment.observers import ObservedDisplay, Observer
from experiment.opening import Ports, open_ports, viewing_of
from experiment.participants import Participant, SeatTaken
from experiment.phases.layout import Layout
from experiment.phases.stage import Stage, StopRequested
from experiment.plan import Seat, make_plan
from experiment.preflight import (
    Checklist,
    check_clips,
    check_fit,
    note_clips,
    note_disk,
    note_display,
    note_machine,
)
from experiment.protocol import Protocol, read_protocol
from experiment.protocol_file import DisplayDemand
from experiment.records import ProtocolRecord, Resumed, SessionPlan, SessionRecord
from experiment.runner import replay, run_session
from experiment.session_store import (
    began_at,
    create_session,
    new_session_folder,
    read_session,
    read_session_journal,
    session_lock,
)
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet


def start_session(choices: Choices, view: View = SILENT) -> Path:
    """Run a new session to its end and return its folder; ``view`` is what the experimenter sees.

    Raises
    ------
    InputRefused, StimulusError
        Before anything was written.
    SessionStopped
        Where the experimenter stopped it.
    SessionBroken
        Where it had begun and could not go on.
    """
    checklist = Checklist()
    with shown_when_refused(checklist, view):
        return _start(choices, checklist, view)


def _start(choices: Choices, checklist: Checklist, view: View) -> Path:
    with checklist.stopping("protocol"):
        protocol = read_protocol(choices.protocol or DEFAULT_PROTOCOL, choices.language or "en")
    checklist.note("protocol", f"{protocol.file.name}, {protocol.path}, sha256 {protocol.sha256[:12]}")
    pilot = choices.pilot or protocol.file.pilot
    observer = observer_for(choices, tuple(c.name for c in protocol.file.conditions), protocol.actions)
    checklist.binding = not (pilot or observer)
    with checklist.stopping("stimuli"):
        stimuli = stimuli_at(choices.stimuli or default_stimuli(protocol))
    with checklist.stopping("consent"):
        consent = consent_for(choices, protocol, needed=checklist.binding)
    checklist.note("consent", consent)
    seed = secrets.randbits(128) if choices.seed is None else choices.seed

    def take_a_seat() -> tuple[Participant, SessionPlan]:
        number = choices.session or 1
        with checklist.stopping("participant"):
            version = protocol.file.consent.version
            participant = participant_for(choices, version, pilot=pilot, simulated=observer is not None)
            new_session_folder(choices.data, participant.participant, number)
        who = f"{participant.participant}, session {number}, {participant.kind} {participant.order_number}"
        checklist.note("participant", who)
        with checklist.stopping("stimuli"):
            plan = make_plan(
                protocol, stimuli, Seat(participant.participant, number, participant.order_number, seed)
            )
            check_clips(stimuli, plan, shown=choices.simulate != "data")
        return participant, plan

    note_disk(checklist, choices.data)
    participant, plan = take_a_seat()
    note_clips(checklist, stimuli, plan)
    if choices.simulate != "data":
        note_machine(checklist)
    with open_ports(choices, choices.speed or 1.0, lambda: 0.0, viewing_of(choices, stimuli, plan)) as ports:
        _check_display(checklist, ports, stimuli, plan, protocol.file.display)
        view.show_checks(checklist.checks)
        while True:
            record = _record(choices, protocol, stimuli, plan, ports, observer, pilot, checklist)
            try:
                folder = create_session(choices.data, record, participant)
                break
            except SeatTaken:
                participant, plan = take_a_seat()
        with session_lock(folder):
            _play(choices, record, folder, stimuli, ports, observer, view)
    return folder


def resume_session(choices: Choices, view: View = SILENT) -> Path:
    """Go on with a session where its journal ends; its plan is the one that was written when it began.

    Raises
    ------
    InputRefused
        Where there is no such session, it is finished or running, or what was given contradicts what it
        began with.
    SessionStopped, SessionBroken
        As ``start_session``.
    """
    checklist = Checklist()
    with shown_when_refused(checklist, view):
        return _resume(choices, checklist, view)


def _resume(choices: Choices, checklist: Checklist, view: View) -> Path:
    with checklist.stopping("participant"):
        folder = unfinished_folder(choices)
        record = read_session(folder)
    checklist.note("participant", f"{record.participant}, session {record.session}, going on")
    checklist.binding = not (record.pilot or record.simulated)
    observer = observer_for(choices, record.protocol.conditions, record.plan.actions)
    stimuli = stimuli_at(choices.stimuli or Path(record.stimuli))
    refuse_contradictions(choices, folder, record, observer, stimuli)
    note_disk(checklist, choices.data)
    with checklist.stopping("stimuli"):
        check_clips(stimuli, record.plan, shown=choices.simulate != "data")
    note_clips(checklist, stimuli, record.plan)
    if choices.simulate != "data":
        note_machine(checklist)
    with session_lock(folder):
        journal = read_session_journal(folder)
        progress = replay(journal.entries)
        if progress.finished:
            raise InputRefused(f"{folder}: another program has finished this session in the meantime")
        last_s = progress.last_t_s
        started_at = began_at(folder, record)

        def session_time() -> float:
            # A simulated session has no gap: its time is not the world's.
            return (
                last_s if observer else max(last_s, (datetime.now(timezone.utc) - started_at).total_seconds())
            )

        viewing = viewing_of(choices, stimuli, record.plan)
        with open_ports(choices, record.time_factor, session_time, viewing) as ports:
            demand = DisplayDemand(
                refresh_hz=record.protocol.refresh_hz, smallest_px=record.protocol.smallest_px
            )
            _check_display(checklist, ports, stimuli, record.plan, demand)
            view.show_checks(checklist.checks)
            gap_s = ports.clock.now() - last_s
            warnings = checklist.warnings if ports.shows_pictures else ()
            resumed = Resumed(gap_s, journal.remarks, ports.display.record, record.simulated, warnings)
            _play(choices, record, folder, stimuli, ports, observer, view, resumed)
    return folder


@contextmanager
def shown_when_refused(checklist: Checklist, view: View) -> Iterator[None]:
    """The checks are shown, too, where one of them stopped the session."""
    try:
        yield
    except (InputRefused, StimulusError):
        if any(check.status == "stop" for check in checklist.checks):
            view.show_checks(checklist.checks)
        raise


def _check_display(
    checklist: Checklist, ports: Ports, stimuli: StimulusSet, plan: SessionPlan, demand: DisplayDemand
) -> None:
    display = ports.display.record
    with checklist.stopping("display size"):
        check_fit(stimuli, plan, Layout(*display.size_px))
    if ports.shows_pictures:
        fastest = max((stimuli.by_id(clip_id).fps for clip_id in plan.clip_ids), default=0.0)
        note_display(checklist, display, demand, fastest)
        checklist.refuse_stops()


def _record(
    choices: Choices,
    protocol: Protocol,
    stimuli: StimulusSet,
    plan: SessionPlan,
    ports: Ports,
    observer: Observer | None,
    pilot: bool,
    checklist: Checklist,
) -> SessionRecord:
    return SessionRecord(
        participant=plan.participant,
        session=plan.session,
        simulated=observer.name if observer else "",
        pilot=pilot,
        language=protocol.language,
        consent_confirmed=choices.consent_confirmed,
        protocol=ProtocolRecord(
            name=protocol.file.name,
            title=protocol.file.title,
            sha256=protocol.sha256,
            conditions=tuple(condition.name for condition in protocol.file.conditions),
            test_items=protocol.file.test_items,
            consent_version=protocol.file.consent.version,
            refresh_hz=protocol.file.display.refresh_hz,
            smallest_px=protocol.file.display.smallest_px,
        ),
        stimuli=str(stimuli.root.absolute()),
        manifest_sha256=stimuli.sha256,
        plan=plan,
        display=ports.display.record,
        software=software_versions(),
        commit=commit(),
        started_at=ports.opened_at.isoformat(timespec="milliseconds"),
        time_factor=choices.speed or 1.0,
        machine=machine_record(),
        checks=checklist.checks if ports.shows_pictures else (),
    )


def _play(
    choices: Choices,
    record: SessionRecord,
    folder: Path,
    stimuli: StimulusSet,
    ports: Ports,
    observer: Observer | None,
    view: View,
    resumed: Resumed | None = None,
) -> None:
    display = ports.display
    if observer is not None and ports.injector is not None:
        display = ObservedDisplay(display, observer, ports.injector, Seat.of(record.plan))
    frame_log = FrameLog(folder / FRAMES_NAME, simulated=bool(record.simulated))
    footage = DecodedFootage(stimuli) if ports.shows_pictures else UndecodedFootage(stimuli)
    command = command_to_go_on(choices, record.participant, record.session)
    go_on = f"To go on with the next trial: {command}"
    try:
        with (
            Journal(folder / JOURNAL_NAME) as journal,
            said_when_display_is_lost(f"The display was lost. What was recorded is on the disk. {go_on}"),
            view.follow(record, journal.entries_before) as told,
        ):
            stage = Stage(
                plan=record.plan,
                display=display,
                responses=ports.responses,
                clock=ports.clock,
                footage=footage,
                journal=journal,
                frame_log=frame_log,
                simulated=record.simulated,
                pilot=record.pilot,
                layout=Layout(*ports.display.record.size_px),
                told=told,
            )
            if resumed is not None:
                stage.record(resumed)
            run_session(stage, replay(journal.entries_before))
    except StopRequested:
        raise SessionStopped(f"Stopped by the experimenter. {go_on}") from None
    finally:
        frame_log.close()
        footage.close()
