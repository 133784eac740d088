"""A CSV file as lines of named fields; what is wrong in one of them is told with file and line."""

from __future__ import annotations

import codecs
import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.text_file import read_utf8
from stimuli.errors import reason_of
from stimuli.whole_file import check_regular

_EMPTY = frozenset({"", "na", "nan", "n/a", "<na>", "nat"})
_NO_TEXT = frozenset({"", "nan", "<na>"})
"""Of what must be there: somebody's initials, or the name of an action, may well be NA."""


def means_nothing(field: str) -> bool:
    """Whether a field is one of the spellings of empty."""
    return field.casefold() in _EMPTY


@dataclass(frozen=True)
class Line:
    """One line of a file; ``place`` names both. Columns are found whatever the case of their names."""

    place: str
    _fields: Mapping[str, str]

    def optional(self, column: str) -> str | None:
        """A text, or None where the column is missing or its field is one of the spellings of empty."""
        found = self._fields.get(column.casefold(), "")
        return None if means_nothing(found) else found

    def text(self, column: str) -> str:
        """A text.

        Raises
        ------
        AnalysisError
            Where the field is empty.
        """
        found = self._fields.get(column.casefold(), "")
        if found.casefold() in _NO_TEXT:
            raise AnalysisError(f"{self.place}: {column} is empty; allowed is a text")
        return found

    def seconds(self, column: str) -> float | None:
        """A time in seconds above 0, or None where the field is empty.

        Raises
        ------
        AnalysisError
            Where the field holds anything else; infinite and negative times are none.
        """
        found = self.optional(column)
        if found is None:
            return None
        try:
            value = float(found)
        except ValueError:
            value = math.nan
        if not 0 < value < math.inf:
            raise AnalysisError(
                f"{self.place}: {column} is {found!r}; allowed is a number of seconds above 0, or nothing"
            )
        return value

    def whole(self, column: str, smallest: int) -> int:
        """A whole number from ``smallest``; ``1.0``, as pandas may write it, is 1.

        Raises
        ------
        AnalysisError
            Where the field holds anything else.
        """
        found = self.optional(column) or ""
        try:
            value = float(found)
        except ValueError:
            value = math.nan
        if not (smallest <= value < math.inf and value == int(value)):
            raise AnalysisError(
                f"{self.place}: {column} is {found!r}; allowed is a whole number from {smallest}"
            )
        return int(value)


@dataclass(frozen=True)
class CsvFile:
    """A file with its lines that hold something, in their order, the header left out."""

    path: Path
    lines: tuple[Line, ...]


def header_of(path: Path) -> tuple[str, ...]:
    """The fields of the first line, split at tabs where it has any and at commas else.

    Raises
    ------
    AnalysisError
        Where the file cannot be read.
    """
    try:
        check_regular(path)
        with path.open("rb") as file:
            start = file.read(100_000)
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({reason_of(error)})") from error
    # A file in another encoding is to be told which form it has, and then that its encoding is wrong.
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    first = start.decode(encoding, errors="replace").partition("\n")[0]
    fields = first.rstrip("\r\n").split("\t" if "\t" in first else ",")
    return tuple(field.strip().strip('"') for field in fields)


def read_csv_file(path: Path, columns: Sequence[str]) -> CsvFile:
    """Read a comma-separated UTF-8 file that has ``columns``, in any order and among others.

    Empty lines are passed over, and so are headers in the middle, which joining files leaves behind.

    Raises
    ------
    AnalysisError
        Where the file cannot be read, is not UTF-8, lacks a column, has one twice, or a line does not have
        as many fields as the header.
    """
    rows = _rows(path)
    if not rows:
        raise AnalysisError(f"{path} is empty; allowed is a CSV file with the columns {', '.join(columns)}")
    (_, header), *rest = rows
    names = [name.strip().casefold() for name in header]
    if missing := [column for column in columns if column.casefold() not in names]:
        found = ", ".join(name.strip() or "(no name)" for name in header)
        hint = "; the fields are to be separated by commas" if ";" in found else ""
        raise AnalysisError(
            f"{path}: the column {', '.join(missing)} is missing; found {found:.300}; "
            f"needed are {', '.join(columns)}{hint}"
        )
    if twice := [column for column in columns if names.count(column.casefold()) > 1]:
        raise AnalysisError(f"{path}: the column {', '.join(twice)} stands there twice; leave one out")
    lines = []
    for number, fields in rest:
        if [field.strip().casefold() for field in fields] == names:
            continue
        place = f"{path}, line {number}"
        if len(fields) != len(names):
            raise AnalysisError(
                f"{place}: found {len(fields)} fields, and the header has {len(names)}; mend the line"
            )
        stripped = (field.strip() for field in fields)
        lines.append(Line(place, dict(zip(names, stripped, strict=True))))
    return CsvFile(path, tuple(lines))


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The lines with anything in them, each with its number from 1."""
    text = read_utf8(path)
    # Without universal newlines: a line break within quotation marks counts as a line of the file, too.
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        return [(reader.line_num, fields) for fields in reader if any(field.strip() for field in fields)]
    except csv.Error as error:
        raise AnalysisError(f"{path}, line {reader.line_num}: this is no CSV ({error})") from error
