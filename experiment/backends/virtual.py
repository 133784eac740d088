"""A session without a screen: flips happen at once on a clock of their own, and injected events arrive
exactly on time.
"""

from __future__ import annotations

import heapq
from itertools import count

from experiment.ports import InputEvent, KeyPress, PointerMove, PointerPress, TextTyped
from experiment.records import DisplayRecord, InputChanged
from experiment.scene import Scene


class VirtualClock:
    """Time that moves only when a display flips."""

    def __init__(self, start_s: float = 0.0) -> None:
        self.time_s = start_s

    def now(self) -> float:
        return self.time_s


class VirtualDisplay:
    """Draws nothing and flips every ``1 / refresh_hz`` seconds of virtual time."""

    def __init__(
        self, clock: VirtualClock, size_px: tuple[int, int] = (1920, 1080), refresh_hz: float = 60.0
    ) -> None:
        self._clock = clock
        self._period_s = 1.0 / refresh_hz
        self._record = DisplayRecord("virtual", size_px, refresh_hz, "virtual", True, "none", "virtual")

    @property
    def record(self) -> DisplayRecord:
        return self._record

    @property
    def frame_period_s(self) -> float:
        return self._period_s

    def next_flip_s(self) -> float:
        return self._clock.time_s + self._period_s

    def show(self, scene: Scene) -> float:
        del scene  # nothing is drawn
        self._clock.time_s += self._period_s
        return self._clock.time_s

    def close(self) -> None:
        """Nothing to close."""


class VirtualResponses:
    """Both ends of the input: what is injected for a time is polled once the clock has reached it."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._queue: list[tuple[float, int, InputEvent]] = []
        self._order = count()

    def inject(self, event: InputEvent) -> None:
        """Let any event happen at its own time."""
        heapq.heappush(self._queue, (event.t_s, next(self._order), event))

    def press_key(self, key: str, at_s: float) -> None:
        self.inject(KeyPress(at_s, key))

    def type_text(self, text: str, at_s: float) -> None:
        self.inject(TextTyped(at_s, text))

    def press_pointer(self, x: float, y: float, at_s: float) -> None:
        self.inject(PointerMove(at_s, x, y))
        self.inject(PointerPress(at_s, x, y))

    @property
    def holds_back(self) -> bool:
        """Never: times are exact from the beginning."""
        return False

    def poll(self) -> tuple[InputEvent, ...]:
        events = []
        while self._queue and self._queue[0][0] <= self._clock.time_s:
            events.append(heapq.heappop(self._queue)[2])
        return tuple(events)

    def source_changes(self) -> tuple[InputChanged, ...]:
        """None: there is nothing that could be lost."""
        return ()
