"""A start dialog in a real window, driven by real key presses and clicks from outside its process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from PIL import Image, ImageGrab
from Xlib import XK, X, display
from Xlib.error import XError
from Xlib.ext import xtest

from tests.experiment.sessions import REPOSITORY

_PATIENCE_S = 60.0
_PAUSE_S = 0.03


class DrivenDialog:
    """Starts ``run_session.py`` with these arguments and takes hold of the dialog it shows."""

    def __init__(self, *arguments: object, title: str = "Start a session") -> None:
        self._title = title
        self._display: Any = display.Display(os.environ["DISPLAY"])
        self.process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "run_session.py"), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        )

    def __enter__(self) -> DrivenDialog:
        self.window = self.wait_for(self._title)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()
        self._display.close()

    def wait_for(self, title: str) -> Any:
        """The window of that title, once it is there, with the keyboard's focus."""

        def found() -> Any | None:
            windows = (window for window in self._windows() if self._is_shown(window))
            return next((window for window in windows if window.get_wm_name() == title), None)

        window = self._wait(found, f"no window {title!r} appeared")
        time.sleep(0.3)
        # There is no window manager here that would give the focus.
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()
        time.sleep(0.2)
        return window

    def wait_until_closed(self) -> None:
        """Wait for the end of the dialog that is on the screen."""
        self._wait(lambda: not self._is_shown(self.window), "the dialog stayed")

    def _wait(self, look: Callable[[], Any], complaint: str) -> Any:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            # What was looked at may be gone a moment later.
            with contextlib.suppress(XError):
                if seen := look():
                    return seen
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.05)
        raise AssertionError(complaint)

    def _is_shown(self, window: Any) -> bool:
        try:
            return bool(window.get_attributes().map_state == X.IsViewable)
        except XError:
            return False

    def _windows(self) -> list[Any]:
        return list(self._display.screen().root.query_tree().children)

    def type(self, text: str) -> None:
        """Press the keys of some letters, digits and signs."""
        for letter in text:
            name = {"-": "minus", " ": "space", "_": "underscore"}.get(letter, letter)
            self.press(name, shift=letter.isupper() or letter == "_")

    def press(self, key: str, *, shift: bool = False, alt: bool = False, control: bool = False) -> None:
        """Press one key, by its X name."""
        modifiers = (("Shift_L", shift), ("Alt_L", alt), ("Control_L", control))
        held = [name for name, is_held in modifiers if is_held]
        for name in held:
            self._key(name, X.KeyPress)
        self._key(key, X.KeyPress)
        self._key(key, X.KeyRelease)
        for name in reversed(held):
            self._key(name, X.KeyRelease)
        time.sleep(_PAUSE_S)

    def _key(self, name: str, kind: int) -> None:
        keysym = XK.string_to_keysym(name)
        assert keysym, name
        xtest.fake_input(self._display, kind, self._display.keysym_to_keycode(keysym))
        self._display.sync()

    def picture(self) -> Image.Image:
        """What the screen shows of the dialog."""
        time.sleep(0.3)
        place = self.window.get_geometry()
        whole = ImageGrab.grab(xdisplay=os.environ["DISPLAY"])
        return whole.crop((place.x, place.y, place.x + place.width, place.y + place.height))

    def ended(self) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of the program, once it has ended."""
        out, error = self.process.communicate(timeout=_PATIENCE_S)
        return self.process.returncode, out, error

    def save(self, path: Path) -> None:
        """Keep the picture."""
        self.picture().save(path)
