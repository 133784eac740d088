"""When a press happened, told by a source beside the window, and which press at the window it belongs to.

The window says what was pressed and where; a second source (a process or thread of its own) saw the same
press and knows better when. Nothing is lost with such a source: a press it does not report in time keeps the
time at which the window's events were read.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Literal, Protocol

PressKind = Literal["key", "button"]

# The source may report an event up to this long after the window had it, and its clock and the window's
# delivery may disagree by this much.
_LONGEST_WAIT_S = 0.025
_SLACK_S = 0.005
_MISSES_OF_A_DEAD_SOURCE = 3


class SourceUnavailable(Exception):
    """A sentence: why a source of time stamps does not start here."""


@dataclass(frozen=True)
class ReportedPress:
    """A press somewhere on the screen at ``real_s``, a reading of ``time.perf_counter``."""

    kind: PressKind
    real_s: float


@dataclass(frozen=True)
class SeenPress:
    """A press the window had at ``read_s`` and had not yet at ``looked_s``, the reading before."""

    kind: PressKind
    looked_s: float
    read_s: float


class PressTimes(Protocol):
    """A source of time stamps. None of its methods waits."""

    @property
    def name(self) -> str:
        """What stands in the display record."""

    @property
    def lost(self) -> str:
        """Why it reports nothing any more, in a sentence; empty while it works."""

    def reported(self) -> tuple[ReportedPress, ...]:
        """Presses reported since the last call, oldest first."""

    def close(self) -> None:
        """Let go of it; safe to call twice."""


class PressMatching:
    """Finds the time of each press the window had in what a source reports.

    A press is the first of its kind that was reported for the time between the two readings of the window;
    presses for other windows, and those before this window was looked at, match nothing.
    """

    def __init__(self, source: PressTimes) -> None:
        self.source = source
        self.lost = ""
        self._reported: deque[ReportedPress] = deque(maxlen=256)
        self._misses = 0

    def time_of(self, seen: SeenPress) -> float | None:
        """When it happened, ``time.perf_counter``; ``None`` while the source may still report it.

        A press that the source does not report in time was at ``seen.read_s``. After three of them in a row,
        or when the source says so itself, ``lost`` says why nothing more is to be expected.
        """
        self._reported.extend(self.source.reported())
        for report in self._reported:
            if (
                report.kind == seen.kind
                and seen.looked_s - _SLACK_S <= report.real_s <= seen.read_s + _SLACK_S
            ):
                self._reported.remove(report)
                self._misses = 0
                return min(report.real_s, seen.read_s)
        if self.source.lost:
            self.lost = self.source.lost
            return seen.read_s
        if time.perf_counter() - seen.read_s < _LONGEST_WAIT_S:
            return None
        self._misses += 1
        if self._misses >= _MISSES_OF_A_DEAD_SOURCE:
            self.lost = f"{self.source.name} reported none of the last {self._misses} presses"
        return seen.read_s
