"""A PsychoPy window, opened without noise, network or traces in the home folder.

The one place that imports PsychoPy. The import takes a second or two and needs a display, so it happens when
a window is asked for and not before.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiment.backends.found_screens import FoundScreen, screen_number
from experiment.backends.x_connection import connect_to_x
from experiment.errors import InputRefused
from experiment.scene import Colour

_WINDOWED_SIZE_PX = (1280, 800)
_VIRTUAL = (
    "run the session at a screen, on a virtual one (xvfb-run -a -s '-screen 0 1920x1080x24' ...), "
    "or without a window (--simulate data)"
)


def check_display() -> None:
    """Find out whether a window can be shown, without showing anything and without importing PsychoPy.

    Raises
    ------
    InputRefused
        If there is no display, it cannot be opened, or it has fewer than 24 bits a pixel.
    """
    if not sys.platform.startswith("linux"):
        return
    name = os.environ.get("DISPLAY")
    if not name:
        raise InputRefused(f"There is no display to show the session on (DISPLAY is not set): {_VIRTUAL}.")
    try:
        found = connect_to_x(name)
    except OSError:
        raise InputRefused(f"The display {name} (from DISPLAY) cannot be opened: {_VIRTUAL}.") from None
    depth = found.screen().root_depth
    found.close()
    if depth < 24:
        # pyglet would wait for ever for a configuration that the display cannot give.
        raise InputRefused(
            f"The display {name} has {depth} bits a pixel, and 24 are needed: "
            "start the X server with 24 (for Xvfb: -screen 0 1920x1080x24)."
        )


def open_window(
    *, full_screen: bool, screen: int, size_px: tuple[int, int] | None, background: Colour
) -> Any:
    """A ``psychopy.visual.Window`` in pixel units, mouse visible, with the keyboard's focus.

    ``size_px`` is for windows that do not fill the screen; ``None`` is 1280 x 800, or less on a small screen.

    Raises
    ------
    InputRefused
        As ``check_display``; if there is no such screen, the window is larger than it, or there is no OpenGL.
    """
    check_display()
    visual = _import_visual()
    wanted_px = None if full_screen else size_px or _WINDOWED_SIZE_PX
    size = _window_size(wanted_px, screen, screen_number(screen), cut=size_px is None)
    from pyglet.gl import ContextException
    from pyglet.window import WindowException

    try:
        window = visual.Window(
            size=size,
            units="pix",
            fullscr=full_screen,
            screen=screen,
            color=background,
            colorSpace="rgb255",
            # A frame buffer object in between costs 3 ms a flip in software rendering and buys nothing.
            useFBO=False,
            allowStencil=True,
            checkTiming=False,
            allowGUI=True,
            winType="pyglet",
            gammaErrorPolicy="ignore",
            autoLog=False,
            title="Action recognition",
        )
    except (ContextException, WindowException, RuntimeError) as error:
        raise InputRefused(
            f"The display gives no window to draw in with OpenGL ({error}): install a graphics driver, "
            "or libgl1-mesa-dri for drawing in software."
        ) from error
    window.winHandle.activate()
    return window


def _window_size(
    wanted_px: tuple[int, int] | None, number: int, screen: FoundScreen, *, cut: bool
) -> tuple[int, int]:
    """The size to ask for; ``None`` is the whole screen, ``cut`` makes what is larger than the screen fit."""
    width, height = screen.size_px
    if wanted_px is None:
        return width, height
    if not cut and (wanted_px[0] > width or wanted_px[1] > height):
        raise InputRefused(
            f"A window of {wanted_px[0]} x {wanted_px[1]} px does not fit on screen {number}, "
            f"which has {width} x {height} px."
        )
    return min(wanted_px[0], width), min(wanted_px[1], height)


def _import_visual() -> Any:
    with _psychopy_folder():
        # Without this, PsychoPy adds a package folder of its own to PATH, PYTHONPATH and sys.path.
        os.environ.setdefault("PSYCHOPYNOPACKAGES", "1")
        from psychopy import logging, prefs, visual
    logging.console.setLevel(logging.CRITICAL)
    prefs.connections["allowUsageStats"] = False
    prefs.connections["checkForUpdates"] = False
    return visual


@contextlib.contextmanager
def _psychopy_folder() -> Iterator[None]:
    """A folder for PsychoPy's settings: the usual one, or a passing one where that cannot be written."""
    variable = "APPDATA" if sys.platform == "win32" else "HOME"
    usual = os.environ.get(variable)
    if usual is not None and _writable(
        Path(usual) / ("psychopy3" if sys.platform == "win32" else ".psychopy3")
    ):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="psychopy-") as folder:
        os.environ[variable] = folder
        try:
            yield
        finally:
            if usual is None:
                del os.environ[variable]
            else:
                os.environ[variable] = usual


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
