"""Input for simulated participants: real X events through the XTEST extension, at given session times.

The events travel the way a person's do - X server, window, handlers - so a simulated session tests all of it.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

from experiment.backends.clock import SessionClock
from experiment.backends.x_connection import connect_to_x
from experiment.errors import InputRefused

# X11's numbers.
_KEY_DOWN, _KEY_UP, _BUTTON_DOWN, _BUTTON_UP, _MOTION = 2, 3, 4, 5, 6
_LEFT_BUTTON = 1

_KEYSYM_NAMES = {
    "return": "Return",
    "escape": "Escape",
    "backspace": "BackSpace",
    "tab": "Tab",
    "left": "Left",
    "right": "Right",
    "up": "Up",
    "down": "Down",
    "delete": "Delete",
    "home": "Home",
    "end": "End",
    "pageup": "Prior",
    "pagedown": "Next",
}


class XTestInjector:
    """``ports.Injector`` that presses keys and the mouse button of the X server the window is on.

    Parameters
    ----------
    window_id
        X id of the window, in which pointer positions are understood.
    size_px
        Its size.
    clock
        The session's clock; events happen when it says so.

    A thread with an X connection of its own waits for each event's time; ``close`` ends it.

    Raises
    ------
    InputRefused
        If the X server cannot be reached or has no XTEST extension.
    """

    name = "XTEST"

    def __init__(self, window_id: int, size_px: tuple[int, int], clock: SessionClock) -> None:
        try:
            self._x: Any = connect_to_x()
        except OSError as error:
            raise InputRefused(
                f"Simulated input cannot reach the X server ({error}); run it on the machine of the display."
            ) from error
        if not self._x.has_extension("XTEST"):
            self._x.close()
            raise InputRefused(
                "The X server has no XTEST extension; use --simulate data, which needs no window."
            )
        self._window = self._x.create_resource_object("window", window_id)
        self._root = self._x.screen().root
        self._size_px = size_px
        self._clock = clock
        self._keyboard = _Keyboard(self._x)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._work, name="xtest", daemon=True)
        self._thread.start()

    def press_key(self, key: str, at_s: float) -> None:
        """Press and release a key, named as in ``KeyPress``. Raises ``ValueError`` for a name no key has."""
        keysym = _keysym_of(key)
        self._at(at_s, lambda: self._keyboard.strike((keysym,)))

    def type_text(self, text: str, at_s: float) -> None:
        """Type a text, letter after letter. Those the layout lacks are put on unused keys for the time."""
        keysyms = tuple(_keysym_of_letter(letter) for letter in text)
        self._at(at_s, lambda: self._keyboard.strike(keysyms))

    def press_pointer(self, x: float, y: float, at_s: float) -> None:
        """Move the pointer to ``(x, y)`` px from the middle, y upwards, and press the left button."""
        column = int(self._size_px[0] / 2 + x)
        row = int(self._size_px[1] / 2 - y)
        self._at(at_s, lambda: self._click(column, row))

    def pump(self) -> None:
        """Nothing to do here: the X server delivers the events."""

    def close(self) -> None:
        """Drop what has not happened yet, end the thread, free borrowed keys; safe to call twice."""
        with self._changed:
            if self._ending:
                return
            self._ending = True
            self._changed.notify()
        self._thread.join()
        self._keyboard.restore()
        self._x.close()

    def _at(self, at_s: float, act: Callable[[], None]) -> None:
        with self._changed:
            heapq.heappush(self._due, (self._clock.real_time_of(at_s), next(self._number), act))
            self._changed.notify()

    def _work(self) -> None:
        while (act := self._next()) is not None:
            act()

    def _next(self) -> Callable[[], None] | None:
        """Waits for the next event's time; ``None`` at the end."""
        with self._changed:
            while not self._ending:
                wait_s = self._due[0][0] - time.perf_counter() if self._due else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait_s)
        return None

    def _click(self, column: int, row: int) -> None:
        # The window may have been moved, so its place is asked for each time.
        place = self._root.translate_coords(self._window, column, row)
        self._x.xtest_fake_input(_MOTION, x=place.x, y=place.y)
        self._x.xtest_fake_input(_BUTTON_DOWN, _LEFT_BUTTON)
        self._x.xtest_fake_input(_BUTTON_UP, _LEFT_BUTTON)
        self._x.sync()


class _Keyboard:
    """Strikes keys by what they type, on whatever layout the X server has."""

    def __init__(self, x: Any) -> None:
        from Xlib import XK

        self._x = x
        first, last = x.display.info.min_keycode, x.display.info.max_keycode
        mapping = x.get_keyboard_mapping(first, last - first + 1)
        self._places: dict[int, tuple[int, bool]] = {}
        for shifted in (False, True):
            for code, keysyms in enumerate(mapping, first):
                if shifted < len(keysyms) and keysyms[shifted]:
                    self._places.setdefault(keysyms[shifted], (code, shifted))
        self._unused = [code for code, keysyms in enumerate(mapping, first) if not any(keysyms)]
        self._borrowed: list[int] = []
        self._shift = x.keysym_to_keycode(XK.XK_Shift_L)

    def strike(self, keysyms: tuple[int, ...]) -> None:
        """Press and release one key after the other."""
        places = [self._places.get(keysym) or self._borrow(keysym) for keysym in keysyms]
        for code, shifted in places:
            if shifted:
                self._x.xtest_fake_input(_KEY_DOWN, self._shift)
            self._x.xtest_fake_input(_KEY_DOWN, code)
            self._x.xtest_fake_input(_KEY_UP, code)
            if shifted:
                self._x.xtest_fake_input(_KEY_UP, self._shift)
        self._x.sync()

    def restore(self) -> None:
        """Free the keys that were borrowed."""
        for code in self._borrowed:
            self._x.change_keyboard_mapping(code, [(0,)])
        self._x.sync()
        self._borrowed.clear()

    def _borrow(self, keysym: int) -> tuple[int, bool]:
        """Put a letter on a key that has none; never two on one, as the window may look it up later."""
        if not self._unused:
            raise ValueError("The keyboard has no unused key left for a letter that its layout lacks.")
        code = self._unused.pop()
        self._x.change_keyboard_mapping(code, [(keysym, keysym)])
        self._x.sync()
        self._borrowed.append(code)
        self._places[keysym] = (code, False)
        return self._places[keysym]


def _keysym_of(key: str) -> int:
    from Xlib import XK

    name = _KEYSYM_NAMES.get(key, key.upper() if key.startswith("f") and key[1:].isdigit() else key)
    keysym: int = XK.string_to_keysym(name)
    if not keysym:
        raise ValueError(f"No key is called '{key}'.")
    return keysym


def _keysym_of_letter(letter: str) -> int:
    """Latin-1 letters are their own keysyms, others their code point in the range set apart for Unicode."""
    point = ord(letter)
    return point if 0x20 <= point <= 0x7E or 0xA0 <= point <= 0xFF else 0x01000000 + point
