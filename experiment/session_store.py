"""The folders that sessions live in, ``DATA/sessions/<participant>_<NN>/``: made whole, used by one program
at a time.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from experiment.errors import InputRefused
from experiment.frame_log import FRAMES_NAME
from experiment.journal import JOURNAL_NAME, JournalReading, read_journal
from experiment.participants import PARTICIPANTS_NAME, Participant, SeatTaken, read_participants, register
from experiment.records import SESSIONS, SessionRecord
from stimuli.durable import flush_folder, write_durably
from stimuli.errors import reason_of
from stimuli.locks import exclusive_lock
from stimuli.whole_file import read_whole

SESSION_NAME = "session.json"
_LOCK_NAME = ".lock"
_FOLDER = re.compile(r"(?P<participant>[A-Za-z0-9-]+)_(?P<session>\d{2,9})")


def session_folder(data: Path, participant: str, session: int) -> Path:
    """Where a session's files are."""
    return data / "sessions" / f"{participant}_{session:02d}"


def new_session_folder(data: Path, participant: str, session: int) -> Path:
    """Where a new session will be.

    Raises
    ------
    InputRefused
        Where there is one already, or where the register of participants has lost rows: order numbers would
        be given twice.
    """
    folder = session_folder(data, participant, session)
    known = {row.participant for row in read_participants(data)}
    for named in _named_folders(data):
        if named["participant"] not in known:
            raise InputRefused(
                f"{data / PARTICIPANTS_NAME}: found no row of {named['participant']}, who has the session "
                f"{named[0]}; restore the file from a copy, or move that session's folder away"
            )
    if folder.exists():
        following = sessions_of(data, participant)[-1] + 1
        raise InputRefused(
            f"{folder}: this session exists already; go on with it (--resume) or give another participant "
            f"code or --session {following}"
        )
    return folder


def sessions_of(data: Path, participant: str) -> tuple[int, ...]:
    """The numbers of a participant's sessions on the disk, ascending."""
    named = _named_folders(data)
    return tuple(sorted(int(name["session"]) for name in named if name["participant"] == participant))


def _named_folders(data: Path) -> list[re.Match[str]]:
    folder = data / "sessions"
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return [found for name in names if (found := _FOLDER.fullmatch(name))]


def create_session(data: Path, record: SessionRecord, participant: Participant) -> Path:
    """Write ``session.json`` and an empty journal in a new folder, whole or not at all, and register the
    participant.

    Sessions that start at the same time come here one after the other.

    Raises
    ------
    SeatTaken
        Where another one took the code, the order number or the folder in the meantime; nothing was written.
    InputRefused
        Where the folder cannot be written; nothing is left behind then.
    """
    folder = session_folder(data, record.participant, record.session)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with exclusive_lock(data / _LOCK_NAME, wait=True):
            if folder.exists():
                raise SeatTaken
            _remove_leftovers(folder)
            with _temporary_folder(folder) as temporary:
                write_durably(temporary / SESSION_NAME, SESSIONS.dump_json(record, indent=1))
                write_durably(temporary / JOURNAL_NAME, b"")
                write_durably(temporary / FRAMES_NAME, b"")
                register(data, participant)
                temporary.rename(folder)
                # Without this a power cut could take the whole folder away again, with all that was written
                # in it since.
                flush_folder(folder.parent)
    except OSError as error:
        raise InputRefused(
            f"{folder}: the session cannot be written there ({reason_of(error)}); nothing was"
        ) from None
    return folder


@contextmanager
def session_lock(folder: Path) -> Iterator[None]:
    """Keep a session to this program for the length of the block. Raises ``InputRefused`` where another one
    runs it.
    """
    with ExitStack() as held:
        try:
            held.enter_context(exclusive_lock(folder / _LOCK_NAME, wait=False))
        except BlockingIOError:
            raise InputRefused(
                f"{folder}: another program is running this session; wait for it to end"
            ) from None
        except OSError as error:
            raise InputRefused(
                f"{folder}: the session cannot be written there ({reason_of(error)})"
            ) from None
        yield


def read_session(folder: Path) -> SessionRecord:
    """``session.json`` of a session folder. Raises ``InputRefused`` where it is missing or damaged."""
    path = folder / SESSION_NAME
    try:
        return SESSIONS.validate_json(read_whole(path))
    except FileNotFoundError:
        raise InputRefused(f"{path}: there is no such session") from None
    except (OSError, ValidationError) as error:
        raise InputRefused(f"{path}: cannot be read as a session ({str(error).splitlines()[0]})") from None


def began_at(folder: Path, record: SessionRecord) -> datetime:
    """When the session in that folder began. Raises ``InputRefused`` where its record names no moment."""
    began: datetime | None = None
    with suppress(ValueError):
        began = datetime.fromisoformat(record.started_at)
    if began is None or began.tzinfo is None:
        raise InputRefused(
            f"{folder / SESSION_NAME}: started_at: found {record.started_at!r:.80}; allowed is a moment with "
            "its time zone, as in 2026-01-31T14:05:00+00:00"
        )
    return began


def read_session_journal(folder: Path) -> JournalReading:
    """The journal of a session folder. Raises ``InputRefused`` where it cannot be read."""
    path = folder / JOURNAL_NAME
    try:
        return read_journal(path)
    except OSError as error:
        raise InputRefused(
            f"{path}: the journal cannot be read ({reason_of(error)}); restore it from a copy"
        ) from None


def _remove_leftovers(folder: Path) -> None:
    """What a kill left of an earlier attempt to make this folder."""
    for leftover in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def _temporary_folder(folder: Path) -> Iterator[Path]:
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    temporary.chmod(0o755)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
