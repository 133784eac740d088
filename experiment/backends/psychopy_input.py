"""What happens at the window's keyboard and mouse, as input events with the time at which they happened.

What was pressed, and where, is always told by the window: it knows the keyboard's layout, what repeats, and
which events are its own. When it happened is told by the best source there is: the time stamp that the X
server put into the event, a second source that saw the same press, or else the moment the window was read.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Protocol

from experiment.backends.clock import SessionClock
from experiment.backends.press_times import PressKind, PressMatching, PressTimes, SeenPress
from experiment.backends.x_events import XEventStamps
from experiment.ports import CloseRequest, InputEvent, KeyPress, PointerMove, PointerPress, TextTyped
from experiment.records import InputChanged

# Keys of the number block with Num Lock off are still the digits printed on them.
_NUMBER_BLOCK = {
    "num_insert": "0",
    "num_end": "1",
    "num_down": "2",
    "num_page_down": "3",
    "num_next": "3",
    "num_left": "4",
    "num_begin": "5",
    "num_right": "6",
    "num_home": "7",
    "num_up": "8",
    "num_page_up": "9",
    "num_prior": "9",
    "num_enter": "return",
    "num_space": "space",
    "num_tab": "tab",
    "num_delete": "delete",
}
_OTHER_NAMES = {"enter": "return", "esc": "escape"}

# pyglet's numbers, which are the same on every system.
_LEFT_BUTTON = 1
_MOTION_BACKSPACE = 0xFF08

POLLED = "pyglet, stamped when read"


def key_name(symbol_name: str) -> str:
    """The port's name of a key from pyglet's.

    ``_1``, ``NUM_1`` and ``NUM_END`` are ``1``; ``RETURN``, ``ENTER`` and ``NUM_ENTER`` are ``return``.
    """
    name = symbol_name.lower()
    if found := re.fullmatch(r"(?:num)?_(\d)", name):
        return found.group(1)
    return _NUMBER_BLOCK.get(name) or _OTHER_NAMES.get(name, name)


class InputSource(Protocol):
    """What ``WindowResponses`` asks of a pyglet window."""

    def push_handlers(self, **handlers: Any) -> None: ...

    def remove_handlers(self, **handlers: Any) -> None: ...

    def dispatch_events(self) -> None: ...


@dataclass(frozen=True)
class _Arrived:
    """An event the window had; ``seen`` where a second source may know better when."""

    event: InputEvent
    seen: SeenPress | None = None


class WindowResponses:
    """``ports.Responses`` on the events of a pyglet window.

    Parameters
    ----------
    window
        The pyglet window.
    clock
        The session's clock, in whose time events are told.
    size_px
        Size of the framebuffer, in which pointer positions are told.
    scale
        Framebuffer pixels in one window unit; 2 on many high-resolution screens.
    times
        Who tells when a press happened; ``None`` where only the moment of reading is known.

    All events end here: the window closes neither by itself nor at Escape, and PsychoPy's buffers stay empty.
    """

    def __init__(
        self,
        window: InputSource,
        clock: SessionClock,
        size_px: tuple[int, int],
        scale: float = 1.0,
        times: XEventStamps | PressTimes | None = None,
    ) -> None:
        from pyglet.window import key

        self._window = window
        self._clock = clock
        self._size_px = size_px
        self._scale = scale
        self._symbol_string = key.symbol_string
        self._x_stamps: XEventStamps | None = None
        self._matching: PressMatching | None = None
        if isinstance(times, XEventStamps):
            self._x_stamps = times
        elif times is not None:
            self._matching = PressMatching(times)
        self._source = POLLED if times is None else times.name
        self._changes: list[InputChanged] = []
        self._read_s = time.perf_counter()
        self._arrived: deque[_Arrived] = deque()
        self._handlers = {
            "on_key_press": self._on_key_press,
            "on_text": self._on_text,
            "on_text_motion": self._on_text_motion,
            "on_mouse_press": self._on_mouse_press,
            "on_mouse_motion": self._on_mouse_motion,
            "on_mouse_drag": self._on_mouse_drag,
            "on_mouse_release": self._swallow,
            "on_mouse_scroll": self._swallow,
            "on_mouse_enter": self._swallow,
            "on_mouse_leave": self._swallow,
            "on_deactivate": self._on_deactivate,
            "on_close": self._on_close,
        }
        window.push_handlers(**self._handlers)
        self._open = True

    @property
    def source(self) -> str:
        """Who tells when a press happened, at present."""
        return self._source

    def read(self) -> None:
        """Take what has arrived at the window; to be called often while waiting for a flip."""
        if self._open:
            self._window.dispatch_events()
            self._read_s = time.perf_counter()

    @property
    def holds_back(self) -> bool:
        """Whether a press waits for its time to be told by a second source."""
        return bool(self._arrived)

    def poll(self) -> tuple[InputEvent, ...]:
        """Events since the last call, oldest first.

        A press whose time a second source may still report is held back for at most 25 ms, and whatever came
        after it too.
        """
        self.read()
        events: list[InputEvent] = []
        while self._arrived and (event := self._timed(self._arrived[0])) is not None:
            events.append(event)
            self._arrived.popleft()
        if self._matching is not None and self._matching.lost:
            self._leave_source(self._matching.lost)
        # A window hands over its keys before its mouse, whichever was first.
        return tuple(sorted(events, key=lambda event: event.t_s))

    def source_changes(self) -> tuple[InputChanged, ...]:
        """Sources of time stamps that were lost since the last call, and what took their place."""
        changes = tuple(self._changes)
        self._changes.clear()
        return changes

    def close(self) -> None:
        """Leave the window; what was read before can still be polled."""
        if self._open:
            self._open = False
            self._window.remove_handlers(**self._handlers)
            if self._x_stamps is not None:
                self._x_stamps.close()
            if self._matching is not None:
                self._matching.source.close()

    def _timed(self, arrived: _Arrived) -> InputEvent | None:
        """The event with its best time; ``None`` while that may still be told."""
        if arrived.seen is None or self._matching is None:
            return arrived.event
        real_s = self._matching.time_of(arrived.seen)
        return None if real_s is None else replace(arrived.event, t_s=self._clock.session_time_of(real_s))

    def _leave_source(self, why: str) -> None:
        lost, self._matching = self._matching, None
        if lost is not None:
            lost.source.close()
        self._changes.append(InputChanged(self._source, POLLED, why))
        self._source = POLLED

    def _now(self) -> float:
        """Session time of the event that is being handled."""
        read_s = time.perf_counter()
        stamped_s = None if self._x_stamps is None else self._x_stamps.time_of_current(read_s)
        return self._clock.session_time_of(read_s if stamped_s is None else stamped_s)

    def _press(self, event: InputEvent, kind: PressKind) -> None:
        seen = None
        if self._matching is not None:
            seen = SeenPress(kind, self._read_s, time.perf_counter())
        self._arrived.append(_Arrived(event, seen))

    # Each handler returns True, pyglet's sign that nobody else needs to see the event.

    def _on_key_press(self, symbol: int, _modifiers: int) -> bool:
        # Backspace comes as a text motion too, which repeats while it is held down, as one expects of it.
        if symbol != _MOTION_BACKSPACE:
            self._press(KeyPress(self._now(), key_name(self._symbol_string(symbol))), "key")
        return True

    def _on_text_motion(self, motion: int) -> bool:
        if motion == _MOTION_BACKSPACE:
            self._arrived.append(_Arrived(KeyPress(self._now(), "backspace")))
        return True

    def _on_text(self, text: str) -> bool:
        typed = "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
        if typed:
            self._arrived.append(_Arrived(TextTyped(self._now(), typed)))
        return True

    def _on_mouse_press(self, x: float, y: float, button: int, _modifiers: int) -> bool:
        if button == _LEFT_BUTTON:
            self._press(PointerPress(self._now(), *self._from_middle(x, y)), "button")
        return True

    def _on_mouse_motion(self, x: float, y: float, _dx: float, _dy: float) -> bool:
        # Only the last of a run of movements matters, and a person moves the mouse a thousand times a second.
        if self._arrived and isinstance(self._arrived[-1].event, PointerMove):
            self._arrived.pop()
        self._arrived.append(_Arrived(PointerMove(self._now(), *self._from_middle(x, y))))
        return True

    def _on_mouse_drag(
        self, x: float, y: float, dx: float, dy: float, _buttons: int, _modifiers: int
    ) -> bool:
        return self._on_mouse_motion(x, y, dx, dy)

    def _on_deactivate(self) -> bool:
        # A key let go of in another window would count as held down, and its next press as a repeat.
        getattr(self._window, "pressed_keys", set()).clear()
        return False

    def _on_close(self) -> bool:
        self._arrived.append(_Arrived(CloseRequest(self._now())))
        return True

    def _swallow(self, *_arguments: object) -> bool:
        return True

    def _from_middle(self, x: float, y: float) -> tuple[float, float]:
        """From pyglet's window units, origin at the lower left, to framebuffer pixels from the middle."""
        # PsychoPy leaves numpy's numbers in pyglet's window; records hold plain ones.
        return float(x * self._scale - self._size_px[0] / 2), float(y * self._scale - self._size_px[1] / 2)
