"""The session's clock on a machine's own: seconds since the start, in simulations X times as fast."""

from __future__ import annotations

import time


class SessionClock:
    """Session time is ``start_s + factor * (real time since the clock was made)``.

    Parameters
    ----------
    start_s
        Session time at the making of the clock, s; above 0 where a session is taken up again.
    factor
        Session seconds in one real second, above 0. Anything but 1 is for simulations only.

    A clock that started at 100 s with ``factor=10`` says 120 s two real seconds later.
    """

    def __init__(self, start_s: float = 0.0, factor: float = 1.0) -> None:
        if not factor > 0:
            raise ValueError(f"a clock runs at a factor above 0, not {factor}")
        self.start_s = start_s
        self.factor = factor
        self._real_start_s = time.perf_counter()

    def now(self) -> float:
        """Session time, s."""
        return self.session_time_of(time.perf_counter())

    def session_time_of(self, real_s: float) -> float:
        """Session time of a reading of ``time.perf_counter``, s."""
        return self.start_s + self.factor * (real_s - self._real_start_s)

    def real_time_of(self, session_s: float) -> float:
        """What ``time.perf_counter`` says at a session time, s."""
        return self._real_start_s + (session_s - self.start_s) / self.factor
