"""Input for simulated participants where there is no X server: events put into the window itself.

They reach the handlers as a person's do, but not through the operating system; the display record says which.
"""

from __future__ import annotations

import heapq
import itertools
from typing import Any, Protocol

from experiment.backends.clock import SessionClock


class EventTarget(Protocol):
    """What is needed of a pyglet window."""

    def dispatch_event(self, name: str, *arguments: Any) -> object: ...


class WindowInjector:
    """``ports.Injector`` that hands events to a pyglet window; ``pump`` must be called often, in its thread.

    Parameters
    ----------
    window
        The pyglet window.
    size_px
        Size of its framebuffer, in which pointer positions are told.
    scale
        Framebuffer pixels in one window unit.
    clock
        The session's clock.
    """

    name = "window events"

    def __init__(
        self, window: EventTarget, size_px: tuple[int, int], scale: float, clock: SessionClock
    ) -> None:
        self._window = window
        self._size_px = size_px
        self._scale = scale
        self._clock = clock
        self._due: list[tuple[float, int, tuple[tuple[Any, ...], ...]]] = []
        self._number = itertools.count()

    def press_key(self, key: str, at_s: float) -> None:
        """Press a key, named as in ``ports.KeyPress``. Raises ``ValueError`` for a name no key has."""
        from pyglet.window import key as keys

        symbol = getattr(keys, f"_{key}" if key.isdigit() else key.upper(), None)
        if not isinstance(symbol, int):
            raise ValueError(f"No key is called '{key}'.")
        events: list[tuple[Any, ...]] = [("on_key_press", symbol, 0)]
        if key == "backspace":
            events.append(("on_text_motion", keys.MOTION_BACKSPACE))
        elif len(key) == 1:
            events.append(("on_text", key))
        self._at(at_s, *events)

    def type_text(self, text: str, at_s: float) -> None:
        """Type a text."""
        self._at(at_s, *(("on_text", letter) for letter in text))

    def press_pointer(self, x: float, y: float, at_s: float) -> None:
        """Move the pointer to ``(x, y)`` px from the middle, y upwards, and press the left button."""
        left = (x + self._size_px[0] / 2) / self._scale
        bottom = (y + self._size_px[1] / 2) / self._scale
        self._at(at_s, ("on_mouse_motion", left, bottom, 0, 0), ("on_mouse_press", left, bottom, 1, 0))

    def pump(self) -> None:
        """Put what is due into the window."""
        now_s = self._clock.now()
        while self._due and self._due[0][0] <= now_s:
            for event in heapq.heappop(self._due)[2]:
                self._window.dispatch_event(*event)

    def close(self) -> None:
        """Drop what has not happened yet."""
        self._due.clear()

    def _at(self, at_s: float, *events: tuple[Any, ...]) -> None:
        heapq.heappush(self._due, (at_s, next(self._number), events))
