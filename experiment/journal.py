"""The journal of a session: one record a line, each with a checksum, on the disk before the next screen.

A line is ``{"seq":12,"t_s":34.5,"kind":"trial","payload":{...},"crc32":"9f2c01aa"}``. The checksum covers
the bytes before ``,"crc32"``.

A line that was cut off, changed, written twice, taken out or moved is found and named. A torn end is cut
off and kept beside the journal. Sound records that follow a damaged line are used: their checksum and their
number say that they are whole and where they belong, and an answer that somebody gave is not thrown away for
the sake of another line. But they are never mixed in unnoticed: ``JournalReading.remarks`` names every
damaged line and says how many records come after the first of them, and a session that is resumed writes
that down. A trial whose own record is damaged is shown again.

The one thing that cannot be told from the journal alone is the loss of whole lines at its very end: that is
what it looked like earlier.
"""

from __future__ import annotations

import io
import json
import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from experiment.append_only import AppendOnlyFile
from experiment.records import EVENTS, Event
from stimuli.whole_file import read_whole

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
    """What a journal file holds: its sound ``entries`` in the order of their ``seq``, and its ``damage`` in
    the order of the lines.

    ``whole_bytes`` is the length of the file up to the end of its last sound line, ``after_damage`` how many
    of the entries stand behind the first damaged line.
    """

    entries: tuple[Entry, ...]
    damage: tuple[Damage, ...]
    whole_bytes: int
    after_damage: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What somebody who uses the entries must know, a sentence each; empty where all is well."""
        told = tuple(str(damage) for damage in self.damage)
        if self.after_damage:
            first = self.damage[0].line
            told += (f"{self.after_damage} sound record(s) after line {first} were kept and are used",)
        return told


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
        entry = Entry(seq=int(fields["seq"]), t_s=float(fields["t_s"]), event=event)
        if entry.seq < 0 or not math.isfinite(entry.t_s):
            raise ValueError(f"seq is {entry.seq} and t_s {entry.t_s}")
        return entry
    except (ValidationError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"the record is not of this format ({str(error).splitlines()[0]})") from error


def read_journal(path: Path) -> JournalReading:
    """Read all that is sound in a journal.

    Raises
    ------
    OSError
        Where the file cannot be read.
    """
    sound: list[tuple[int, Entry]] = []
    damage: list[Damage] = []
    position = whole_bytes = 0
    for number, line in enumerate(io.BytesIO(read_whole(path)), start=1):
        position += len(line)
        try:
            if not line.endswith(b"\n"):
                raise ValueError("the record is cut off")
            sound.append((number, parse_line(line)))
        except ValueError as error:
            damage.append(Damage(number, str(error)))
            continue
        whole_bytes = position
    entries, misplaced = _in_order(sound, {each.line for each in damage})
    damage = sorted((*damage, *misplaced), key=lambda each: each.line)
    first = damage[0].line if damage else None
    kept = {entry.seq for entry in entries}
    after = 0 if first is None else len({entry.seq for number, entry in sound if number > first} & kept)
    return JournalReading(tuple(entries), tuple(damage), whole_bytes, after)


def _in_order(sound: list[tuple[int, Entry]], unreadable: set[int]) -> tuple[list[Entry], list[Damage]]:
    """Sound entries, each once and by their ``seq``, and what is wrong with the order of their lines."""
    entries: dict[int, Entry] = {}
    damage: list[Damage] = []
    numbers = {entry.seq for _, entry in sound}
    highest, last_line = -1, 0
    for line, entry in sound:
        if (known := entries.get(entry.seq)) is not None:
            other = "" if known == entry else " with another content; the first counts"
            damage.append(Damage(line, f"record {entry.seq} stands in the journal twice{other}"))
            continue
        entries[entry.seq] = entry
        if entry.seq < highest:
            damage.append(Damage(line, f"record {entry.seq} stands after record {highest}"))
            continue
        missing = entry.seq - highest - 1
        if missing:
            missing -= sum(highest < number < entry.seq for number in numbers)
            # A line that cannot be read has been told already, and holds one of the records that are missing.
            missing -= sum(last_line < number < line for number in unreadable)
        if missing > 0:
            damage.append(Damage(line, f"{missing} record(s) before record {entry.seq} are missing"))
        highest, last_line = entry.seq, line
    return [entries[seq] for seq in sorted(entries)], damage


class Journal:
    """Appends records; each is on the disk when ``append`` returns.

    Opening an existing journal cuts a torn end off (it is kept beside the journal as ``journal.torn-<n>``,
    so that nothing is lost) and goes on counting after the last sound record.

    Raises
    ------
    SessionBroken
        Where a torn end cannot be set aside; the journal is then as it was.
    """

    def __init__(self, path: Path) -> None:
        reading = read_journal(path) if path.exists() else JournalReading((), (), 0)
        self._file = AppendOnlyFile(path, reading.whole_bytes, "journal")
        self.entries_before = reading.entries
        self._next_seq = max((entry.seq for entry in reading.entries), default=-1) + 1

    def append(self, event: Event, t_s: float) -> Entry:
        """Write one record and wait until it is on the disk.

        Raises
        ------
        NotWritten
            Where the disk takes no more; the journal then ends with its last whole record, and the same
            record can be tried again.
        """
        entry = Entry(self._next_seq, round(t_s, 6), event)
        self._file.append(format_line(entry))
        self._next_seq += 1
        return entry

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
