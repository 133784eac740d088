"""Numbers and tables as the page writes them: each cell a text for people and the value it stands for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from stimuli.tsv import EMPTY

NARROW = "\u202f"
"""A narrow space that does not break."""
NOTHING = "–"
_METHODS = {
    "wilson": "Wilson's interval over trials",
    "newcombe": "Newcombe's interval over trials",
}


@dataclass(frozen=True)
class Column:
    """A column of a frame and how the page writes it. ``text`` of an interval reads ``low`` and ``high``."""

    name: str
    head: str
    text: Callable[[object], str]
    numeric: bool = True
    high: str | None = None


@dataclass(frozen=True)
class Cell:
    """``value`` is what the TSV has: the column is sorted by it."""

    text: str
    value: str
    numeric: bool


@dataclass(frozen=True)
class PageTable:
    """``file`` names the TSV with the same numbers, or is empty; ``instead`` is said where no row is."""

    title: str
    heads: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    file: str = ""
    instead: str = "no trial, or no participant, has what this is computed from."

    @property
    def long(self) -> bool:
        """Whether the page folds it away at first."""
        return len(self.rows) > 24


def page_table(title: str, frame: pd.DataFrame, columns: Sequence[Column], file: str = "") -> PageTable:
    """The rows of ``frame`` in their order, written as ``columns`` say."""
    used = [column for column in columns if column.name in frame.columns]
    rows = []
    for record in frame.to_dict("records"):
        cells = []
        for column in used:
            value = record[column.name]
            text = column.text(value)
            if column.high:
                upper = column.text(record[column.high])
                if not is_missing(value):
                    text = NOTHING if NOTHING in (text, upper) else f"{text} to {upper}"
            cells.append(Cell(text, "" if is_missing(value) else str(value), column.numeric))
        rows.append(tuple(cells))
    return PageTable(title, tuple(used), tuple(rows), file)


def percent(value: object) -> str:
    """``0.8989`` -> ``89.9 %``."""
    return NOTHING if is_missing(value) else f"{100 * _number(value):.1f}{NARROW}%"


def points(value: object) -> str:
    """A difference of shares in percentage points: ``-0.012`` -> ``−1.2``."""
    return NOTHING if is_missing(value) else f"{100 * _number(value):.1f}".replace("-", "−")


def seconds(value: object) -> str:
    """Seconds with two decimals."""
    return NOTHING if is_missing(value) else f"{_number(value):.2f}".replace("-", "−")


def decimal(value: object) -> str:
    """A number with two decimals."""
    return seconds(value)


def count(value: object) -> str:
    """``18000`` -> ``18 000``."""
    return NOTHING if is_missing(value) else f"{int(_number(value)):,}".replace(",", NARROW)


def unbroken(text: str) -> str:
    """The same with units kept on the line of their number: ``95 %``, ``2.8 s``."""
    return re.sub(r"(?<=\d) (?=(?:%|s|ms|Hz|min)(?!\w))", NARROW, text)


def plain(value: object) -> str:
    """A text as it is."""
    return NOTHING if is_missing(value) else str(value)


def method(value: object) -> str:
    """How an interval was found, for a reader."""
    text = plain(value)
    return _METHODS.get(text, text.replace(f"where {EMPTY}", f"where “{NOTHING}” stands"))


def methods_of(table: pd.DataFrame) -> str:
    """The ways in which the intervals of a table were found, joined."""
    return "; ".join(dict.fromkeys(method(value) for value in table["method"]))


def _number(value: object) -> float:
    return float(str(value))


def is_missing(value: object) -> bool:
    """Whether a cell of a frame is empty."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
