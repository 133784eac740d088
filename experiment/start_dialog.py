"""What the start dialog asks and says, without its window: entries -> a sentence to mend, or choices.

The choices are the same as those of the command line; nothing is checked here in place of what is checked
there, only earlier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from experiment.checked_yaml import Checked, read_yaml
from experiment.choices import DEFAULT_PROTOCOL, Choices
from experiment.errors import InputRefused
from experiment.localized import Language
from experiment.participants import Participant, checked_code, read_participants
from experiment.project import PROJECT
from experiment.protocol import Protocol, read_protocol
from experiment.runner import replay
from experiment.session_store import read_session_journal, session_folder, sessions_of


class DialogWords(Checked):
    """The words of the dialog in one language, ``protocols/start_dialog/<language>.yaml``."""

    format: Literal[1]
    title: str
    protocol: str
    participant: str
    participant_hint: str
    session: str
    language: str
    screen: str
    stimuli: str
    no_stimuli: str
    data: str
    pilot: str
    consent: str
    consent_on_paper: str
    consent_not_needed: str
    confirm: str
    start: str
    cancel: str
    begin_next: str
    go_on: str
    not_confirmed: str
    code_missing: str
    code_form: str
    other_kind: str
    exists: str
    unfinished: str
    refused: str
    kinds: dict[str, str]


@dataclass(frozen=True)
class Entries:
    """What stands in the dialog's fields. Consent is confirmed by hand each time it is shown."""

    protocol: Path
    participant: str
    session: int
    language: Language
    screen: int
    stimuli: Path | None
    data: Path
    pilot: bool
    consent_confirmed: bool = False


@dataclass(frozen=True)
class Problem:
    """Why a session cannot start, and which session of the participant could instead."""

    sentence: str
    next_session: int | None = None
    unfinished_session: int | None = None


@dataclass(frozen=True)
class Asked:
    """What the dialog answers: the choices, and whether they go on with an unfinished session."""

    choices: Choices
    resume: bool


def read_dialog_words(language: Language) -> DialogWords:
    """The words of the dialog. Raises ``InputRefused`` where the file is missing or incomplete."""
    path = PROJECT / "protocols" / "start_dialog" / f"{language}.yaml"
    return read_yaml(DialogWords, path)


def first_entries(choices: Choices, language: Language) -> Entries:
    """What the dialog shows at first: what the command line gave, and otherwise the study."""
    return Entries(
        protocol=choices.protocol or DEFAULT_PROTOCOL,
        participant=choices.participant or "",
        session=choices.session or 1,
        language=choices.language or language,
        screen=choices.screen,
        stimuli=choices.stimuli,
        data=choices.data,
        pilot=choices.pilot,
    )


def protocols_offered(chosen: Path) -> tuple[Path, ...]:
    """The protocols that come with the program, and the one that was named, the study first."""
    found = sorted((PROJECT / "protocols").glob("*.yaml"))
    offered = _with_named(chosen, found)
    return tuple(sorted(offered, key=lambda path: path.resolve() != DEFAULT_PROTOCOL.resolve()))


def stimuli_offered(chosen: Path | None) -> tuple[Path, ...]:
    """The stimulus sets beside the program, and the one that was named."""
    found = sorted(path.parent for path in (PROJECT / "stimulus_sets").glob("*/manifest.tsv"))
    return tuple(found if chosen is None else _with_named(chosen, found))


def consent_needed(protocol: Protocol, *, pilot: bool) -> bool:
    """Whether a session of a person needs its consent confirmed."""
    return protocol.file.consent.required and not (pilot or protocol.file.pilot)


def problem_of(entries: Entries, words: DialogWords) -> Problem | None:
    """Why these entries start no session, as far as can be told without looking at the clips."""
    try:
        protocol = read_protocol(entries.protocol, entries.language)
        return (
            _wrong_code(entries, protocol, words)
            or _session_exists(entries, words)
            or _not_confirmed(entries, protocol, words)
        )
    except InputRefused as refused:
        # Said by what the command line uses, too; these sentences are English.
        return Problem(f"{words.refused} {refused}")


def asked_of(entries: Entries, asked: Choices) -> Asked:
    """The choices of a new session; what the dialog does not ask stays as the command line gave it."""
    choices = replace(
        asked,
        protocol=entries.protocol,
        participant=entries.participant or None,
        session=entries.session,
        language=entries.language,
        screen=entries.screen,
        stimuli=entries.stimuli,
        data=entries.data,
        pilot=entries.pilot,
        consent_confirmed=entries.consent_confirmed,
    )
    return Asked(choices, resume=False)


def asked_to_go_on(entries: Entries, session: int, asked: Choices) -> Asked:
    """The choices that go on with a session; it goes on as it began, so nothing else is given."""
    choices = replace(
        asked,
        protocol=None,
        participant=entries.participant,
        session=session,
        language=None,
        screen=entries.screen,
        stimuli=None,
        data=entries.data,
    )
    return Asked(choices, resume=True)


def _with_named(named: Path, found: list[Path]) -> list[Path]:
    """What was found, with the path that was named in place of the same one told otherwise, or before all."""
    same = named.resolve()
    if all(path.resolve() != same for path in found):
        return [named, *found]
    return [named if path.resolve() == same else path for path in found]


def _wrong_code(entries: Entries, protocol: Protocol, words: DialogWords) -> Problem | None:
    pilot = entries.pilot or protocol.file.pilot
    if not entries.participant:
        # A pilot takes the next free code.
        return None if pilot else Problem(words.code_missing)
    try:
        code = checked_code(entries.participant)
    except InputRefused:
        return Problem(words.code_form.format(code=entries.participant))
    wanted = Participant(code, 0, "", False, pilot, False).kind
    for known in read_participants(entries.data):
        if known.participant == code and known.kind != wanted:
            kinds = {
                "known": words.kinds.get(known.kind, known.kind),
                "wanted": words.kinds.get(wanted, wanted),
            }
            return Problem(words.other_kind.format(code=code, **kinds))
    return None


def _not_confirmed(entries: Entries, protocol: Protocol, words: DialogWords) -> Problem | None:
    if entries.consent_confirmed or not consent_needed(protocol, pilot=entries.pilot):
        return None
    return Problem(words.not_confirmed.format(version=protocol.file.consent.version))


def _session_exists(entries: Entries, words: DialogWords) -> Problem | None:
    code, number = entries.participant, entries.session
    numbers = sessions_of(entries.data, code) if code else ()
    if number not in numbers:
        return None
    following = numbers[-1] + 1
    told = {"code": code, "number": number, "next": following}
    journal = read_session_journal(session_folder(entries.data, code, number))
    if replay(journal.entries).finished:
        return Problem(words.exists.format(**told), following)
    return Problem(words.unfinished.format(**told), following, number)
