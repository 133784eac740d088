"""The journal of a session: one record a line, each with a checksum, on the disk before the next screen.

A line is ``{"seq":12,"t_s":34.5,"kind":"trial","payload":{...},"crc32":"9f2c01aa"}``. The checksum covers
the bytes before ``,"crc32"``. A line that was cut off, changed or written twice is found, named and left
out; every other record stays usable.
"""

from __future__ import annotations

import io
import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from experiment.errors import SessionBroken
from experiment.records import EVENTS, Event
from experiment.torn import set_torn_end_aside

JOURNAL_NAME = "journal.jsonl"
_CHECKSUM_FIELD = b',"crc32":"'


@dataclass(frozen=True)
class Entry:
    """One journal record: ``seq`` from 0 without gaps, ``t_s`` seconds since the session's start."""

    seq: int
    t_s: float
    event: Event


@dataclass(frozen=True)
class Damage:
    """A line (from 1) that could not be used, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class JournalReading:
    """What a journal file holds. ``whole_bytes`` is the length of the file up to the end of its last intact
    line.
    """

    entries: tuple[Entry, ...]
    damage: tuple[Damage, ...]
    whole_bytes: int


def format_line(entry: Entry) -> bytes:
    """One entry as a line with its checksum, newline included."""
    head = {"seq": entry.seq, "t_s": round(entry.t_s, 6), "kind": entry.event.kind}
    payload = EVENTS.dump_python(entry.event, mode="json")
    del payload["kind"]
    body = json.dumps({**head, "payload": payload}, ensure_ascii=False, separators=(",", ":")).encode()
    covered = body[:-1]
    return covered + _CHECKSUM_FIELD + f"{zlib.crc32(covered):08x}".encode() + b'"}\n'


def parse_line(line: bytes) -> Entry:
    """The entry of a line (with or without its newline).

    Raises
    ------
    ValueError
        With the reason, where the line is torn, changed or not of this format.
    """
    covered, mark, tail = line.rstrip(b"\n").rpartition(_CHECKSUM_FIELD)
    if not mark or len(tail) != 10 or not tail.endswith(b'"}'):
        raise ValueError("the record is cut off")
    if tail[:8] != f"{zlib.crc32(covered):08x}".encode():
        raise ValueError("the checksum does not match the record")
    try:
        fields = json.loads(covered + b"}")
        event = EVENTS.validate_python({**fields["payload"], "kind": fields["kind"]})
        return Entry(seq=int(fields["seq"]), t_s=float(fields["t_s"]), event=event)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the record is not of this format ({str(error).splitlines()[0]})") from error


def read_journal(path: Path) -> JournalReading:
    """Read all that is intact in a journal.

    Raises
    ------
    OSError
        Where the file cannot be read.
    """
    entries: list[Entry] = []
    damage: list[Damage] = []
    seen: set[int] = set()
    position = whole_bytes = 0
    for number, line in enumerate(io.BytesIO(path.read_bytes()), start=1):
        position += len(line)
        try:
            if not line.endswith(b"\n"):
                raise ValueError("the record is cut off")
            entry = parse_line(line)
        except ValueError as error:
            damage.append(Damage(number, str(error)))
            continue
        whole_bytes = position
        if entry.seq in seen:
            damage.append(Damage(number, f"record {entry.seq} stands in the journal twice"))
            continue
        missing = entry.seq - (entries[-1].seq + 1 if entries else 0)
        if missing > 0 and not (damage and damage[-1].line == number - 1):
            damage.append(Damage(number, f"{missing} record(s) before record {entry.seq} are missing"))
        seen.add(entry.seq)
        entries.append(entry)
    return JournalReading(tuple(entries), tuple(damage), whole_bytes)


class Journal:
    """Appends records; each is on the disk when ``append`` returns.

    Opening an existing journal cuts a torn end off (it is kept beside the journal as ``journal.torn-<n>``,
    so that nothing is lost) and goes on counting after the last intact record.
    """

    def __init__(self, path: Path) -> None:
        reading = read_journal(path) if path.exists() else JournalReading((), (), 0)
        if path.exists():
            set_torn_end_aside(path, reading.whole_bytes, "journal")
        self.entries_before = reading.entries
        self.damage_before = reading.damage
        self._next_seq = max((entry.seq for entry in reading.entries), default=-1) + 1
        self._file = path.open("ab", buffering=0)
        self._path = path
        _sync_folder(path.parent)

    @property
    def next_seq(self) -> int:
        """The ``seq`` the next record will get."""
        return self._next_seq

    def append(self, event: Event, t_s: float) -> Entry:
        """Write one record and wait until it is on the disk.

        Raises
        ------
        SessionBroken
            Where the disk takes no more; the journal then ends with its last whole record.
        """
        entry = Entry(self._next_seq, round(t_s, 6), event)
        end = self._file.seek(0, os.SEEK_END)
        try:
            line = format_line(entry)
            if self._file.write(line) != len(line):
                raise OSError("the disk took only part of the record")
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(end)
            raise SessionBroken(
                f"{self._path}: the record could not be written ({error}); free some space and --resume"
            ) from error
        self._next_seq += 1
        return entry

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _sync_folder(folder: Path) -> None:
    """Make a new file's directory entry durable (POSIX; Windows has no such call and needs none)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
