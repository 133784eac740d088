"""Every byte of a folder against every identifying value of the source.

Looked at: names of files and folders, the cells of tables, keys and values of JSON, texts, what is packed
in gzip, zip and the text parts of PNG, names and times that such files carry, and the times of the files.
Not undone: encryption, base64 and the like, and pixels. Links to files are leaks: they carry a path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.export.disclosure.identifiers import Identifier
from analysis.export.disclosure.places import NUMBER, Place, places_in
from analysis.export.disclosure.tokens import ValueIndex
from analysis.trial_row import SCHEMA

_TEXT_COLUMNS = {name for name, column in SCHEMA.columns.items() if str(column.dtype).startswith("string")}
NUMERIC_COLUMNS = frozenset(set(SCHEMA.columns) - _TEXT_COLUMNS)
"""Columns of a trial table that count or measure."""
_LONGEST_COUNT = 6
"""No data set counts to ten millions: a longer whole number is a day, a time or a seed."""


@dataclass(frozen=True)
class Leak:
    """An identifying value in a file: where, of which kind, and from which file of the source.

    The value is not told: this goes to screens and reports. It is ``ambiguous`` where the same text is also
    part of the data set's own words (an action, a column) or stands where numbers count something, so that
    nobody can tell by looking whether it leaked; ``why`` says which.
    """

    file: str
    place: str
    kind: str
    source: str
    why: str = ""

    @property
    def ambiguous(self) -> bool:
        """Whether it may well be something else: ``why`` says what."""
        return bool(self.why)

    def __str__(self) -> str:
        reason = f" ({self.why})" if self.why else ""
        return f"{self.file}, {self.place}: {self.kind}{reason}"


@dataclass(frozen=True)
class LeakScan:
    """What a scan found. ``leaks`` stop an export; ``ambiguous`` ones are told to the person who exports."""

    leaks: tuple[Leak, ...]
    ambiguous: tuple[Leak, ...]
    identifiers: int
    files: int
    bytes_read: int


def scan_folder(
    folder: Path,
    identifiers: Sequence[Identifier],
    *,
    vocabulary: Iterable[str] = (),
    numeric_columns: Collection[str] = NUMERIC_COLUMNS,
    file_time_s: float | None = None,
) -> LeakScan:
    """Look for every identifier in every byte under ``folder``.

    Parameters
    ----------
    vocabulary
        The data set's own texts: names of actions, clips and columns, the protocol, the fixed texts. An
        identifier that they hold is ambiguous where it is found.
    numeric_columns
        Columns of tables whose numbers have a meaning of their own: an identifier of digits alone is
        ambiguous in them.
    file_time_s
        The time that all files must have; not looked at where there is none.
    """
    index = ValueIndex([each.value for each in identifiers])
    own_words = index.in_words_of(vocabulary)
    found: dict[Leak, None] = {}
    files = bytes_read = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[Leak(name, "link", "a link to another place", "")] = None
            continue
        if file_time_s is not None and path.stat().st_mtime != file_time_s:
            found[Leak(name, "time of the file", "when it was written", "")] = None
        content = b""
        if path.is_file():
            content = path.read_bytes()
            files, bytes_read = files + 1, bytes_read + len(content)
        for place in places_in(name, content):
            for leak in _judged(place, name, index, identifiers, own_words, numeric_columns):
                found[leak] = None
    # Cells come in no order.
    ordered = sorted(found, key=lambda leak: (leak.file, leak.place, leak.kind, leak.source))
    leaks = tuple(leak for leak in ordered if not leak.ambiguous)
    ambiguous = tuple(leak for leak in ordered if leak.ambiguous)
    return LeakScan(leaks, ambiguous, len(identifiers), files, bytes_read)


def _judged(
    place: Place,
    file: str,
    index: ValueIndex,
    identifiers: Sequence[Identifier],
    own_words: set[int],
    numeric_columns: Collection[str],
) -> Iterable[Leak]:
    if place.leaks:
        yield Leak(file, place.name, place.leaks, "")
        return
    numbers = index.in_text(place.text)
    if place.is_field:
        numbers |= index.as_field(place.text)
    for number in sorted(numbers):
        identifier = identifiers[number]
        why = ""
        if number in own_words:
            why = "also a word of the data set"
        elif (
            identifier.value.isdigit()
            and len(identifier.value) <= _LONGEST_COUNT
            and (place.kind == NUMBER or place.column in numeric_columns)
        ):
            why = "a number among numbers that count something"
        yield Leak(file, place.name, identifier.kind, identifier.source, why)
