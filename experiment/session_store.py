"""The folders sessions live in: ``DATA/participants.tsv`` and ``DATA/sessions/<participant>_<NN>/``."""

from __future__ import annotations

import csv
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pydantic import ValidationError

from experiment.errors import InputRefused
from experiment.frame_log import FRAMES_NAME
from experiment.journal import JOURNAL_NAME
from experiment.records import SESSIONS, SessionRecord

PARTICIPANTS_NAME = "participants.tsv"
SESSION_NAME = "session.json"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")
_FOLDER = re.compile(r"(?P<participant>[A-Za-z0-9-]+)_(?P<session>\d{2,})")


@dataclass(frozen=True)
class Participant:
    """One row of ``participants.tsv``. No name, address or birthday is ever asked for or stored.

    ``order_number`` counts from 1 among participants of the same kind (study, pilot, simulated) and drives
    counterbalancing, so that pilots and rehearsals do not unbalance a study.
    """

    participant: str
    order_number: int
    consent_version: str
    consent_confirmed: bool
    pilot: bool
    simulated: bool


def checked_code(code: str) -> str:
    """The participant code, where it is one. Raises ``InputRefused``."""
    if not _CODE.fullmatch(code):
        raise InputRefused(
            f"--participant: found {code!r}; allowed are 1 to 20 letters, digits and hyphens, "
            "the first a letter or digit (a code, never a name)"
        )
    return code


def read_participants(data: Path) -> tuple[Participant, ...]:
    """The register of participants; empty where there is none yet. Raises ``InputRefused`` where it is
    damaged.
    """
    path = data / PARTICIPANTS_NAME
    if not path.exists():
        return ()
    participants: list[Participant] = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                participants.append(_participant_of(row))  # noqa: PERF401 - the count so far is the line of an error
    except (KeyError, ValueError, OSError) as error:
        line = len(participants) + 2
        raise InputRefused(
            f"{path}: line {line} cannot be read ({error}); restore the file from a copy"
        ) from None
    return tuple(participants)


def _participant_of(row: dict[str, str]) -> Participant:
    return Participant(
        participant=row["participant"],
        order_number=int(row["order_number"]),
        consent_version=row["consent_version"],
        consent_confirmed=_flag(row["consent_confirmed"]),
        pilot=_flag(row["pilot"]),
        simulated=_flag(row["simulated"]),
    )


def seat_of(data: Path, code: str, *, pilot: bool, simulated: bool) -> int:
    """The order number of a participant, or the next free one for a new code.

    Raises
    ------
    InputRefused
        Where the code is registered as another kind: a pilot's or a rehearsal's data never mix with a
        participant's.
    """
    register = read_participants(data)
    kind = (pilot, simulated)
    for known in register:
        if known.participant == code:
            if (known.pilot, known.simulated) != kind:
                raise InputRefused(
                    f"--participant: {code} is registered in {data / PARTICIPANTS_NAME} as a "
                    f"{_kind_name(known.pilot, known.simulated)}, not a {_kind_name(*kind)}; take another"
                )
            return known.order_number
    return 1 + max((p.order_number for p in register if (p.pilot, p.simulated) == kind), default=0)


def next_free_code(data: Path, stem: str) -> str:
    """``<stem>01``, ``<stem>02`` ...: the first that is not registered yet."""
    taken = {participant.participant for participant in read_participants(data)}
    number = 1
    while (code := f"{stem}{number:02d}") in taken:
        number += 1
    return code


def session_folder(data: Path, participant: str, session: int) -> Path:
    """Where a session's files are."""
    return data / "sessions" / f"{participant}_{session:02d}"


def new_session_folder(data: Path, participant: str, session: int) -> Path:
    """Where a new session will be. Raises ``InputRefused`` where there is one already."""
    folder = session_folder(data, participant, session)
    if folder.exists():
        following = sessions_of(data, participant)[-1] + 1
        raise InputRefused(
            f"{folder}: this session exists already; go on with it (--resume) or give another participant "
            f"code or --session {following}"
        )
    return folder


def sessions_of(data: Path, participant: str) -> tuple[int, ...]:
    """The numbers of a participant's sessions on the disk, ascending."""
    folder = data / "sessions"
    names = (_FOLDER.fullmatch(entry.name) for entry in folder.iterdir()) if folder.is_dir() else ()
    return tuple(sorted(int(m["session"]) for m in names if m and m["participant"] == participant))


def create_session(data: Path, record: SessionRecord, participant: Participant) -> Path:
    """Write ``session.json`` and an empty journal in a new folder, whole or not at all, and register the
    participant.

    Raises
    ------
    InputRefused
        Where the folder exists already or cannot be written; nothing is left behind then.
    """
    folder = new_session_folder(data, record.participant, record.session)
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _write_durably(temporary / SESSION_NAME, SESSIONS.dump_json(record, indent=1))
        _write_durably(temporary / JOURNAL_NAME, b"")
        _write_durably(temporary / FRAMES_NAME, b"")
        temporary.chmod(0o755)
        _register(data, participant)
        temporary.rename(folder)
    except OSError as error:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        raise InputRefused(
            f"{folder}: the session cannot be written there ({error.strerror}); nothing was"
        ) from None
    return folder


def read_session(folder: Path) -> SessionRecord:
    """``session.json`` of a session folder. Raises ``InputRefused`` where it is missing or damaged."""
    path = folder / SESSION_NAME
    try:
        return SESSIONS.validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputRefused(f"{path}: there is no such session") from None
    except (OSError, ValidationError) as error:
        raise InputRefused(f"{path}: cannot be read as a session ({str(error).splitlines()[0]})") from None


def _register(data: Path, participant: Participant) -> None:
    register = read_participants(data)
    if any(known.participant == participant.participant for known in register):
        return
    lines = ["\t".join(field.name for field in fields(Participant))]
    for row in (*register, participant):
        values = (int(v) if isinstance(v, bool) else v for v in asdict(row).values())
        lines.append("\t".join(str(value) for value in values))
    path = data / PARTICIPANTS_NAME
    temporary = path.with_name(f".{PARTICIPANTS_NAME}.new")
    _write_durably(temporary, ("\n".join(lines) + "\n").encode())
    temporary.replace(path)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"found {text!r}, allowed 0 or 1")
    return text == "1"


def _kind_name(pilot: bool, simulated: bool) -> str:
    return " ".join(
        word for word, holds in (("simulated", simulated), ("pilot", pilot), ("participant", True)) if holds
    )
