"""When to flip: at the display's own rate where it has one, at 60 Hz by the clock where it has not.

Pure arithmetic on readings of ``time.perf_counter``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

SOFTWARE_HZ = 60.0
_FASTEST_HZ = 250.0
_SLOWEST_HZ = 20.0
# Spread of the middle 80 % of the intervals, relative to their median, beyond which nothing paces the flips.
_IRREGULAR = 0.5
# How much of a delay may show in the intervals between flips that wait for the display; the rest is scatter.
_UNABSORBED = 0.5


@dataclass(frozen=True)
class Pacing:
    """How the flips of a display are paced: by its vertical sync or, where it has none, in software."""

    kind: Literal["vsync", "software"]
    refresh_hz: float

    @property
    def period_s(self) -> float:
        """Time between two flips: 0.01667 at 60 Hz."""
        return 1.0 / self.refresh_hz

    @property
    def lead_s(self) -> float:
        """How long before a flip is due it is asked for.

        Vertical sync does the exact waiting and must not be missed; in software the asking is the flip.
        """
        return min(0.003, 0.4 * self.period_s) if self.kind == "vsync" else 0.0

    def next_flip(self, last_s: float, now_s: float) -> float:
        """The first time after ``now_s`` that is a whole number of periods after ``last_s``."""
        return last_s + max(1, math.floor((now_s - last_s) / self.period_s) + 1) * self.period_s


def pacing_of(flip_times_s: Sequence[float]) -> Pacing:
    """How a display paces flips that were asked for as fast as it would take them; at least 10 of them.

    The refresh rate is the inverse of the median interval. Rates outside 20-250 Hz, and intervals that
    are all over the place, show that flips wait for nothing: then they are paced in software at 60 Hz.
    Regular intervals within those rates are only a sign of vertical sync, as a slow computer that waits for
    nothing may draw as regularly; ``waits_for_display`` tells. Raises ``ValueError`` for fewer flips.
    """
    intervals = np.diff(np.asarray(flip_times_s, dtype=np.float64))
    if intervals.size < 9:
        raise ValueError("at least 10 flips are needed to tell the refresh rate")
    median = float(np.median(intervals))
    low, high = np.percentile(intervals, (10, 90))
    regular = median > 0 and high - low <= _IRREGULAR * median
    if regular and _SLOWEST_HZ <= 1.0 / median <= _FASTEST_HZ:
        return Pacing("vsync", 1.0 / median)
    return Pacing("software", SOFTWARE_HZ)


def waits_for_display(flip_times_s: Sequence[float], period_s: float, late_s: float) -> bool:
    """Whether a display took flips in its own time when every second one was asked for ``late_s`` later.

    A display with vertical sync takes the late ones when it takes the others, as the delay fits into the
    wait for the next refresh: all intervals stay the period. Where nothing is waited for, the delay is added
    to the interval. Shown so by what a delay does, not by what intervals look like.

    Parameters
    ----------
    flip_times_s
        When flips were over, s; at least 10. Those at odd places were asked for late.
    period_s
        The refresh period that is put to the test.
    late_s
        The delay: less than what is left of a refresh period once an empty screen is drawn.

    Raises
    ------
    ValueError
        For fewer flips.
    """
    intervals = np.diff(np.asarray(flip_times_s, dtype=np.float64))
    if intervals.size < 9:
        raise ValueError("at least 10 flips are needed to tell whether they wait for the display")
    medians = np.array([np.median(intervals[0::2]), np.median(intervals[1::2])])
    return bool((np.abs(medians - period_s) < _UNABSORBED * late_s).all())
