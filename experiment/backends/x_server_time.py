"""The X server's own time stamps on the clock of this program.

Every key and button event of X carries the server's time in whole milliseconds, taken when the server got it
and not when a program reads it. X.Org's servers read CLOCK_MONOTONIC for it, which is what
``time.perf_counter`` reads on Linux. Whether that holds for the server at hand is measured and not assumed: a
server on another machine has another clock.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from experiment.backends.x_connection import connect_to_x

_MEASURED = 200
_BETWEEN_S = 0.0007
# A stamp is cut to whole milliseconds (a lag of 0-1 ms), and the clock behind it may itself tick every
# millisecond only (0-2 ms). Beyond that it is another clock.
_LONGEST_LAG_S = 0.0022
_WRAP_MS = 2**32
# Older than this a stamp belongs to no event that was read just now; 0 is X's "no time known".
_OLDEST_S = 5.0


class ServerTimeUnusable(Exception):
    """A sentence: why the server's stamps say nothing about this program's clock."""


@dataclass(frozen=True)
class ServerTime:
    """How far the server's stamps lie behind the moment they stand for: ``lag_s`` +- ``uncertainty_s``."""

    lag_s: float
    uncertainty_s: float

    def real_time_of(self, stamp_ms: int, read_s: float) -> float | None:
        """Reading of ``time.perf_counter`` at which an event stamped ``stamp_ms`` happened.

        ``read_s`` is when it was read, which the event cannot have come after. ``None`` where the stamp is
        no time of this clock. Stamps begin again at 0 after 2**32 ms; the turn nearest to ``read_s`` is
        meant.

        With a lag of 0.5 ms, an event stamped 12000 and read at 12.7 s happened at 12.0005 s.
        """
        if stamp_ms == 0:
            return None
        turns = round((read_s * 1000 - stamp_ms) / _WRAP_MS)
        earliest_s = (stamp_ms + turns * _WRAP_MS) / 1000 + self.lag_s - self.uncertainty_s
        latest_s = min(earliest_s + 2 * self.uncertainty_s, read_s)
        # Read within the millisecond of the stamp, an event lies between its start and the reading.
        happened_s = (earliest_s + latest_s) / 2
        if not -0.001 <= read_s - happened_s < _OLDEST_S:
            return None
        return min(happened_s, read_s)


def server_time_of(brackets_s: Sequence[tuple[float, int, float]]) -> ServerTime:
    """How stamps and clock belong together, from ``(asked_s, stamp_ms, answered_s)`` of at least 20 events.

    Each event was caused after ``asked_s`` and came back before ``answered_s``, so the lag of its stamp is at
    least ``asked_s - stamp`` and at most ``answered_s - stamp``.

    Raises
    ------
    ServerTimeUnusable
        Where the stamps are no readings of this clock, or too coarse.
    """
    if len(brackets_s) < 20:
        raise ValueError("at least 20 stamps are needed to compare the clocks")
    # The shortest half of the brackets: in the others the server or this program was kept waiting.
    told = sorted(brackets_s, key=lambda bracket: bracket[2] - bracket[0])[: len(brackets_s) // 2]
    shortest = min(answered_s - stamp / 1000 for _, stamp, answered_s in told)
    longest = max(asked_s - stamp / 1000 for asked_s, stamp, _ in told)
    if shortest < 0:
        raise ServerTimeUnusable("the X server's time stamps lie ahead of this computer's clock")
    if longest > _LONGEST_LAG_S:
        raise ServerTimeUnusable(
            f"the X server's time stamps lie up to {longest * 1000:.1f} ms behind this computer's clock"
        )
    # Both ends are reached from within only, up to the time of a bracket; the cut alone spreads over 1 ms.
    middle = (max(0.0, shortest) + max(longest, shortest)) / 2
    return ServerTime(middle, 0.0005)


def measure_server_time(display_name: str | None = None) -> ServerTime:
    """Compare the clocks by events of an own, invisible window; takes about 0.3 s.

    Raises
    ------
    ServerTimeUnusable
        As ``server_time_of``; or where the server cannot be reached.
    """
    from Xlib import X, Xatom

    try:
        server: Any = connect_to_x(display_name)
    except OSError as error:
        raise ServerTimeUnusable(f"the X server cannot be reached ({error})") from error
    try:
        screen = server.screen()
        window = screen.root.create_window(0, 0, 1, 1, 0, screen.root_depth, event_mask=X.PropertyChangeMask)
        brackets = []
        for _ in range(_MEASURED):
            time.sleep(_BETWEEN_S)
            asked_s = time.perf_counter()
            window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"time")
            stamp_ms = int(server.next_event().time)
            brackets.append((asked_s, stamp_ms, time.perf_counter()))
    finally:
        server.close()
    return server_time_of(brackets)
