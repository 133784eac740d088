"""From the choices of the command line to a session that runs: read, check, plan, open the display, write,
play.

Nothing is written before everything has been checked and the display is open.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from experiment.backends.clock import SessionClock
from experiment.backends.lost_display import said_when_display_is_lost
from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.choices import (
    Choices,
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
from experiment.observers import ObservedDisplay, Observer
from experiment.participants import Participant, SeatTaken
from experiment.phases.layout import BACKGROUND, Layout
from experiment.phases.stage import Stage, StopRequested
from experiment.plan import Seat, make_plan
from experiment.ports import Clock, Display, Injector, Responses
from experiment.preflight import PROJECT, check_clips, check_disk, check_fit, commit, software_versions
from experiment.protocol import Protocol, read_protocol
from experiment.records import ProtocolRecord, Resumed, SessionPlan, SessionRecord
from experiment.runner import replay, run_session
from experiment.session_store import (
    create_session,
    new_session_folder,
    read_session,
    read_session_journal,
    session_lock,
)
from experiment.timing_check.check import check_display
from experiment.timing_check.played import CheckPorts
from experiment.timing_check.report import TimingReport
from stimuli.manifest import StimulusSet

DEFAULT_PROTOCOL = PROJECT / "protocols" / "afd5.yaml"


@dataclass(frozen=True)
class Ports:
    """An open display with its input and clock, which was set at ``opened_at``.

    ``injector`` makes input events in simulations.
    """

    clock: Clock
    opened_at: datetime
    display: Display
    responses: Responses
    injector: Injector | None
    shows_pictures: bool


def start_session(choices: Choices) -> Path:
    """Run a new session to its end and return its folder.

    Raises
    ------
    InputRefused, StimulusError
        Before anything was written.
    SessionStopped
        Where the experimenter stopped it.
    SessionBroken
        Where it had begun and could not go on.
    """
    protocol = read_protocol(choices.protocol or DEFAULT_PROTOCOL, choices.language or "en")
    pilot = choices.pilot or protocol.file.pilot
    observer = observer_for(choices, tuple(c.name for c in protocol.file.conditions), protocol.actions)
    stimuli = stimuli_at(choices.stimuli or PROJECT / "stimulus_sets" / ("pilot" if pilot else "synthetic"))
    consent = protocol.file.consent
    if consent.required and not (pilot or observer or choices.consent_confirmed):
        raise InputRefused(
            "--consent-confirmed: missing; a session of a person starts only after written consent "
            f"(version {consent.version} of {protocol.path.name})"
        )
    seed = secrets.randbits(128) if choices.seed is None else choices.seed

    def take_a_seat() -> tuple[Participant, SessionPlan]:
        participant = participant_for(choices, consent.version, pilot=pilot, simulated=observer is not None)
        number = choices.session or 1
        new_session_folder(choices.data, participant.participant, number)
        seat = Seat(participant.participant, number, participant.order_number, seed)
        plan = make_plan(protocol, stimuli, seat)
        check_clips(stimuli, plan, shown=choices.simulate != "data")
        return participant, plan

    check_disk(choices.data)
    participant, plan = take_a_seat()
    with _open_ports(choices, choices.speed or 1.0, lambda: 0.0) as ports:
        check_fit(stimuli, plan, Layout(*ports.display.record.size_px))
        while True:
            record = _record(choices, protocol, stimuli, plan, ports, observer, pilot)
            try:
                folder = create_session(choices.data, record, participant)
                break
            except SeatTaken:
                participant, plan = take_a_seat()
        with session_lock(folder):
            _play(record, folder, stimuli, ports, observer)
    return folder


def resume_session(choices: Choices) -> Path:
    """Go on with a session where its journal ends; its plan is the one that was written when it began.

    Raises
    ------
    InputRefused
        Where there is no such session, it is finished or running, or what was given contradicts what it
        began with.
    SessionStopped, SessionBroken
        As ``start_session``.
    """
    folder = unfinished_folder(choices)
    record = read_session(folder)
    observer = observer_for(choices, record.protocol.conditions, record.plan.actions)
    stimuli = stimuli_at(choices.stimuli or Path(record.stimuli))
    refuse_contradictions(choices, folder, record, observer, stimuli)
    check_disk(choices.data)
    check_clips(stimuli, record.plan, shown=choices.simulate != "data")
    with session_lock(folder):
        journal = read_session_journal(folder)
        progress = replay(journal.entries)
        if progress.finished:
            raise InputRefused(f"{folder}: another program has finished this session in the meantime")
        last_s = progress.last_t_s
        started_at = datetime.fromisoformat(record.started_at)

        def session_time() -> float:
            # A simulated session has no gap: its time is not the world's.
            return (
                last_s if observer else max(last_s, (datetime.now(timezone.utc) - started_at).total_seconds())
            )

        with _open_ports(choices, record.time_factor, session_time) as ports:
            check_fit(stimuli, record.plan, Layout(*ports.display.record.size_px))
            gap_s = ports.clock.now() - last_s
            resumed = Resumed(gap_s, journal.remarks, ports.display.record, record.simulated)
            _play(record, folder, stimuli, ports, observer, resumed)
    return folder


def _record(
    choices: Choices,
    protocol: Protocol,
    stimuli: StimulusSet,
    plan: SessionPlan,
    ports: Ports,
    observer: Observer | None,
    pilot: bool,
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
        ),
        stimuli=str(stimuli.root.absolute()),
        manifest_sha256=stimuli.sha256,
        plan=plan,
        display=ports.display.record,
        software=software_versions(),
        commit=commit(),
        started_at=ports.opened_at.isoformat(timespec="milliseconds"),
        time_factor=choices.speed or 1.0,
    )


def _play(
    record: SessionRecord,
    folder: Path,
    stimuli: StimulusSet,
    ports: Ports,
    observer: Observer | None,
    resumed: Resumed | None = None,
) -> None:
    display = ports.display
    if observer is not None and ports.injector is not None:
        display = ObservedDisplay(display, observer, ports.injector, Seat.of(record.plan))
    frame_log = FrameLog(folder / FRAMES_NAME, simulated=bool(record.simulated))
    footage = DecodedFootage(stimuli) if ports.shows_pictures else UndecodedFootage(stimuli)
    go_on = _how_to_go_on(record, folder, ports)
    try:
        with (
            Journal(folder / JOURNAL_NAME) as journal,
            said_when_display_is_lost(f"The display was lost. What was recorded is on the disk. {go_on}"),
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
            )
            if resumed is not None:
                stage.record(resumed)
            run_session(stage, replay(journal.entries_before))
    except StopRequested:
        raise SessionStopped(f"Stopped by the experimenter. {go_on}") from None
    finally:
        frame_log.close()
        footage.close()


def _how_to_go_on(record: SessionRecord, folder: Path, ports: Ports) -> str:
    simulate = f" --simulate {'visual' if ports.shows_pictures else 'data'}" if record.simulated else ""
    return (
        f"To go on with the next trial: python run_session.py --participant {record.participant} "
        f"--session {record.session} --data {folder.parent.parent}{simulate} --resume"
    )


def check_timing(choices: Choices, tell: Callable[[str], None]) -> TimingReport:
    """Measure how good the timing is on this display; ``tell`` hears how far it is.

    Raises
    ------
    InputRefused
        Where there is no display, or somebody pressed keys or the mouse meanwhile.
    SessionStopped
        Where the window was closed.
    """
    from experiment.backends.psychopy import open_psychopy

    clock = SessionClock()
    with ExitStack() as stack:
        backend = stack.enter_context(
            open_psychopy(
                clock,
                full_screen=not choices.windowed,
                screen=choices.screen,
                background=BACKGROUND,
                input_choice=choices.input,
                photodiode=choices.photodiode,
            )
        )
        injector = backend.timed_injector()
        if injector is not None:
            stack.enter_context(injector)
        try:
            return check_display(CheckPorts(clock, backend.display, backend.responses, injector), tell)
        except StopRequested:
            raise SessionStopped("The timing check was stopped; nothing was written.") from None


@contextmanager
def _open_ports(choices: Choices, factor: float, session_time: Callable[[], float]) -> Iterator[Ports]:
    """The display, input and clock of this session; the display is closed at the end, whatever happens."""
    if choices.simulate == "data":
        clock = VirtualClock(session_time())
        responses = VirtualResponses(clock)
        yield Ports(clock, datetime.now(timezone.utc), VirtualDisplay(clock), responses, responses, False)
        return
    # PsychoPy takes two seconds to import and needs a display: only here, where a window is wanted.
    from experiment.backends.psychopy import open_psychopy

    session_clock = SessionClock(session_time(), factor)
    opened_at = datetime.now(timezone.utc)
    with open_psychopy(
        session_clock,
        full_screen=not choices.windowed,
        screen=choices.screen,
        background=BACKGROUND,
        simulated_input=choices.simulate == "visual",
        input_choice=choices.input,
        photodiode=choices.photodiode,
    ) as backend:
        yield Ports(session_clock, opened_at, backend.display, backend.responses, backend.injector, True)
