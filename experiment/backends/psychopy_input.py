"""What happens at the window's keyboard and mouse, as input events with the time they were seen.

They are read by polling, and how often decides how good the stamps are: every 0.4 ms, late by a fraction of a
millisecond; once a flip, by up to a frame.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from typing import Any, Protocol

from experiment.ports import Clock, CloseRequest, InputEvent, KeyPress, PointerMove, PointerPress, TextTyped

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


class WindowResponses:
    """``ports.Responses`` on the events of a pyglet window.

    Parameters
    ----------
    window
        The pyglet window.
    clock
        Gives the time stamps, at the moment an event is read.
    size_px
        Size of the framebuffer, in which pointer positions are told.
    scale
        Framebuffer pixels in one window unit; 2 on many high-resolution screens.

    All events end here: the window closes neither by itself nor at Escape, and PsychoPy's buffers stay empty.
    """

    def __init__(
        self, window: InputSource, clock: Clock, size_px: tuple[int, int], scale: float = 1.0
    ) -> None:
        from pyglet.window import key

        self._window = window
        self._clock = clock
        self._size_px = size_px
        self._scale = scale
        self._symbol_string = key.symbol_string
        self._events: deque[InputEvent] = deque()
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
            "on_close": self._on_close,
        }
        window.push_handlers(**self._handlers)
        self._open = True

    def read(self) -> None:
        """Take what has arrived at the window and stamp it; to be called often while waiting for a flip."""
        if self._open:
            self._window.dispatch_events()

    def poll(self) -> tuple[InputEvent, ...]:
        """Events since the last call, oldest first."""
        self.read()
        events = tuple(self._events)
        self._events.clear()
        return events

    def close(self) -> None:
        """Leave the window; what was read before can still be polled."""
        if self._open:
            self._open = False
            self._window.remove_handlers(**self._handlers)

    # Each handler returns True, pyglet's sign that nobody else needs to see the event.

    def _on_key_press(self, symbol: int, _modifiers: int) -> bool:
        # Backspace comes as a text motion too, which repeats while it is held down, as one expects of it.
        if symbol != _MOTION_BACKSPACE:
            self._events.append(KeyPress(self._clock.now(), key_name(self._symbol_string(symbol))))
        return True

    def _on_text_motion(self, motion: int) -> bool:
        if motion == _MOTION_BACKSPACE:
            self._events.append(KeyPress(self._clock.now(), "backspace"))
        return True

    def _on_text(self, text: str) -> bool:
        typed = "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
        if typed:
            self._events.append(TextTyped(self._clock.now(), typed))
        return True

    def _on_mouse_press(self, x: float, y: float, button: int, _modifiers: int) -> bool:
        if button == _LEFT_BUTTON:
            self._events.append(PointerPress(self._clock.now(), *self._from_middle(x, y)))
        return True

    def _on_mouse_motion(self, x: float, y: float, _dx: float, _dy: float) -> bool:
        # Only the last of a run of movements matters, and a person moves the mouse a thousand times a second.
        if self._events and isinstance(self._events[-1], PointerMove):
            self._events.pop()
        self._events.append(PointerMove(self._clock.now(), *self._from_middle(x, y)))
        return True

    def _on_mouse_drag(
        self, x: float, y: float, dx: float, dy: float, _buttons: int, _modifiers: int
    ) -> bool:
        return self._on_mouse_motion(x, y, dx, dy)

    def _on_close(self) -> bool:
        self._events.append(CloseRequest(self._clock.now()))
        return True

    def _swallow(self, *_arguments: object) -> bool:
        return True

    def _from_middle(self, x: float, y: float) -> tuple[float, float]:
        """From pyglet's window units, origin at the lower left, to framebuffer pixels from the middle."""
        # PsychoPy leaves numpy's numbers in pyglet's window; records hold plain ones.
        return float(x * self._scale - self._size_px[0] / 2), float(y * self._scale - self._size_px[1] / 2)
