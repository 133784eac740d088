"""What was asked for on the command line, and what it means: who, with which clips, in which session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiment.errors import InputRefused
from experiment.input_choice import InputChoice
from experiment.localized import Language
from experiment.observers import Observer, read_observer
from experiment.participants import Participant, checked_code, next_free_code, registered
from experiment.project import PROJECT
from experiment.protocol import Protocol, read_protocol
from experiment.records import SessionRecord
from experiment.runner import replay
from experiment.session_store import read_session_journal, session_folder, sessions_of
from stimuli.manifest import StimulusSet, read_stimulus_set
from stimuli.typed_command import from_here, typed

Simulation = Literal["visual", "data"]
DEFAULT_PROTOCOL = PROJECT / "protocols" / "afd5.yaml"
DEFAULT_OBSERVER = PROJECT / "protocols" / "observers" / "published.yaml"


@dataclass(frozen=True)
class Choices:
    """What was asked for on the command line; ``None`` where it was left to the program."""

    protocol: Path | None
    data: Path
    stimuli: Path | None
    participant: str | None
    session: int | None
    seed: int | None
    simulate: Simulation | None
    observer: Path | None
    speed: float | None
    language: Language | None
    windowed: bool
    screen: int
    consent_confirmed: bool
    pilot: bool
    input: InputChoice = "auto"
    photodiode: bool = False
    monitor_width_cm: float | None = None
    distance_cm: float | None = None
    gamma_table: Path | None = None


def refuse_unread(choices: Choices) -> None:
    """Raises ``InputRefused`` where an option was given that nothing would read in a session of this kind."""
    if choices.speed is not None and choices.simulate != "visual":
        raise InputRefused(
            "--speed: allowed with --simulate visual only; nothing else waits, or may be hurried"
        )
    if choices.observer is not None and choices.simulate is None:
        raise InputRefused("--observer: allowed in simulations only; add --simulate visual or data")
    of_a_screen = {
        "--input": choices.input != "auto",
        "--photodiode": choices.photodiode,
        "--monitor-width-cm": choices.monitor_width_cm is not None,
        "--distance-cm": choices.distance_cm is not None,
        "--gamma-table": choices.gamma_table is not None,
    }
    given = next((option for option, is_given in of_a_screen.items() if is_given), None)
    if given is not None and choices.simulate == "data":
        raise InputRefused(f"{given}: allowed with a screen only, and --simulate data has none; leave it out")


def observer_for(choices: Choices, conditions: tuple[str, ...], actions: tuple[str, ...]) -> Observer | None:
    """Who answers in a simulation; ``None`` where a person does. Raises as ``read_observer``."""
    if choices.simulate is None:
        return None
    return read_observer(choices.observer or DEFAULT_OBSERVER, conditions, actions)


def stimuli_at(root: Path) -> StimulusSet:
    """The stimulus set in a folder.

    Raises
    ------
    InputRefused
        Where there is no such folder.
    StimulusError
        Where it holds no set that can be read.
    """
    if not root.is_dir():
        build = typed("-m", "stimuli", "build", "synthetic", "-o", root)
        raise InputRefused(
            f"{root}: there is no stimulus set; build one with `{build}` or name another by --stimuli"
        )
    return read_stimulus_set(root)


def default_stimuli(protocol: Protocol) -> Path:
    """The stimulus set of a session whose experimenter names none.

    The protocol decides: the study rehearsed as a pilot needs as many clips as the study itself.
    """
    return PROJECT / "stimulus_sets" / ("pilot" if protocol.file.pilot else "synthetic")


def consent_for(choices: Choices, protocol: Protocol, *, needed: bool) -> str:
    """What is to be said of the consent. Raises ``InputRefused`` where it is needed and not confirmed."""
    consent = protocol.file.consent
    if choices.consent_confirmed:
        return f"version {consent.version} confirmed"
    if consent.required and needed:
        raise InputRefused(
            "--consent-confirmed: missing; a session of a person starts only after written consent "
            f"(version {consent.version} of {protocol.path.name})"
        )
    return f"version {consent.version} not confirmed, and not needed for this session"


def participant_for(choices: Choices, consent_version: str, *, pilot: bool, simulated: bool) -> Participant:
    """Who takes part: the code given, or in pilots and simulations the next free one."""
    if choices.participant is not None:
        code = checked_code(choices.participant)
    elif simulated:
        code = next_free_code(choices.data, "simpilot" if pilot else "sim")
    elif pilot:
        code = next_free_code(choices.data, "pilot")
    else:
        raise InputRefused(
            "--participant: missing; give a code of letters, digits and hyphens (never a name)"
        )
    consent = (consent_version, choices.consent_confirmed)
    return registered(choices.data, Participant(code, 0, *consent, pilot, simulated))


def unfinished_folder(choices: Choices) -> Path:
    """Where the session is that shall go on: the one named, or the participant's last that is unfinished.

    Raises
    ------
    InputRefused
        Where nobody was named, there is no such session, or its journal cannot be read.
    """
    if choices.participant is None:
        raise InputRefused("--resume: name the participant whose session shall go on by --participant")
    code = checked_code(choices.participant)
    numbers = sessions_of(choices.data, code) if choices.session is None else (choices.session,)
    for number in reversed(numbers):
        folder = session_folder(choices.data, code, number)
        if folder.is_dir() and not replay(read_session_journal(folder).entries).finished:
            return folder
    found = ", ".join(map(str, sessions_of(choices.data, code))) or "none"
    raise InputRefused(f"{choices.data}: no unfinished session of {code} was found; sessions there: {found}")


def command_to_go_on(choices: Choices, participant: str, session: int) -> str:
    """The command by which a session that was stopped goes on as it was run."""
    words: list[object] = [from_here(PROJECT / "run_session.py")]
    words += ["--participant", participant, "--session", session, "--data", choices.data]
    given: dict[str, object] = {
        "--stimuli": choices.stimuli,
        "--simulate": choices.simulate,
        "--observer": choices.observer,
        "--screen": choices.screen or None,
        "--input": choices.input if choices.input != "auto" else None,
        "--monitor-width-cm": choices.monitor_width_cm,
        "--distance-cm": choices.distance_cm,
        "--gamma-table": choices.gamma_table,
    }
    for option, value in given.items():
        words += [option, value] if value is not None else []
    switches = {"--windowed": choices.windowed, "--photodiode": choices.photodiode, "--resume": True}
    return typed(*words, *(option for option, is_given in switches.items() if is_given))


def refuse_contradictions(
    choices: Choices, folder: Path, record: SessionRecord, observer: Observer | None, stimuli: StimulusSet
) -> None:
    """A session goes on as it began: what is given again must be what it was."""
    if bool(record.simulated) != (observer is not None):
        whose, how = ("simulated", "with") if record.simulated else ("of a person", "without")
        raise InputRefused(f"{folder}: the session is {whose}; resume it {how} --simulate")
    if choices.pilot and not record.pilot:
        raise InputRefused(
            f"--pilot: {folder.name} did not begin as a pilot and cannot become one; leave it out"
        )
    given: list[tuple[str, object, object]] = [
        ("--seed", choices.seed, record.plan.seed),
        ("--speed", choices.speed, record.time_factor),
        ("--language", choices.language, record.language),
        ("--observer", observer.name if observer else None, record.simulated),
    ]
    if choices.protocol is not None:
        name = read_protocol(choices.protocol, "de" if record.language == "de" else "en").file.name
        given.append(("PROTOCOL", name, record.protocol.name))
    for option, found, began_with in given:
        if found is not None and found != began_with:
            if option == "--observer":
                # Where none was given, the published one was found: there is nothing to leave out.
                raise InputRefused(
                    f"{option}: found {found}, but {folder.name} began with {began_with}; name that one"
                )
            raise InputRefused(
                f"{option}: found {found}, but {folder.name} began with {began_with}; leave it out"
            )
    if stimuli.sha256 != record.manifest_sha256:
        raise InputRefused(
            f"{stimuli.root}: the manifest is not the one {folder.name} began with "
            f"(found {stimuli.sha256[:12]}, "
            f"expected {record.manifest_sha256[:12]}); name it by --stimuli"
        )
