"""From the choices of the command line to a session that runs: read, check, plan, open the display, write,
play.

Nothing is written before everything has been checked and the display is open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from experiment.backends.clock import SessionClock
from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.errors import InputRefused
from experiment.footage import DecodedFootage, UndecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.observers import ObservedDisplay, Observer, read_observer
from experiment.phases.layout import BACKGROUND, Layout
from experiment.phases.stage import Stage
from experiment.plan import Seat, make_plan
from experiment.ports import Clock, Display, Injector, Responses
from experiment.preflight import check_clips, check_disk, check_fit, commit, software_versions
from experiment.protocol import read_protocol
from experiment.records import ProtocolRecord, Resumed, SessionRecord
from experiment.runner import replay, run_session
from experiment.session_store import (
    Participant,
    checked_code,
    create_session,
    new_session_folder,
    next_free_code,
    read_session,
    seat_of,
    session_folder,
    sessions_of,
)
from stimuli.manifest import StimulusSet, read_stimulus_set

Simulation = Literal["visual", "data"]

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_OBSERVER = PROJECT / "protocols" / "observers" / "published.yaml"


@dataclass(frozen=True)
class Choices:
    """What was asked for on the command line; ``None`` where it was left to the program."""

    protocol: Path
    data: Path
    stimuli: Path | None
    participant: str | None
    session: int | None
    seed: int | None
    simulate: Simulation | None
    observer: Path | None
    speed: float
    language: Literal["en", "de"]
    windowed: bool
    screen: int
    consent_confirmed: bool
    pilot: bool


@dataclass(frozen=True)
class Ports:
    """An open display with its input and clock; ``injector`` makes input events in simulations."""

    clock: Clock
    display: Display
    responses: Responses
    injector: Injector | None


def start_session(choices: Choices) -> Path:
    """Run a new session to its end and return its folder.

    Raises
    ------
    InputRefused, StimulusError
        Before anything was written.
    StopRequested
        Where the experimenter stopped the session.
    """
    protocol = read_protocol(choices.protocol, choices.language)
    pilot = choices.pilot or protocol.file.pilot
    observer = _observer(choices, tuple(c.name for c in protocol.file.conditions), protocol.actions)
    stimuli = _stimuli(choices.stimuli or PROJECT / "stimulus_sets" / ("pilot" if pilot else "synthetic"))
    code = _participant_code(choices, pilot)
    if protocol.file.consent.required and not (pilot or observer or choices.consent_confirmed):
        raise InputRefused(
            "--consent-confirmed: missing; a session of a person starts only after written consent "
            f"(version {protocol.file.consent.version} of {choices.protocol.name})"
        )
    number = choices.session or 1
    new_session_folder(choices.data, code, number)
    order_number = seat_of(choices.data, code, pilot=pilot, simulated=observer is not None)
    seed = secrets.randbits(128) if choices.seed is None else choices.seed
    plan = make_plan(protocol, stimuli, Seat(code, number, order_number, seed))
    check_disk(choices.data)
    check_clips(stimuli, plan, shown=choices.simulate != "data")
    with _open_ports(choices, start_s=0.0) as ports:
        check_fit(stimuli, plan, Layout(*ports.display.record.size_px))
        record = SessionRecord(
            participant=code,
            session=number,
            simulated=observer.name if observer else "",
            pilot=pilot,
            language=choices.language,
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
            started_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            time_factor=choices.speed,
        )
        participant = Participant(
            code,
            order_number,
            record.protocol.consent_version,
            choices.consent_confirmed,
            pilot,
            observer is not None,
        )
        folder = create_session(choices.data, record, participant)
        _play(record, folder, stimuli, ports, observer)
    return folder


def resume_session(choices: Choices) -> Path:
    """Go on with a session where its journal ends; its plan is the one that was written when it began.

    Raises
    ------
    InputRefused
        Where there is no such session, it is finished, or the stimuli are not the ones it began with.
    StopRequested
        Where the experimenter stopped it again.
    """
    folder = _unfinished_folder(choices)
    record = read_session(folder)
    if bool(record.simulated) != (choices.simulate is not None):
        raise InputRefused(
            f"{folder}: the session is {'simulated' if record.simulated else 'of a person'}; "
            f"resume it {'with' if record.simulated else 'without'} --simulate"
        )
    observer = _observer(choices, record.protocol.conditions, record.plan.actions)
    stimuli = _stimuli(choices.stimuli or Path(record.stimuli))
    if stimuli.sha256 != record.manifest_sha256:
        raise InputRefused(
            f"{stimuli.root}: the manifest is not the one this session began with "
            f"(found {stimuli.sha256[:12]}, expected {record.manifest_sha256[:12]}); name it by --stimuli"
        )
    check_disk(choices.data)
    check_clips(stimuli, record.plan, shown=choices.simulate != "data")
    journal = read_journal(folder / JOURNAL_NAME)
    last_s = replay(journal.entries).last_t_s
    elapsed_s = (datetime.now(timezone.utc) - datetime.fromisoformat(record.started_at)).total_seconds()
    now_s = last_s if observer else max(last_s, elapsed_s)
    with _open_ports(replace(choices, speed=record.time_factor), start_s=now_s) as ports:
        check_fit(stimuli, record.plan, Layout(*ports.display.record.size_px))
        damage = tuple(str(damage) for damage in journal.damage)
        resumed = Resumed(now_s - last_s, damage, ports.display.record)
        _play(record, folder, stimuli, ports, observer, resumed)
    return folder


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
        display = ObservedDisplay(display, observer, ports.injector, record.plan.seed)
    footage = (
        UndecodedFootage(stimuli) if isinstance(ports.display, VirtualDisplay) else DecodedFootage(stimuli)
    )
    try:
        with Journal(folder / JOURNAL_NAME) as journal:
            stage = Stage(
                plan=record.plan,
                display=display,
                responses=ports.responses,
                clock=ports.clock,
                footage=footage,
                journal=journal,
                frame_log=FrameLog(folder / FRAMES_NAME, simulated=bool(record.simulated)),
                pilot=record.pilot,
                layout=Layout(*ports.display.record.size_px),
            )
            if resumed is not None:
                stage.record(resumed)
            run_session(stage, replay(journal.entries_before))
    finally:
        footage.close()


@contextmanager
def _open_ports(choices: Choices, start_s: float) -> Iterator[Ports]:
    """The display, input and clock of this session; the display is closed at the end, whatever happens."""
    if choices.simulate == "data":
        clock = VirtualClock(start_s)
        responses = VirtualResponses(clock)
        yield Ports(clock, VirtualDisplay(clock), responses, responses)
        return
    # PsychoPy takes two seconds to import and needs a display: only here, where a window is wanted.
    from experiment.backends.psychopy import open_psychopy

    session_clock = SessionClock(start_s, choices.speed)
    with open_psychopy(
        session_clock,
        full_screen=not choices.windowed,
        screen=choices.screen,
        background=BACKGROUND,
        simulated_input=choices.simulate == "visual",
    ) as backend:
        yield Ports(session_clock, backend.display, backend.responses, backend.injector)


def _observer(choices: Choices, conditions: tuple[str, ...], actions: tuple[str, ...]) -> Observer | None:
    if choices.simulate is None:
        if choices.observer is not None or choices.speed != 1:
            raise InputRefused(
                "--observer and --speed: allowed in simulations only; add --simulate visual or data"
            )
        return None
    return read_observer(choices.observer or DEFAULT_OBSERVER, conditions, actions)


def _stimuli(root: Path) -> StimulusSet:
    if not root.is_dir():
        raise InputRefused(
            f"{root}: there is no stimulus set; build one with `python -m stimuli build synthetic -o {root}` "
            "or name another by --stimuli"
        )
    return read_stimulus_set(root)


def _participant_code(choices: Choices, pilot: bool) -> str:
    if choices.participant is not None:
        return checked_code(choices.participant)
    if choices.simulate is not None:
        return next_free_code(choices.data, "simpilot" if pilot else "sim")
    if pilot:
        return next_free_code(choices.data, "pilot")
    raise InputRefused(
        "--participant: missing; give the participant's code (letters, digits, hyphens; never a name)"
    )


def _unfinished_folder(choices: Choices) -> Path:
    if choices.participant is None:
        raise InputRefused(
            "--resume: give the code of the participant whose session shall go on by --participant"
        )
    code = checked_code(choices.participant)
    numbers = sessions_of(choices.data, code) if choices.session is None else (choices.session,)
    for number in reversed(numbers):
        folder = session_folder(choices.data, code, number)
        if folder.is_dir() and not replay(read_journal(folder / JOURNAL_NAME).entries).finished:
            return folder
    raise InputRefused(
        f"{choices.data}: no unfinished session of {code} was found there; sessions: {numbers or 'none'}"
    )
